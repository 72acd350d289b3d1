"""Letters that look like another one, and signs that cannot be seen: what could make a text read as what it is not.

Names in agreements are ASCII. A letter that is not is named, with the ASCII letter that it looks like, so that a person
who cannot see the difference can find it. Signs that cannot be seen, or that turn the direction of writing, may stand
nowhere, not even in a comment.
"""

import re
import unicodedata
from collections.abc import Iterator

_LOOKS = (
    (
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u051b\u051d\u04bb\u0501\u04cf",
        "aeopcyxsijqwhdl",
    ),  # Cyrillic, small
    (
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408",
        "ABEKMHOPCTYXSIJ",
    ),  # Cyrillic, capital
    ("\u03ba\u03bf\u03bd\u03c1\u03c4\u03c5\u03c7\u03b9\u03b1\u03b5\u03b7", "kovptuxiaen"),  # Greek, small
    (
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "ABEZHIKMNOPTYX",
    ),  # Greek, capital
)
_SHAPES = {letter: like for letters, likes in _LOOKS for letter, like in zip(letters, likes, strict=True)}
_UNSEEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def look_alike(text: str) -> str:
    """Which is the first letter that is not ASCII, and what it looks like, as the end of a sentence; `""` if none."""
    strange = next((letter for letter in text if not letter.isascii()), None)
    if strange is None:
        return ""
    like = shape_of(strange)
    looks = f" and looks like '{like}'" if like else ""
    return f"; its letter '{strange}' is {_name(strange)}, not ASCII{looks}"


def shape_of(letter: str) -> str:
    """The ASCII letter that another one looks like, `""` where none is known."""
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isprintable() else _SHAPES.get(letter, "")


def unseen(text: str) -> Iterator[tuple[int, int, str]]:
    """Line and column, from 1, and the name of each sign that cannot be seen."""
    if text.isascii():
        return
    for line, row in enumerate(text.split("\n"), 1):
        for found in _UNSEEN.finditer(row):
            yield line, found.start() + 1, _name(found.group())


def _name(letter: str) -> str:
    return f"{unicodedata.name(letter, 'a letter without a name')} (U+{ord(letter):04X})"
