"""Can this connector do its work from here? One answer a hop, from settings to rights at the broker, with the fix.

Kafka's client says only "unable to bootstrap" whatever is wrong, so each hop is tried by itself: name, address, TLS
with the certificate's last day, log-in, topics and rights. Left out: sending anything; nothing is written to the
broker.
"""

import os
import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors import rights
from connectors.education.rolls import read_rolls
from connectors.lookups import Files, Watched
from connectors.settings import Options, Settings
from connectors.social_care.formats import persons_of
from sharing.errors import Misconfigured, Retryable
from sharing.topics import CHECKPOINTS

CONNECT_SECONDS = 5.0
ROOM_BYTES = 256 * 1024 * 1024
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing that was tried. `words`: what was found, or the fix."""

    name: str
    ok: bool
    words: str


def hops(settings: Settings) -> Iterator[Hop]:
    """Try everything; what depends on a failed hop is not tried.

    Args:
        settings: Checked already.

    Yields:
        One answer a hop, in order.
    """
    yield Hop("settings", ok=True, words=f"{settings.agency} {settings.organisation}")
    yield _folder("state folder", settings.state, write=True)
    yield _room(settings.state)
    for intake in settings.intakes:
        yield _folder("drop folder", intake.folder, write=True)
        if intake.persons is not None:
            yield _persons(intake.persons)
    if settings.deliver_to is not None:
        yield _folder("delivery folder", settings.deliver_to, write=True)
    yield from (_roll(options) for options in settings.reactions if options.name == "rolls")
    reached = True
    for address in settings.bootstrap.split(","):
        for hop in _line(settings, address.strip()):
            reached = reached and hop.ok
            yield hop
    if reached:
        yield _rights(settings)


def _folder(name: str, path: Path, *, write: bool) -> Hop:
    if not path.is_dir():
        try:
            path.mkdir(parents=True)
        except OSError as fault:
            return Hop(name, ok=False, words=f"{path}: cannot be made ({fault.strerror})")
    if not os.access(path, os.R_OK | os.X_OK | (os.W_OK if write else 0)):
        return Hop(name, ok=False, words=f"{path}: give this user the right to read and write it")
    return Hop(name, ok=True, words=str(path))


def _room(path: Path) -> Hop:
    try:
        free = shutil.disk_usage(path).free
    except OSError as fault:
        return Hop("disk", ok=False, words=f"{path}: cannot be asked ({fault.strerror})")
    return Hop("disk", ok=free >= ROOM_BYTES, words=f"{free // 1_048_576} MiB free, wanted {ROOM_BYTES // 1_048_576}")


def _persons(path: Path) -> Hop:
    """Whether there is anybody in the person table: without it events go with a number and no name."""
    files = Watched(path, _as_they_are)()
    found = sum(len(persons_of(raw, name)) for name, raw in files)
    return Hop("person table", ok=found > 0, words=f"{path}: {found} persons" + ("" if found else "; export it anew"))


def _as_they_are(files: Files) -> Files:
    return files


def _roll(options: Options) -> Hop:
    """Whether every row of the rolls can be read: a pupil on none of them is answered for as one who is not there."""
    folder = options.base / options.values.get("folder", "")
    rolls, refused = read_rolls(Watched(folder, _as_they_are)(), datetime.now(UTC))
    words = f"{folder}: {len(rolls)} registrations"
    if refused:
        words += f", {len(refused)} rows or files that cannot be read; see: crosswalk translate education-roll {folder}"
    return Hop("roll", ok=bool(rolls) and not refused, words=words)


def _line(settings: Settings, address: str) -> Iterator[Hop]:
    host, _, port = address.rpartition(":")
    name = host.strip("[]")
    try:
        line = socket.create_connection((name, int(port)), timeout=CONNECT_SECONDS)
    except socket.gaierror:
        yield Hop("name", ok=False, words=f"{name}: no such name; look at bootstrap and at the resolver")
        return
    except OSError as fault:
        yield Hop(
            "address", ok=False, words=f"{address}: {fault.strerror or 'no answer'}; look at the firewall and the port"
        )
        return
    with line:
        yield Hop("address", ok=True, words=f"{address} answers")
        if settings.security.protocol.endswith("SSL"):
            yield _tls(settings, line, name)


def _tls(settings: Settings, line: socket.socket, name: str) -> Hop:
    security = settings.security
    try:
        context = ssl.create_default_context(cafile=str(security.ca_file) if security.ca_file else None)
        if security.certificate_file is not None:
            context.load_cert_chain(security.certificate_file, security.key_file)
        with context.wrap_socket(line, server_hostname=name) as wrapped:
            certificate = wrapped.getpeercert() or {}
    except ssl.SSLCertVerificationError as fault:
        return Hop(
            "TLS", ok=False, words=f"{name}: certificate refused: {fault.verify_message}; look at ca_file and dates"
        )
    except (ssl.SSLError, OSError) as fault:
        return Hop("TLS", ok=False, words=f"{name}: no TLS here ({type(fault).__name__}); is this a listener with TLS?")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    words = f"{name}: certificate good for {days} days"
    return Hop("TLS", ok=True, words=words if days > RENEW_DAYS else f"{words}; its operator should renew it now")


def _rights(settings: Settings) -> Hop:
    try:
        witnesses = settings.witness_seconds > 0
        faults = rights.lacking(settings, [settings.witness_topic] * witnesses, [CHECKPOINTS] * witnesses)
    except Retryable as fault:
        hint = (
            "; the address answers, so look at user name, password and mechanism" if settings.security.username else ""
        )
        return Hop("log-in", ok=False, words=f"{fault}{hint}")
    except Misconfigured as fault:
        return Hop("log-in", ok=False, words=str(fault))
    return Hop("rights", ok=not faults, words="; ".join(faults) or "every topic is there and open to this connector")
