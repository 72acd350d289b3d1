"""Invented children, and the secrets that must not be found where they do not belong."""

from datetime import date

from sharing.events import Child, Sex

STREET, POSTCODE, TELEPHONE = "7 Canary Row Zebrafinch", "EH98 7ZY", "01632 960987"
CANARIES = (STREET, POSTCODE, TELEPHONE, "Zebrafinch", "Quillfeather", "9434765919")

ROSA = Child(
    surname="Quillfeather",
    forename="Rosa",
    birth_date=date(2016, 4, 3),
    sex=Sex.FEMALE,
    nhs_number="9434765919",
    address_line=STREET,
    postcode=POSTCODE,
    telephone=TELEPHONE,
    gp_practice="Z99001",
    setting_urn="999001",
    setting_name="Oakfield Primary",
)
ROSA_WITHOUT_PLACE = Child(surname="Quillfeather", forename="Rosa", birth_date=date(2016, 4, 3), sex=Sex.FEMALE)
"""Name and birth date alone: never linked by itself."""
TOM = Child(surname="Underbough", forename="Tom", birth_date=date(2022, 9, 14), postcode="EH1 1AA")
