"""`python -m bench scrub`: what scrubbing a text costs, and whether the cost grows as the text does, whatever it holds.

Prints one JSON line for each measurement: a page of notes, the same without a name, the making of a family's
dictionary, and long runs of one hostile piece at 10,000 and 40,000 characters with their ratio; 4 is linear. Time is
processor time of this process; a figure is the median of several rounds.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from sharing.redaction.dictionary import dictionary_of
from sharing.redaction.scrub import Known, scrub

ROUNDS = 5
LONG, LONGER = 10_000, 40_000
FAMILY = Known(
    names=(
        *(f"{first} Quillfeather" for first in ("Rosa", "Ayesha", "Tomas", "Bea", "Noor", "Elias")),
        *("Jo O'Sullivan", "Catriona MacDonald", "Wren Smith-Jones", "Ayesha Khan", "Dee Hale", "Ola Nowak"),
    ),
    places=("Flat 3, 12 Haven Road, Easthaven", "EH98 7ZY", "St Mary's Primary School", "mill-lane-surgery"),
    numbers=("01632 960987", "A123456789012", "943 476 5919"),
    dates=(date(2014, 5, 17),),
)
NOTES = (
    "Seen at home with her mother. Rosa said that Ayesha KHAN had shouted; O Sullivan, Jo rang 01632 960987 at four. "
    "They were at 12 Haven Rd until the evening and the neighbour, Mrs Hale, heard it. She was born on 17 May 2014. "
)
PLAIN = "The child was calm, ate a little and slept. Staff will look again tomorrow and write down what they see. "
PIECES = ("1", "1o", "o", "0 ", "&", "A1 ", "07700-", "a@", "www.", "k h a n ", "Mrs ", "'s", "[name]", "\u00ad")


def main(_: Sequence[str]) -> int:
    """Measure and print."""
    tell("2,000 characters of notes, many names", ms=timed(lambda: scrub((NOTES * 10)[:2_000], FAMILY)))
    tell("2,000 characters without a name", ms=timed(lambda: scrub((PLAIN * 20)[:2_000], FAMILY)))
    tell("a family's dictionary", ms=timed(lambda: getattr(dictionary_of, "__wrapped__", dictionary_of)(FAMILY)))
    for piece in PIECES:
        short, long = (timed(partial(scrub, _run(piece, size), FAMILY)) for size in (LONG, LONGER))
        tell(f"a run of {piece!r}", ms_10_000=short, ms_40_000=long, ratio=round(long / max(short, 0.001), 1))
    return 0


def timed(work: Callable[[], object]) -> float:
    """Median milliseconds of processor time."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1_000)
    return round(statistics.median(found), 2)


def tell(measure: str, **figures: float) -> None:
    """One line."""
    print(json.dumps({"measure": measure, **figures}), flush=True)


def _run(piece: str, size: int) -> str:
    return piece * (size // len(piece)) + "x"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
