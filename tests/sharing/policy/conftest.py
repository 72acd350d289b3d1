"""The shipped agreements, read once, and facts to decide with; and a set of one extra agreement, for what is rare."""

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


@pytest.fixture(scope="session")
def with_more(texts, classes):
    """Loads the shipped set with texts added to, or put in the place of, its files."""

    def loaded(**more: str) -> Agreements:
        return load({**texts, **{f"{name}.yaml": text for name, text in more.items()}}, classes)

    return loaded
