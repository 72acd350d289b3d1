"""Forgetting a child: the key is destroyed, and everything that only the key could open is gone for good.

Left out: who may order it and why it is due (`shredding`). Rules: a process that opened the key before forgets it at
its next transaction; whoever holds a child's lock asks `forgotten` before it writes about that child, so that nothing
new is ever put under a key that is gone.
"""

from collections.abc import Collection

from ledger.part import Part

SHREDS = 2
"""Row of the table `head` that counts destroyed keys."""


class Forgetting(Part):
    """Children whose key was destroyed, inside one transaction."""

    def shreds(self) -> int:
        """How many keys were destroyed by now: whoever keeps contents in memory drops them when this moved."""
        row = self.session.one("select value from head where id = ?", (SHREDS,))
        return int(row[0]) if row else 0

    def notice_forgotten(self) -> None:
        """Drop every opened key if a child was forgotten since they were opened."""
        self.children.as_of(self.shreds())

    def forgotten(self, subjects: Collection[int]) -> set[int]:
        """Of these subjects, those whose key was destroyed."""
        sql = "select subject from child_key where wrapped is null and"
        found = {row[0] for row in self.select_among(sql, "subject", subjects)}
        self.children.drop(found)
        return found

    def forget_child(self, subject: int) -> None:
        """Destroy one key: contents, case and identity can never be opened again; the ledger still verifies."""
        run = self.session.run
        run("update child_key set wrapped = null where subject = ?", (subject,))
        run("update subject set state = null, identity = null, next_due_at = null where id = ?", (subject,))
        for table in ("blocking", "incident", "held", "awaited", "review"):
            run(f"delete from {table} where subject = ?", (subject,))  # noqa: S608 - five names
        run("update head set value = value + 1 where id = ?", (SHREDS,))
        self.children.forget()
