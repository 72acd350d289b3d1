"""A recipient's own pseudonyms: the same value gives the same word in its records of one year, and nowhere else.

Left out: who may have one (`sharing.policy`) and where the master key lies. Rules: a token is keyed for the recipient,
the class of the field and the epoch, so two recipients, two kinds of value or two years cannot be compared; the key
never leaves the broker, since a bare hash of a number of ten digits is no secret; a sealed identity has no token.
"""

from base64 import b32encode
from collections.abc import Mapping
from functools import lru_cache
from hmac import digest
from unicodedata import normalize

from sharing.events import Event
from sharing.policy import NEVER_TOKENED
from sharing.redaction.transforms import Tokeniser
from sharing.vocabulary import FieldClass

TOKEN_BYTES = 16
NO_EPOCH = "0"


def tokeniser(master: bytes, organisation: str, classes: Mapping[str, FieldClass], epoch: str) -> Tokeniser:
    """Path and value to the recipient's token of it.

    Args:
        master: The broker's key for tokens, secret.
        organisation: The recipient's slug.
        classes: Class of each field of the event type; a field that is not in it has no token.
        epoch: As `epoch_of` gives it.
    """

    def made(path: str, value: str) -> str | None:
        own = classes.get(path)
        return None if own is None else token(key_of(master, organisation, own, epoch), own, value)

    return made


def token(key: bytes, own: FieldClass, value: str) -> str | None:
    """The pseudonym of a value, 26 letters and digits (128 bits); None where the class has none or nothing is left."""
    plain = normalised(value)
    if own in NEVER_TOKENED or not plain:
        return None
    made = digest(key, own.value.encode() + b"\0" + plain.encode("utf-8", "surrogatepass"), "sha256")
    return b32encode(made[:TOKEN_BYTES]).decode().rstrip("=")


@lru_cache(maxsize=4_096)
def key_of(master: bytes, organisation: str, own: FieldClass, epoch: str) -> bytes:
    """The key of one recipient, class and epoch, 32 bytes."""
    name = b"\0".join(part.encode() for part in ("crosswalk-token", organisation, own.value, epoch))
    return digest(master, name, "sha256")


def epoch_of(event: Event) -> str:
    """The year in which the event was recorded, else happened: of the event, so that a view is built alike again.

    After the turn of a year a recipient's pseudonyms are others, and what it kept of the year before cannot be joined.
    """
    at = event.envelope.recorded_at or event.envelope.occurred_at
    return NO_EPOCH if at is None else str(at.year)


def normalised(value: str) -> str:
    """A value without what is written otherwise by another hand: case, blanks, hyphens, width."""
    return "".join(letter for letter in normalize("NFKC", value).casefold() if letter.isalnum())
