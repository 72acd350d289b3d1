"""Nothing that is known of a family is left of a text, however it is written; what tells nobody stays as it was."""

import unicodedata

from hypothesis import strategies as st

from sharing.redaction.scrub import Known

NOBODY = Known((), (), ())
FIRST = ["Ayesha", "Zoltan", "Marit", "Kwabena", "Siobhan", "Zoë", "Ngozi", "Piotrek", "Xanthe", "Tariq", "Oisin"]
LAST = ["Quillfeather", "O'Brannigan", "MacTavish", "McAllister", "Khan", "Vandermolen", "Ünsal", "Oyelaran", "Szabo"]
SENTENCES = [
    "The child was seen at school with a bruise on the left arm.",
    "Police were called at 18:30 because neighbours heard shouting.",
    "He said that he does not want to go home this weekend.",
    "The health visitor and the GP have no other concerns about the baby.",
    "A strategy discussion was held on Monday 3 November 2026.",
    "Attendance fell from 94% to 61% since the start of Year 6.",
    "She may need help; it will take some time.",
    "Mum was spoken to alone and agreed to the safety plan.",
]
LOOKS = str.maketrans(
    "aeopcyxAEKMHOPCTX",
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0410\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425",
)


def accented(text):
    return unicodedata.normalize("NFD", text).replace("a", "a\u0301")


def slipped(text):
    """One letter of the longest part is missing."""
    part = max(text.replace("'", " ").split(), key=len)
    return text.replace(part, part[:2] + part[3:]) if len(part) > 6 else text


WRITTEN = {
    "as it is": lambda f, s: f"{f} {s}",
    "capitals": lambda f, s: f"{f} {s}".upper(),
    "small": lambda f, s: f"{f} {s}".lower(),
    "turned round": lambda f, s: f"{s}, {f}",
    "turned round without a comma": lambda f, s: f"{s} {f}",
    "an initial": lambda f, s: f"{f[0]}. {s}",
    "an initial without a stop": lambda f, s: f"{f[0]} {s}",
    "both initials": lambda f, s: f"{f[0]}.{s[0]}.",
    "first name": lambda f, s: f,
    "surname": lambda f, s: s,
    "possessive": lambda f, s: f"{f}'s",
    "curly possessive": lambda f, s: f"{f}\u2019s",
    "the family": lambda f, s: f"the {s}s",
    "no apostrophe": lambda f, s: f"{f} {s.replace(chr(39), '')}",
    "curly apostrophe": lambda f, s: f"{f} {s.replace(chr(39), chr(0x2019))}",
    "a blank for the apostrophe": lambda f, s: f"{f} {s.replace(chr(39), ' ')}".upper(),
    "Mc for Mac": lambda f, s: f"{f} {s.replace('Mac', 'Mc', 1)}",
    "Mac for Mc": lambda f, s: f"{f} {s.replace('Mc', 'Mac', 1)}",
    "Mc apart": lambda f, s: f"{f} {s.replace('Mc', 'Mc ', 1).replace('Mac', 'Mac ', 1)}",
    "two blanks": lambda f, s: f"{f}  {s}",
    "a hyphen": lambda f, s: f"{f}-{s}",
    "two lines": lambda f, s: f"{f}\n{s}",
    "divided at the end of a line": lambda f, s: f"{f[:2]}-\n{f[2:]} {s[:4]}-\n{s[4:]}",
    "soft hyphen": lambda f, s: f"{f[:2]}\u00ad{f[2:]} {s[:2]}\u200b{s[2:]}",
    "accents": lambda f, s: accented(f"{f} {s}"),
    "no accents": lambda f, s: "".join(c for c in unicodedata.normalize("NFD", f"{f} {s}") if ord(c) < 0x300),
    "look-alike letters": lambda f, s: f"{f} {s}".translate(LOOKS),
    "wide letters": lambda f, s: "".join(chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) <= 0x7E else c for c in f"{f} {s}"),
    "a letter short": lambda f, s: slipped(f"{f} {s}"),
    "together": lambda f, s: f"#{f}{s}",
    "underlined": lambda f, s: f"_{f}_{s}_",
}
any_text = st.text(max_size=300) | st.text(
    st.sampled_from("aA.\u00e9 \n'\u2019-1209@/[]namepl\u00ad\ud800\0\u0425\u0445"), max_size=120
)


def family(*people, places=(), numbers=(), dates=()):
    return Known(tuple(f"{first} {last}" for first, last in people), places, numbers, dates)
