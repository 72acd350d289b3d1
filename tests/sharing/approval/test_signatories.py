"""The table of who signs: read strictly, and whole."""

import pytest

from sharing.approval import Role, read_signatories
from sharing.errors import Misconfigured
from sharing.vocabulary import OrganisationKind
from tests.sharing.approval.kit import OPEN, SEEDS, SHIPPED, TABLE


def refused(text: str) -> str:
    with pytest.raises(Misconfigured) as found:
        read_signatories(text)
    return str(found.value)


def test_the_shipped_table_names_a_controller_for_every_kind_of_organisation():
    assert {kind for row in OPEN.by_name.values() for kind in row.controls} == set(OrganisationKind)
    assert OPEN.without_key() == tuple(OPEN.by_name)
    guardians = [row for row in OPEN.by_name.values() if row.role is Role.CALDICOTT_GUARDIAN]
    assert len(guardians) == 3


def test_a_table_is_read_back_as_it_is_written():
    assert read_signatories(TABLE.text()) == TABLE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("role: controller", "role: controler", "did you mean 'controller'?"),
        ("controls: [force]", "controls: [forse]", "did you mean 'force'?"),
        ("controls: [force]", "controls: [nursery]", "nobody is the controller of what a force tells"),
        ("role: caldicott-guardian\n    controls: [hospital_trust]", "role: controller\n    controls: [hospital_trust]",
         "a hospital_trust has no Caldicott guardian here"),
        ("controls: [force]\n    always: true", "controls: [force]", "police signs always"),
        ("controls: [gp_practice]\n    always: true", "controls: [gp_practice]", "the integrated care board signs"),
        ("  police:", "  police:\n    rank: 1", "unknown key 'rank'"),
        ("  police:", "  schools:", "key 'schools' stands here twice"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(old, new, words):
    assert old in SHIPPED
    told = refused(SHIPPED.replace(old, new))
    assert words in told
    assert all(line.startswith("signatories.yaml:") for line in told.splitlines())


def test_a_key_that_is_none_is_refused_and_so_is_one_that_two_offices_share():
    assert "approver-key" in refused(TABLE.text().replace("    key: ", "    key: AAAA", 1))
    same = OPEN.with_keys(dict.fromkeys(SEEDS, next(iter(SEEDS.values()))))
    assert "each office has its own" in refused(same.text())
