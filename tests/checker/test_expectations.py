"""What the checker expects of each view is written anew, by hand; here it is held against what may be released."""

import pytest

from agreements import read_texts
from checker.expectations import load as read_expectations
from schemas import read_schemas
from sharing.policy import field_classes, load
from sharing.vocabulary import RecipientKind

EXPECTED = read_expectations()


@pytest.fixture(scope="module")
def agreements():
    return load(read_texts(), field_classes(read_schemas()))


@pytest.mark.parametrize(("event", "function"), sorted(EXPECTED._views))
def test_nobody_is_due_what_no_agreement_releases(agreements, event: str, function: str):
    """Else a change of the agreements would be told as a loss, and only by a whole run of everything."""
    kind = RecipientKind(function)
    cells = (agreements.cells[event, kind, purpose] for purpose in agreements.purposes_of[event, kind])
    released = {
        path for cell in cells for path, permit in cell.permits.items() if permit.fields[path].words != "withhold"
    }
    assert EXPECTED.sees(event, function) <= released
