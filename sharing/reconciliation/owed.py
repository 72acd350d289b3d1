"""What an answer must hold to be one: the tables, and nothing else. Left out: looking whether it does (`answers`)."""

from collections.abc import Mapping
from types import MappingProxyType

from sharing.events import ContactOutcome, ReferralOutcome

REFERRAL_OWED: Mapping[ReferralOutcome, tuple[str, ...]] = MappingProxyType(
    {
        ReferralOutcome.NOT_ACCEPTED: ("reason_code", "advice_text"),
        ReferralOutcome.ADVICE_OR_SIGNPOST: ("advice_text",),
        ReferralOutcome.STEP_DOWN_TO_EARLY_HELP: (),
        ReferralOutcome.ASSESSMENT_REQUIRED: (),
        ReferralOutcome.STRATEGY_DISCUSSION_OR_S47: (),
        ReferralOutcome.OTHER: ("reason_text",),
    }
)
"""What a decision on a referral must hold to be an answer."""

REASON_OWED: Mapping[str, tuple[str, ...]] = MappingProxyType({"INSUFFICIENT_INFORMATION": ("missing_items",)})
"""What a reason must come with: who asks for more says what is missing."""

CONTACT_OWED: Mapping[ContactOutcome, tuple[str, ...]] = MappingProxyType(
    {
        ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT: ("reason_code", "advice_text"),
        ContactOutcome.INFORMATION_AND_ADVICE: ("advice_text",),
        ContactOutcome.EARLY_HELP_REFERRAL: (),
    }
)
"""The same for a contact. `BECAME_REFERRAL` has no row: it answers no referral, the decision on the referral does."""
