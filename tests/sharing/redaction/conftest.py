"""The shipped agreements, read once."""

import pytest
from hypothesis import settings

from agreements import read_texts
from schemas import read_schemas
from sharing.policy import Agreements, field_classes, load

# No law here is about time, and a loaded machine is no counterexample.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def agreements() -> Agreements:
    return load(read_texts(), field_classes(read_schemas()))
