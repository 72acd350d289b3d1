r"""What the ledger swears to: one leaf per considered recipient of an event, or one for nobody; one per statement.

A leaf is canonical JSON (sorted keys, integers and strings only, no blanks): `{"carrier":{...},"event":{...},
"exchange":{...}|null,"step":"decided"|"redecided"}`, or `{"carrier":{...},"statement":{...}}`. It holds ids, codes and
commitments, never a personal value, and is not stored: whoever has the rows makes it again, which is how the ledger is
verified.

Left out: numbering and the tree (`chain`). The three parts are made apart because four leaves share the first two.

>>> parts = carrier_part(0, "1"), event_part(b"\1" * 16, 7, 3, "a1", b"\2" * 32, b"\3" * 16)
>>> leaf(*parts, None)[:30]
b'{"carrier":{"at":0,"engine":"1'
"""

import json
from functools import lru_cache
from hashlib import sha256

_quoted = lru_cache(maxsize=4096)(json.dumps)


def carrier_part(decided_at_ms: int, engine: str) -> bytes:
    """What all leaves of a carrier share: when was decided, and by which engine."""
    return b'{"carrier":{"at":%d,"engine":%b}' % (decided_at_ms, _quoted(engine).encode())


def event_part(
    event_id: bytes, schema_id: int, register_head: int, agreements: str, content: bytes, subject: bytes
) -> bytes:
    """What all leaves of an event share.

    Args:
        event_id: 16 bytes.
        schema_id: Of the content.
        register_head: Head of the registers that the decision used.
        agreements: Version of the agreements that the decision used.
        content: Commitment to the event's bytes, HMAC-SHA256 under the child's key.
        subject: Commitment to the child, under the child's key.
    """
    return (
        f',"event":{{"agreements":{_quoted(agreements)},"content":"{content.hex()}","id":"{event_id.hex()}",'
        f'"register":{register_head},"schema":{schema_id},"subject":"{subject.hex()}"}}'
    ).encode()


def exchange_frame(
    organisation: str, function: str, kind: str, outcome: bytes, state: str, step: str
) -> tuple[bytes, bytes]:
    """What stands before and after the exchange id: the same for every event with this recipient and decision.

    Args:
        organisation: Recipient.
        function: Of the recipient, never a person.
        kind: As what it receives.
        outcome: SHA-256 of the decision's canonical JSON.
        state: deliver, suppress, hold or express.
        step: "decided", or "redecided" for a later decision of the same exchange.
    """
    before = f',"exchange":{{"function":{_quoted(function)},"id":"'
    after = (
        f'","kind":{_quoted(kind)},"organisation":{_quoted(organisation)},"outcome":"{outcome.hex()}",'
        f'"state":"{state}"}},"step":"{step}"}}'
    )
    return before.encode(), after.encode()


NOBODY = b',"exchange":null,"step":"decided"}'
"""End of the one leaf of an event that nobody was considered for."""


def statement_part(kind: str, body: bytes) -> bytes:
    """What follows `carrier_part` in the leaf of a statement.

    Args:
        kind: Of the statement.
        body: Its canonical JSON, of which the leaf holds the SHA-256.
    """
    return f',"statement":{{"body":"{sha256(body).hexdigest()}","kind":{_quoted(kind)}}}}}'.encode()


def leaf(carrier: bytes, event: bytes, exchange: tuple[bytes, bytes, bytes] | None) -> bytes:
    """One leaf of its parts.

    Args:
        carrier: `carrier_part(...)`.
        event: `event_part(...)`.
        exchange: `exchange_frame(...)` with the hex exchange id between, or None for NOBODY.
    """
    return carrier + event + (NOBODY if exchange is None else b"".join(exchange))
