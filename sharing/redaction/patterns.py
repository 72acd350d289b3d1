"""What places, numbers and ways to reach somebody look like, whoever they belong to.

Shared by those who look through texts: the check of addressed texts and the scrubber. Left out: what a hit means.
Rules: every repetition that could meet itself is bounded, so that no text costs more than its length.
"""

import re

POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?(\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
OUTWARD = re.compile(r"(?<![a-z\d])([a-z]{1,2}\d[a-z\d]?)(?:[ ]?\d(?:[a-z]{2})?)?(?![a-z\d])")
"""The first half of a postcode, folded, with or without what follows."""
ORDINAL = re.compile(r"\d(?:st|nd|rd|th)", re.IGNORECASE)
"""What looks like the second half of a postcode, as in `S47 2nd`."""
TELEPHONE = re.compile(r"(?<!\w)(?:\+44|0044|0)[\s().\-]*(?:0\)[\s().\-]*)?(?:\d[\s().\-]*){9,10}(?!\w)")
MAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,253}\.[^\s@<>]")
WEB = re.compile(r"https?://\S|\bwww\.\S|\b[a-z0-9\-]{1,63}\.(?:com|org|net|info|uk|eu|io)\b", re.IGNORECASE)
NHS = re.compile(r"(?<!\w)\d{3}[ \-]?\d{3}[ \-]?\d{4}(?!\w)")
_WEIGHTS = range(10, 1, -1)


def is_nhs_number(written: str) -> bool:
    """Whether the tenth digit of a number is right."""
    digits = re.sub(r"\D", "", written)
    remainder = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11
    return (11 - remainder) % 11 == int(digits[9])
