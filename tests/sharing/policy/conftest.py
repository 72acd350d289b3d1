"""The shipped agreements, read once, and facts to decide with."""

import pytest

from agreements import read_texts
from schemas import read_schemas
from sharing.policy import Agreements, field_classes, load


@pytest.fixture(scope="session")
def classes():
    return field_classes(read_schemas())


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    return read_texts()


@pytest.fixture(scope="session")
def agreements(texts, classes) -> Agreements:
    return load(texts, classes)
