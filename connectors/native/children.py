"""Keys of a child in an agency's own system, where the system gives none: stable over exports, and never sent in clear.

Left out: whose child it is (the broker's identity decides).
"""

from hashlib import blake2b

from connectors.native.text import heading
from sharing.events import Child


def local_key(child: Child, otherwise: str) -> str:
    """The child's key: the system's own, else an identifier, else names and birth date, else `otherwise`."""
    if child.local_id:
        return f"id:{child.local_id}"
    if child.upn:
        return f"upn:{child.upn}"
    if child.nhs_number:
        return f"nhs:{child.nhs_number}"
    if child.surname or child.forename:
        names = f"{heading(child.surname or '')}/{heading(child.forename or '')}"
        return f"name:{names}/{child.birth_date or ''}"
    return f"record:{otherwise}"


def stable_index(local_child: str) -> int:
    """Number of a child within a record whose children come as rows in any order: the same child, the same number."""
    return int.from_bytes(blake2b(local_child.encode(), digest_size=6).digest())


def opaque(text: str) -> str:
    """A name for what has none of its own, from values that must not stand in a name; 32 hex digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def is_nobody(child: Child) -> bool:
    """Whether nothing says which child it is."""
    return not any(
        (child.surname, child.forename, child.local_id, child.upn, child.nhs_number, child.expected_birth_date)
    )
