"""The page for people says what the matrix decides: all of it, nothing else, and the same each time."""

import re
from collections import defaultdict
from hashlib import sha256

import pytest

from sharing.policy.pages import page_digest, page_of


@pytest.fixture(scope="module")
def page(agreements) -> str:
    return page_of(agreements)


def sections(page: str):
    """Event and permit to the lines of its section."""
    event = permit = ""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in page.splitlines():
        event = line[3:] if line.startswith("## ") else event
        permit = line[4:] if line.startswith("### ") else "" if line.startswith("## ") else permit
        if permit:
            found[event, permit].append(line)
    return found


def test_every_field_that_goes_to_anybody_stands_on_the_page_with_how_it_goes(agreements, page):
    said = {}
    for (event, permit), lines in sections(page).items():
        to = next(line for line in lines if line.startswith("- to ")).removeprefix("- to ").split(", ")
        for line in lines:
            if line.startswith("| ") and not line.startswith(("| goes", "| ---")):
                goes, _, fields = (part.strip() for part in line.strip("|").split("|"))
                for path in re.sub(r" \([A-Za-z0-9]+\)", "", fields).split(", "):
                    said |= {(event, kind, permit, path): goes for kind in to}
    ruled = {
        (cell.event_type, cell.kind.value, permit.permit_id, path): permit.fields[path].words
        for cell in agreements.cells.values()
        for path, permit in cell.permits.items()
    }
    assert said == ruled


def test_each_permit_stands_there_with_its_statute_basis_agreement_and_assessment(agreements, page):
    for permit in agreements.permits:
        text = "\n".join(sections(page)[permit.event_type, permit.permit_id])
        for word in (permit.purpose.statute, permit.purpose.lawful_basis, permit.agreement.dpia, *permit.to):
            assert word in text


def test_what_goes_to_nobody_is_named_too(agreements, page):
    nobody = re.findall(r"^To nobody: (.*)\.$", page, re.MULTILINE)
    assert len(nobody) == len(agreements.classes)
    text = page[page.index("## police.da_incident.notified") :]
    assert re.search(r"intelligence \(H\)", text[: text.index("\n## ")].split("To nobody:")[1])


def test_the_page_is_the_same_each_time_and_has_a_hash(agreements, page):
    assert page_of(agreements) == page
    assert page_digest(agreements) == sha256(page.encode()).hexdigest()
    assert agreements.version in page


def test_seals_facts_and_rules_are_on_the_page(agreements, page):
    for name in (*(s.seal_id for s in agreements.seals), *agreements.vocabulary.guards):
        assert f"| {name} |" in page
    assert all(f"| {rule.rule_id} |" in page for rule in (*agreements.never, *agreements.always))
    assert "<" not in page, "no markup"
