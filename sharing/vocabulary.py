"""The closed word lists of the house. A word that is not here is refused where it is read.

Left out: events (`sharing.events`), permits and seals (`sharing.policy`), people and telephone numbers
(`sharing.directory`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Agency(StrEnum):
    """Kinds of agency, as they stand in topic names."""

    SCHOOLS = "schools"
    SOCIAL_CARE = "social-care"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"
    VOLUNTARY = "voluntary"
    BROKER = "crosswalk"


class OrganisationKind(StrEnum):
    """What an organisation is; decides which duties and agreements reach it."""

    SCHOOL = "school"
    INDEPENDENT_SCHOOL = "independent_school"
    COLLEGE = "college"
    NURSERY = "nursery"
    LOCAL_AUTHORITY = "local_authority"
    FORCE = "force"
    HOSPITAL_TRUST = "hospital_trust"
    COMMUNITY_HEALTH = "community_health"
    GP_PRACTICE = "gp_practice"
    EDUCATION_SERVICE = "education_service"
    OTHER_AUTHORITY = "other_authority"
    VOLUNTARY = "voluntary"
    BROKER = "broker"


class RecipientKind(StrEnum):
    """As what somebody receives: the columns of the agreements' matrix."""

    FRONT_DOOR = "front_door"
    FRONT_DOOR_MANAGER = "front_door_manager"
    ALLOCATED_TEAM = "allocated_team"
    EMERGENCY_DUTY = "emergency_duty"
    CORE_GROUP_MEMBER = "core_group_member"
    ADOPTION_TEAM = "adoption_team"
    LADO = "lado"
    INDEPENDENT_ALTERNATE = "independent_alternate"
    SCHOOL = "school"
    EARLY_YEARS = "early_years"
    FURTHER_EDUCATION = "further_education"
    EDUCATION_DUTY = "education_duty"
    EDUCATION_ROLLS = "education_rolls"
    POLICE_DUTY = "police_duty"
    POLICE_NEIGHBOURHOOD = "police_neighbourhood"
    POLICE_EMERGENCY = "police_emergency"
    EMERGENCY_DEPARTMENT = "emergency_department"
    GP = "gp"
    HEALTH_VISITOR = "health_visitor"
    SCHOOL_NURSE = "school_nurse"
    MATERNITY = "maternity"
    CAMHS = "camhs"
    SEXUAL_HEALTH = "sexual_health"
    OTHER_LOCAL_AUTHORITY = "other_local_authority"
    VOLUNTARY = "voluntary"
    REQUESTER = "requester"
    STATISTICS = "statistics"
    IDENTITY_TEAM = "identity_team"


SETTINGS = frozenset({RecipientKind.SCHOOL, RecipientKind.EARLY_YEARS, RecipientKind.FURTHER_EDUCATION})
"""What a child's own setting receives as."""


class FieldClass(StrEnum):
    """Classes of field: who may see what is agreed class by class, permitted field by field."""

    IDENTITY = "A"
    NHS_NUMBER = "B1"
    UPN = "B2"
    AGENCY_REFERENCE = "B3"
    LOCATION = "C"
    LOCATION_INFERRING = "C2"
    SEALED_LOCATION = "D"
    FORMER_IDENTITY = "E"
    ADULT_FAMILY = "F"
    ALLEGED_PERPETRATOR = "G"
    INFORMANT = "H"
    REFERRER = "H2"
    OFFENCE = "I"
    CLINICAL = "J"
    INTIMATE_HEALTH = "J2"
    OTHER_CHILD = "K"
    SOCIAL_CARE_NARRATIVE = "L"
    SCHOOL_NARRATIVE = "M"
    CHARACTERISTICS = "N"
    RISK_GRADE = "O"
    PLAN = "P"
    PLAN_CATEGORY = "P2"
    PROFESSIONAL_CONTACT = "Q"
    CHILD_WORDS = "R"
    ADDRESSED = "addressed"
    PROCESS = "process"
    TECHNICAL = "technical"


class Outcome(StrEnum):
    """What becomes of one exchange."""

    DELIVER = "deliver"
    SUPPRESS = "suppress"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """One function of one organisation, and as what it receives."""

    organisation: str
    function: str
    kind: RecipientKind
