"""A JSON object being read like a row: its plain values by key, its items that may be "not known", its lists of texts.

Left out: which keys there are. An item is a value, or `{"not_known": "NOT_ASKED"}`; anything else is a fault of its
own, since an empty item leaves open whether nobody asked or nobody knew.
"""

from collections.abc import Mapping

from connectors.native.reading import Reading
from connectors.native.text import MAX_SHORT, fit, heading, one_line
from sharing.events import NotKnown

MAX_LIST = 50
_REASONS: Mapping[str, NotKnown] = {heading(reason.value): reason for reason in NotKnown}


def texts(body: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Plain values as text, by key with a prefix; nested ones only where they say `{"value": ...}`."""
    found: dict[str, str] = {}
    for key, value in body.items():
        inner = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(inner, bool):
            found[prefix + key] = "true" if inner else "false"
        elif isinstance(inner, str | int | float):
            found[prefix + key] = fit(str(inner))
    return found


def not_known(body: Mapping[str, object], key: str) -> NotKnown | None:
    """The reason why an item is not known, or None if it does not say so."""
    value = body.get(key)
    reason = value.get("not_known") if isinstance(value, Mapping) else None
    return _REASONS.get(heading(reason)) if isinstance(reason, str) else None


def require_item(reading: Reading, column: str, path: str, value: object, reason: NotKnown | None) -> None:
    """Note that an item has neither a value nor a reason, unless it is at fault already."""
    if value is None and reason is None and not any(f.path == path for f in reading.faults):
        reading.fault("MISSING_ITEM", column, path, 'expected a value, or {"not_known": one of the three reasons}')


def text_list(reading: Reading, body: Mapping[str, object], key: str, column: str, path: str) -> tuple[str, ...] | None:
    """A list of short texts, or None if there is none."""
    value = body.get(key)
    value = value.get("value") if isinstance(value, Mapping) else value
    if value is None or value in ("", {}):
        return None
    if not isinstance(value, list) or len(value) > MAX_LIST or not all(isinstance(x, str) for x in value):
        reading.fault("BAD_LIST", column, path, f"expected a list of at most {MAX_LIST} texts")
        return None
    items = tuple(one_line(fit(item)) for item in value)
    if any(len(item) > MAX_SHORT for item in items):
        reading.fault("TOO_LONG", column, path, f"expected at most {MAX_SHORT} characters in each text")
        return None
    return tuple(item for item in items if item) or None
