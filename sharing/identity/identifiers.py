"""Identifiers of children and places: NHS number, UPN, postcode, each to one normal form or to None with a reason.

Left out: whether a number belongs to the child (linkage weighs that) and dates (the connectors read those).
Rules: a bad identifier is a flag, never a ground to refuse a concern; a placeholder that passes its check digits is
no identifier; no reason ever shows the value.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The check alphabet: 23 letters, without I, O and S."""
UPN_UNKNOWN = frozenset(f"UN{n}" for n in range(1, 8))
"""Codes that say why a child has no UPN; none of them is an identifier."""

_GAPS = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_NHS_WEIGHTS = range(10, 1, -1)
_RUNS = ("01234567890123456789", "98765432109876543210")
_UPN = re.compile(r"[A-Z]\d{11}[A-Z\d]", re.ASCII)
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[ABD-HJLNP-UW-Z]{2})", re.ASCII)
_BFPO = re.compile(r"BFPO(?:C/?O)?\d{1,4}", re.ASCII)
_GIRO = "GIR0AA"
_PSEUDO_AREA = "ZZ99"


class Flaw(StrEnum):
    """Why a text is not a usable identifier."""

    MISSING = "MISSING"
    BAD_FORM = "BAD_FORM"
    BAD_CHECK = "BAD_CHECK"
    PLACEHOLDER = "PLACEHOLDER"
    UNKNOWN_CODE = "UNKNOWN_CODE"


@dataclass(frozen=True, slots=True)
class Checked:
    """One identifier after its check: a normal form, or the flaw that leaves it without one."""

    value: str | None
    flaw: Flaw | None = None

    def __repr__(self) -> str:
        return f"Checked({self.flaw or 'usable'})"


def check_nhs_number(text: str | None) -> Checked:
    """Ten digits whose last is right modulo 11.

    Repeated digits all pass the check, and so do some runs: nobody has those numbers, and they are typed where a form
    insists on one. A filler that is not recognised here does no harm by itself: linkage wants names and dates to agree.
    """
    digits = _plain(text)
    if not digits:
        return Checked(None, Flaw.MISSING)
    if not re.fullmatch(r"\d{10}", digits, re.ASCII):
        return Checked(None, Flaw.BAD_FORM)
    remainder = sum(int(d) * w for d, w in zip(digits, _NHS_WEIGHTS, strict=False)) % 11
    # A remainder of 1 asks for the check "10", which no digit equals: such numbers are never issued.
    if (11 - remainder) % 11 != int(digits[9]):
        return Checked(None, Flaw.BAD_CHECK)
    if len(set(digits)) == 1 or any(digits in run for run in _RUNS):
        return Checked(None, Flaw.PLACEHOLDER)
    return Checked(digits)


def check_upn(text: str | None) -> Checked:
    """A check letter with 12 digits (permanent), or with 11 digits and a letter (temporary)."""
    upn = _plain(text)
    if not upn:
        return Checked(None, Flaw.MISSING)
    if upn in UPN_UNKNOWN:
        return Checked(None, Flaw.UNKNOWN_CODE)
    if not _UPN.fullmatch(upn) or not set(upn[0] + upn[12:].strip("0123456789")) <= set(UPN_LETTERS):
        return Checked(None, Flaw.BAD_FORM)
    if upn_check_letter(upn[1:]) != upn[0]:
        return Checked(None, Flaw.BAD_CHECK)
    if len(set(upn[1:])) == 1:
        return Checked(None, Flaw.PLACEHOLDER)
    return Checked(upn)


def check_postcode(text: str | None) -> Checked:
    """A United Kingdom postcode as `AA9A 9AA`; the NHS's pseudo-postcodes (ZZ99) stand for no place."""
    code = _plain(text)
    if not code:
        return Checked(None, Flaw.MISSING)
    if code.startswith(_PSEUDO_AREA):
        return Checked(None, Flaw.PLACEHOLDER)
    if _BFPO.fullmatch(code):
        return Checked(f"BFPO {code.removeprefix('BFPO').replace('/', '').removeprefix('CO')}")
    if code == _GIRO:
        return Checked("GIR 0AA")
    parts = _POSTCODE.fullmatch(code)
    return Checked(f"{parts[1]} {parts[2]}") if parts else Checked(None, Flaw.BAD_FORM)


def nhs_number(text: str | None) -> str | None:
    """The ten digits of a usable NHS number, or None (`check_nhs_number` says why)."""
    return check_nhs_number(text).value


def upn(text: str | None) -> str | None:
    """A usable unique pupil number in capitals, or None (`check_upn` says why)."""
    return check_upn(text).value


def postcode(text: str | None) -> str | None:
    """A postcode in capitals with one space, or None (`check_postcode` says why)."""
    return check_postcode(text).value


def is_temporary_upn(upn: str) -> bool:
    """Whether a usable UPN is temporary: given until the permanent one is known, so two of them may differ."""
    return upn[12].isalpha()


def upn_check_letter(rest: str) -> str:
    """Check letter for the twelve characters that follow it: weights 2 to 13, modulo 23."""
    values = (UPN_LETTERS.index(c) if c.isalpha() else int(c) for c in rest)
    return UPN_LETTERS[sum(value * weight for weight, value in enumerate(values, start=2)) % len(UPN_LETTERS)]


def _plain(text: str | None) -> str:
    """Capitals without spaces, hyphens, dots and odd widths."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text or "")).upper()
