"""An approver's private key: a file of mode 0600 on the approver's own machine, which never leaves it.

Left out: what is signed (`sharing.approval`). Rules: an existing file is never overwritten; one that others may read is
refused; no key ever stands in a message.
"""

import json
import os
import stat
from base64 import b64decode, b64encode
from pathlib import Path

from sharing.approval.signatories import KEY_BYTES
from sharing.approval.signing import public_of
from sharing.errors import Misconfigured

FORMAT = "crosswalk-approver-key-1"
PRIVATE = 0o600


def make_key(path: Path, name: str) -> bytes:
    """Draw a key into a new file; gives the public key, 32 bytes.

    Raises:
        Misconfigured: the file exists or cannot be written.
    """
    seed = os.urandom(KEY_BYTES)
    text = json.dumps({"format": FORMAT, "name": name, "key": b64encode(seed).decode()}, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot make the key file ({fault.strerror}); name another one") from None
    return public_of(seed)


def read_key(path: Path) -> tuple[str, bytes]:
    """Name of the office and private key, 32 bytes.

    Raises:
        Misconfigured: the file is missing, readable by others, or no key file.
    """
    try:
        mode = path.stat().st_mode
        document = json.loads(path.read_text(encoding="utf-8"))
        name, seed = str(document["name"]), b64decode(document["key"], validate=True)
        sound = document["format"] == FORMAT and len(seed) == KEY_BYTES
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot be read: {fault.strerror}") from None
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise Misconfigured(f"{path}: is no approver's key file; `crosswalk agreements approver-key NAME` makes one")
    if stat.S_IMODE(mode) & 0o077:
        raise Misconfigured(f"{path}: others may read this key; run: chmod 600 {path}")
    return name, seed
