"""Canaries: values that stand nowhere else in the world, so that a leak of one can be found by its bytes.

Sixteen hex digits of a keyed hash of seed and place, for text; names, postcodes and identifiers get a form that the
systems of the agencies accept. Left out: what they stand in.
"""

from hashlib import sha256
from hmac import digest

from sharing.identity.identifiers import upn_check_letter

_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = 8
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"
_NHS_WEIGHTS = range(10, 1, -1)


class Tokens:
    """Everything that is derived from one seed."""

    def __init__(self, seed: int) -> None:
        self._key = sha256(f"story/{seed}".encode()).digest()

    def _bytes(self, place: str) -> bytes:
        return digest(self._key, place.encode(), "sha256")

    def text(self, place: str) -> str:
        """Sixteen hex digits."""
        return self._bytes(place).hex()[:16]

    def number(self, place: str, below: int) -> int:
        """A number from 0 to `below` - 1."""
        return int.from_bytes(self._bytes(place)[:8]) % below

    def name(self, place: str) -> str:
        """Eight syllables with a capital: the second half of a double-barrelled surname."""
        raw = self._bytes(place)
        syllables = (_CONSONANTS[raw[i] % 14] + _VOWELS[raw[i + 8] % 5] for i in range(_SYLLABLES))
        return "".join(syllables).capitalize()

    def postcode(self, place: str) -> str:
        """A postcode of an area that does not exist (ZZ), in its normal form."""
        raw = self._bytes(place)
        inward = f"{raw[1] % 10}{_INWARD[raw[2] % 20]}{_INWARD[raw[3] % 20]}"
        return f"ZZ{10 + raw[0] % 80} {inward}"

    def nhs_number(self, place: str) -> str:
        """Ten digits of the range kept for tests (999), with a right check digit."""
        for attempt in range(100):
            nine = f"999{self.number(f'{place}/{attempt}', 10**6):06d}"
            check = (11 - sum(int(d) * w for d, w in zip(nine, _NHS_WEIGHTS, strict=True)) % 11) % 11
            if check < 10:  # noqa: PLR2004 - "10" is no digit: such numbers are never issued
                return f"{nine}{check}"
        raise AssertionError(place)

    def upn(self, place: str) -> str:
        """A unique pupil number of an authority that does not exist (999), with a right check letter."""
        rest = f"999{self.number(place, 10**9):09d}"
        return upn_check_letter(rest) + rest
