"""Interning: the few hundred words, organisations and decisions that millions of exchanges share get small numbers.

Left out: what they mean. Rules: a number is given once and never changed; missing ones are stored in sorted order, so
that two writers never wait for each other in a ring; what was learned in a transaction is forgotten when it is rolled
back.
"""

from collections.abc import Collection
from hashlib import sha256

from ledger.database import Session

_CACHED_OUTCOMES = 50_000


class Words:
    """Numbers of words, lanes and outcomes, cached."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.lanes: dict[str, int] = {}
        self.outcomes: dict[bytes, tuple[int, bytes]] = {}
        """Body of a decision to its number and digest."""
        self._word_of: dict[int, str] = {}
        self._organisation_of: dict[int, str] = {}

    def forget(self) -> None:
        """Drop the caches: some numbers may have been unmade by a rollback."""
        for cache in (self.words, self.lanes, self.outcomes, self._word_of, self._organisation_of):
            cache.clear()

    def need_words(self, session: Session, texts: Collection[str]) -> None:
        """Make sure that `words` knows all of these."""
        for text in sorted(set(texts) - self.words.keys()):
            session.run("insert into word (text) values (?) on conflict do nothing", (text,))
            found = session.one("select id from word where text = ?", (text,))
            assert found is not None
            self.words[text] = found[0]

    def need_lanes(self, session: Session, organisations: Collection[str]) -> None:
        """Make sure that `lanes` knows all of these.

        A new lane starts at the newest checkpoint: no carrier with anything for it can be numbered below.
        """
        for organisation in sorted(set(organisations) - self.lanes.keys()):
            known = session.one("select id from lane where organisation = ?", (organisation,))
            if known is None:
                session.run(
                    "insert into lane (organisation, upto_ordinal, upto_place, suspended, owner, fence, expires_at)"
                    " select ?, coalesce(max(upto_ordinal) + 1, 0), 0, '', '', 0, 0 from checkpoint where true"
                    " on conflict do nothing",
                    (organisation,),
                )
                known = session.one("select id from lane where organisation = ?", (organisation,))
            assert known is not None
            self.lanes[organisation] = known[0]

    def need_outcomes(self, session: Session, bodies: Collection[bytes]) -> None:
        """Make sure that `outcomes` knows all of these decisions."""
        missing = sorted((sha256(body).digest(), body) for body in set(bodies) - self.outcomes.keys())
        if len(self.outcomes) + len(missing) > _CACHED_OUTCOMES:
            self.outcomes.clear()
            missing = sorted((sha256(body).digest(), body) for body in set(bodies))
        for digest, body in missing:
            session.run("insert into outcome (digest, body) values (?, ?) on conflict do nothing", (digest, body))
            found = session.one("select id from outcome where digest = ?", (digest,))
            assert found is not None
            self.outcomes[body] = found[0], digest

    def word(self, session: Session, number: int) -> str:
        """The word of a number.

        Raises:
            KeyError: there is none; the database was damaged.
        """
        return self._word_of.get(number) or self._look(session, "select text from word where id = ?", number)

    def organisation(self, session: Session, lane: int) -> str:
        """The organisation of a lane; KeyError when there is none."""
        found = self._organisation_of.get(lane)
        if found is None:
            row = session.one("select organisation from lane where id = ?", (lane,))
            if row is None:
                raise KeyError(f"lane {lane} is not in the database")
            found = self._organisation_of[lane] = str(row[0])
        return found

    def _look(self, session: Session, sql: str, number: int) -> str:
        row = session.one(sql, (number,))
        if row is None:
            raise KeyError(f"word {number} is not in the database")
        found = self._word_of[number] = str(row[0])
        return found
