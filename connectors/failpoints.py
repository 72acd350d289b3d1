"""Marked points at which a test may end the process as if its power had gone: no cleanup, no flush, status 137.

`CROSSWALK_FAILPOINT=name` ends it at the first pass of that point, `name:n` at the n-th. Left out: any other fault.
Without the variable a point costs one dictionary look-up.
"""

import os
from collections import Counter
from enum import StrEnum

VARIABLE = "CROSSWALK_FAILPOINT"
KILLED = 137


class Point(StrEnum):
    """Every marked point, in the order in which an event passes them."""

    AFTER_READ = "after_read"
    IN_SPOOL_TRANSACTION = "in_spool_transaction"
    AFTER_SPOOL_COMMIT = "after_spool_commit"
    AFTER_FILED_AWAY = "after_filed_away"
    BEFORE_SEND = "before_send"
    AFTER_SEND = "after_send"
    AFTER_MARKED_SENT = "after_marked_sent"
    IN_ARRIVAL_TRANSACTION = "in_arrival_transaction"
    AFTER_ARRIVAL_COMMIT = "after_arrival_commit"
    BEFORE_DELIVER = "before_deliver"
    AFTER_DELIVER = "after_deliver"
    AFTER_MARKED_DELIVERED = "after_marked_delivered"


_passes: Counter[Point] = Counter()


def passed(point: Point) -> None:
    """Say that a point is passed; ends the process when a test asked for it."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, nth = wanted.partition(":")
    if name != point:
        return
    _passes[point] += 1
    if _passes[point] >= int(nth or 1):
        os._exit(KILLED)
