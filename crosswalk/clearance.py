"""Clearance: who may be told why, including what a seal did.

A clearance is a file of mode 0600 with a name and 32 random bytes, held by the data protection officer; beside the
broker's key file stands a list with the name and the SHA-256 of those bytes. Only who may write beside the key file can
grant. Left out: what is told (`why`). Rules: a file that others may read counts as none; a missing, unknown or
revoked clearance are all the same to whoever asks; a file that is named and holds nothing that could be one, or a
broker's key file that holds no keys, is a mistake and said so, whatever the ledger holds; no token is ever printed.
"""

import hmac
import json
import os
import re
import secrets
import stat
from hashlib import sha256
from pathlib import Path

from ledger.keys import load
from sharing.errors import Misconfigured

LIST = "clearances.json"
TOKEN_BYTES = 32
PRIVATE = 0o600


def grant(name: str, keys: Path, file: Path) -> None:
    """Make a clearance and put it on the list; granting again to the same name ends the older one.

    Args:
        name: Function that holds it, such as `data-protection-officer`.
        keys: The broker's key file.
        file: Where the clearance is written.

    Raises:
        Misconfigured: the name is none of a function, or the file stands already or cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,60}", name):
        raise Misconfigured("--grant: expected a function in small letters and hyphens, as data-protection-officer")
    if not keys.exists():
        raise Misconfigured(f"{keys}: no key file; only who holds the broker's keys can grant clearance")
    token = secrets.token_hex(TOKEN_BYTES)
    _write(file, json.dumps({"name": name, "token": token}), new=True)
    _save_list(keys, _listed(keys) | {name: _digest(token)})


def revoke(name: str, keys: Path) -> bool:
    """Take a clearance off the list; False when it was not on it."""
    listed = _listed(keys)
    found = listed.pop(name, None) is not None
    if found:
        _save_list(keys, listed)
    return found


def cleared(file: Path | None, keys: Path) -> str:
    """Name under which a file gives clearance, `""` when it gives none.

    Raises:
        Misconfigured: the file holds nothing that could be a clearance, or the key file no keys: emptied, or damaged.
    """
    load(keys)
    try:
        if file is None or stat.S_IMODE(file.stat().st_mode) & 0o077:
            return ""
        held = json.loads(file.read_text(encoding="utf-8"))
        name, token = str(held["name"]), str(held["token"])
    except OSError:
        return ""
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(
            f"{file}: holds no clearance: it was emptied or damaged; restore it, or have a new one made"
            " (crosswalk why --grant NAME --clearance-file FILE)"
        ) from None
    expected = _listed(keys).get(name, "")
    return name if hmac.compare_digest(expected.encode(), _digest(token).encode()) else ""


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _listed(keys: Path) -> dict[str, str]:
    path = keys.with_name(LIST)
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in found.items()}
    except (OSError, ValueError, AttributeError):
        raise Misconfigured(f"{path}: the list of clearances is damaged; restore it or grant anew") from None


def _save_list(keys: Path, listed: dict[str, str]) -> None:
    path = keys.with_name(LIST)
    beside = path.with_suffix(".next")
    beside.unlink(missing_ok=True)
    _write(beside, json.dumps(listed, indent=1, sort_keys=True), new=True)
    beside.replace(path)


def _write(path: Path, text: str, *, new: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    try:
        with os.fdopen(os.open(path, flags, PRIVATE), "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot be written ({fault.strerror}); name another file") from None
