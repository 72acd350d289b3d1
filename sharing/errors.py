"""Errors by what the caller must do.

Rejected: the record is at fault; it becomes a dead letter or a refusal, the rest flows. Retryable: the line is at
fault; try again, nothing is lost. Misconfigured: a person must act; stop before any harm. A denial is no error: it is
a decision.

No message carries a personal value: it names the field, the file and the fix.
"""


class CrosswalkError(Exception):
    """Base of all errors of this product."""


class Rejected(CrosswalkError):  # noqa: N818 - the field's word; what happens to the record
    """The record cannot be used. It is refused or dead-lettered, visibly, and the rest flows.

    Args:
        code: Short upper-case code from a closed list of the raising room, such as `BAD_DATE`.
        field: Path of the field at fault, `""` for the whole record.
        reason: Plain words, safe to show: never a value.
    """

    def __init__(self, code: str, field: str, reason: str) -> None:
        super().__init__(f"{code} {field or 'record'}: {reason}")
        self.code = code
        self.field = field
        self.reason = reason


class Retryable(CrosswalkError):  # noqa: N818 - names what the caller must do
    """The line, the broker or the database is away. Try again; nothing was lost."""


class Misconfigured(CrosswalkError):  # noqa: N818 - names what the caller must do
    """A setting, file or right is wrong. The message names the place and the fix; do not go on."""
