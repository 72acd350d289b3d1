"""Why a text cannot be read at all, in words for who wrote it: no UTF-8, no end to it, no YAML.

Left out: what a text that can be read says (`document`).
"""

import re

LONGEST_TEXT = 1_000_000
"""Signs; the longest of the shipped set has a sixteenth of that. Whatever is longer was not written by hand."""
_NO_SIGN = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffc\\U00010000-\\U0010ffff]")
_ELSEWHERE = "this line does not belong here; look at its indentation, or for a bracket or a quote left open above"
_OPEN = "a list or table in brackets is not closed, or a comma is missing"
_PLAIN = {
    "found character that cannot start any token": "a word cannot begin with this sign: put the word in quotes",
    "mapping values are not allowed": "no colon can stand here; look at the indentation, or put the text in quotes",
    "could not find expected ':'": "a colon is missing, here or in the line above",
    "did not find expected key": _ELSEWHERE,
    "expected <block end>": _ELSEWHERE,
    "did not find expected '-' indicator": "a line that begins with '-' is expected; look at the indentation",
    "did not find expected ',' or": _OPEN,
    "expected ',' or": _OPEN,
    "found unexpected end of stream": "a quote that was opened is not closed",
    "found unknown escape character": "a backslash in double quotes begins a special sign; use single quotes",
}
"""What the parser says, as it begins, and what a person can do about it."""


def no_text(text: str) -> tuple[int, int, str] | None:
    """Line and column, from 1, and what is wrong, where something is no text that a person wrote; None where it is."""
    if len(text) > LONGEST_TEXT:
        return 1, 1, f"this is longer than {LONGEST_TEXT:,} signs; nobody could read it: split it, or take it away"
    found = _NO_SIGN.search(text)
    if not found:
        return None
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    if found.group() != "\ufffd":
        return line, column, f"this is not YAML: it holds a sign that no text may hold (U+{ord(found.group()):04X})"
    other = "this is UTF-16, not UTF-8" if "\0" in text else "from here on this is not UTF-8"
    return line, column, f"{other}: open it in your editor and save it as UTF-8"


def in_plain_words(problem: str, text: str, line: int) -> str:
    """What the parser found, with what to do about it.

    Args:
        problem: In the words of the parser.
        text: All of it.
        line: Where, from 1.
    """
    rows = text.splitlines()
    row = rows[line - 1] if line <= len(rows) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return "this is not YAML: a tab stands here; indent with blanks"
    plain = next((words for said, words in _PLAIN.items() if problem.startswith(said)), problem)
    return f"this is not YAML: {plain}"
