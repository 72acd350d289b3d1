"""Outcomes of contacts and referrals: the dataset's flags, its code list in words, or nothing yet.

The dataset puts outcomes into one cell as `{"NFA_FLAG": "Y", ...}`, written as JSON or with bare keys; some systems
write the words of the code lists SSD038 and SSD051 instead. Rules: where several flags are set, the one that protects
most is the outcome (a contact with "no further action" that also became a referral is a referral); no flag set is no
decision yet, which is no event; what cannot be understood, a cell that breaks off, or a flag beside "no further action"
that has no outcome of its own, is a fault and never "no further action".
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from connectors.native.reading import YES
from connectors.native.text import heading
from sharing.events import ContactOutcome, ReferralOutcome

T = TypeVar("T", ContactOutcome, ReferralOutcome)

CONTACT_FLAGS: tuple[tuple[str, ContactOutcome], ...] = (
    ("NEW_REFERRAL_FLAG", ContactOutcome.BECAME_REFERRAL),
    ("EXISTING_REFERRAL_FLAG", ContactOutcome.BECAME_REFERRAL),
    ("CP_ENQUIRY_FLAG", ContactOutcome.BECAME_REFERRAL),
    ("ADVICE_FLAG", ContactOutcome.INFORMATION_AND_ADVICE),
    ("NFA_FLAG", ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT),
)
REFERRAL_FLAGS: tuple[tuple[str, ReferralOutcome], ...] = (
    ("STRATEGY_DISCUSSION_FLAG", ReferralOutcome.STRATEGY_DISCUSSION_OR_S47),
    ("CP_CONFERENCE_FLAG", ReferralOutcome.STRATEGY_DISCUSSION_OR_S47),
    ("CP_TRANSFER_IN_FLAG", ReferralOutcome.STRATEGY_DISCUSSION_OR_S47),
    ("SINGLE_ASSESSMENT_FLAG", ReferralOutcome.ASSESSMENT_REQUIRED),
    ("CLA_REQUEST_FLAG", ReferralOutcome.OTHER),
    ("PRIVATE_FOSTERING_FLAG", ReferralOutcome.OTHER),
    ("NON_AGENCY_ADOPTION_FLAG", ReferralOutcome.OTHER),
    ("CARE_LEAVER_FLAG", ReferralOutcome.OTHER),
    ("OTHER_OUTCOMES_EXIST_FLAG", ReferralOutcome.OTHER),
    ("NFA_FLAG", ReferralOutcome.NOT_ACCEPTED),
)
CONTACT_WORDS: Mapping[str, ContactOutcome] = {
    "nofurtheraction": ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT,
    "informationandadvice": ContactOutcome.INFORMATION_AND_ADVICE,
    "ehreferral": ContactOutcome.EARLY_HELP_REFERRAL,
    "cinreferral": ContactOutcome.BECAME_REFERRAL,
}
REFERRAL_WORDS: Mapping[str, ReferralOutcome] = {
    "nofurtheraction": ReferralOutcome.NOT_ACCEPTED,
    "adviceandinformationorsignposttootherservices": ReferralOutcome.ADVICE_OR_SIGNPOST,
    "stepdowntoearlyhelp": ReferralOutcome.STEP_DOWN_TO_EARLY_HELP,
    "assessmentrequired": ReferralOutcome.ASSESSMENT_REQUIRED,
    "strategydiscussionandorsection47enquiry": ReferralOutcome.STRATEGY_DISCUSSION_OR_S47,
    "other": ReferralOutcome.OTHER,
}
_NOTHING_DONE = {ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT, ReferralOutcome.NOT_ACCEPTED}
_KNOWN = {
    *(name for name, _ in CONTACT_FLAGS),
    *(name for name, _ in REFERRAL_FLAGS),
    "MISSING_FLAG",
    "OLA_CP_FLAG",
}
_PAIR = re.compile(r"""["']?([A-Z_]{1,40})["']?\s*:\s*(?:"([^"]{0,20})"|'([^']{0,20})'|([A-Za-z0-9]{0,20}))""")


class Unclear(ValueError):  # noqa: N818 - what the outcome is
    """The cell holds something that is no known outcome."""


def contact_outcome(text: str) -> ContactOutcome | None:
    """Outcome of a contact; None while it is undecided.

    >>> contact_outcome('{ NFA_FLAG: "Y", NEW_REFERRAL_FLAG: "Y" }').value, contact_outcome("")
    ('BECAME_REFERRAL', None)

    Raises:
        Unclear: see there.
    """
    return _outcome(text, CONTACT_FLAGS, CONTACT_WORDS)


def referral_outcome(text: str, nfa: str) -> ReferralOutcome | None:
    """Outcome of a referral; None while it is undecided.

    Args:
        text: The outcome cell.
        nfa: The separate flag that nothing further was done, which alone says "not accepted".

    Raises:
        Unclear: see there.
    """
    found = _outcome(text, REFERRAL_FLAGS, REFERRAL_WORDS)
    return ReferralOutcome.NOT_ACCEPTED if found is None and heading(nfa) in YES else found


def _outcome(text: str, flags: tuple[tuple[str, T], ...], words: Mapping[str, T]) -> T | None:
    if not text.strip():
        return None
    if not text.lstrip().startswith("{"):
        found = words.get(heading(text))
        if found is None:
            raise Unclear
        return found
    set_flags = _flags_set(text)
    outcome = next((outcome for name, outcome in flags if name in set_flags), None)
    if (outcome is None and set_flags) or (outcome in _NOTHING_DONE and len(set_flags) > 1):
        raise Unclear
    return outcome


def _flags_set(text: str) -> set[str]:
    """Names of the flags that say yes, those that the dataset does not have among them.

    Raises:
        Unclear: no flag of the dataset is there, one says neither yes nor no, or the cell breaks off.
    """
    if not text.rstrip().endswith("}"):
        raise Unclear
    found = {name: heading("".join(values)) for name, *values in _PAIR.findall(text)}
    known = [found[name] for name in found if name in _KNOWN]
    if not known or any(value not in YES | {"", "n", "no", "false", "f", "0", "null", "none"} for value in known):
        raise Unclear
    return {name for name, value in found.items() if value in YES}
