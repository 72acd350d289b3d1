"""Canonical JSON: sorted keys, no blanks, UTF-8. The same record always gives the same bytes, so it can be hashed."""

import json


def canonical(record: object) -> bytes:
    """The bytes of a record made of tables, lists, text, numbers, true, false and null."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
