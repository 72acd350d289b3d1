"""The shipped agreements, read once."""

import pytest

from agreements import read_texts
from schemas import read_schemas
from sharing.policy import Agreements, field_classes, load


@pytest.fixture(scope="session")
def agreements() -> Agreements:
    return load(read_texts(), field_classes(read_schemas()))
