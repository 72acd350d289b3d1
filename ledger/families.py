"""Which subjects belong together because one incident was about all of them: brothers and sisters, as a rule.

Left out: what an incident is (the core makes its keyed token) and what follows from it. Rules: a token tells nothing; a
subject that was joined to another brings its incidents along; a child that was forgotten is found by none.
"""

from collections.abc import Collection

from ledger.part import Part


class Families(Part):
    """Incidents and whom they were about, inside one transaction."""

    def add_incidents(self, pairs: Collection[tuple[bytes, int]]) -> None:
        """An incident was about a subject: (token, subject). Saying it twice is saying it once."""
        sql = "insert into incident (token, subject) values (?, ?) on conflict do nothing"
        self.session.many(sql, sorted(set(pairs)))

    def relatives(self, subjects: Collection[int]) -> dict[int, tuple[int, ...]]:
        """For each of these subjects the others of its incidents; those that have none are left out."""
        found: dict[int, set[int]] = {}
        sql = (
            "select a.subject, b.subject from incident a join incident b on b.token = a.token"
            " where a.subject <> b.subject and"
        )
        for subject, other in self.select_among(sql, "a.subject", subjects):
            found.setdefault(subject, set()).add(other)
        return {subject: tuple(sorted(others)) for subject, others in found.items()}
