"""Grants in a child's state: given, ended before their time, looked at; and what happens as time passes.

Left out: who may grant what, and signatures (`sharing.granting`); what a grant lifts (`policy.granting`). Rules: a
grant ends by itself, and what waits is then decided again; one that nobody has reviewed in time rings the head of
service and the data protection officers, every day until somebody has; what is said about a grant names no child and
nobody who looked.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sharing.events import Child, TaskKind, TaskRaised, Urgency
from sharing.reconciliation.parties import first_function, only_one, recipient_for
from sharing.reconciliation.saying import World, distinct, envelope
from sharing.reconciliation.standing import Grant
from sharing.reconciliation.state import Said, Step, SubjectState
from sharing.vocabulary import OrganisationKind, Recipient

OFFICERS = ("data_protection_officer", "caldicott_guardian")
HEADS = ("head_of_service", "front_door_manager")
GIVEN, NOT_REVIEWED, REVOKED = "GRANT_GIVEN", "GRANT_NOT_REVIEWED", "GRANT_REVOKED"
AGAIN = timedelta(hours=24)


def give(state: SubjectState, grant: Grant, world: World) -> Step:
    """A grant comes into force; the officers who answer for it are told. Giving it twice gives it once."""
    if any(g.grant_id == grant.grant_id for g in state.grants):
        return Step(state)
    after = replace(state, grants=(*state.grants, grant))
    told = _told(grant, GIVEN, _officers(state, grant, world), world)
    return Step(after, told, register_moved=True, changed=True)


def revoke(state: SubjectState, grant_id: str, world: World) -> Step:
    """A grant ends now; what it let go is taken back where a seal closes it."""
    grant = _found(state, grant_id)
    if grant is None or grant.revoked_at is not None or grant.is_over:
        return Step(state)
    ended = replace(grant, revoked_at=world.now)
    told = _told(grant, REVOKED, _officers(state, grant, world), world)
    return Step(_put(state, ended), told, register_moved=True, recall=True, changed=True)


def reviewed(state: SubjectState, grant_id: str) -> Step:
    """Somebody has looked at it: its clock stops."""
    grant = _found(state, grant_id)
    if grant is None or grant.review_by is None:
        return Step(state)
    return Step(_put(state, replace(grant, review_by=None)), changed=True)


def tick(state: SubjectState, world: World) -> Step:
    """End what has ended, and ring about what nobody has reviewed."""
    said: list[Said] = []
    after, moved = state, False
    for grant in state.grants:
        now = grant
        if not now.is_over and now.revoked_at is None and now.ends_at <= world.now:
            now, moved = replace(now, is_over=True), True
        while now.review_by is not None and now.review_by <= world.now:
            now = replace(now, stage=now.stage + 1, review_by=now.review_by + AGAIN)
            said += _told(now, NOT_REVIEWED, [*_heads(world), *_officers(state, now, world)], world)
        after = _put(after, now)
    return Step(after, tuple(said), register_moved=moved, changed=after != state)


def _found(state: SubjectState, grant_id: str) -> Grant | None:
    return next((g for g in state.grants if g.grant_id == grant_id), None)


def _put(state: SubjectState, grant: Grant) -> SubjectState:
    return replace(state, grants=tuple(grant if g.grant_id == grant.grant_id else g for g in state.grants))


def _officers(state: SubjectState, grant: Grant, world: World) -> list[Recipient]:
    """The data protection officers of the authority, of who receives, and of whoever set a seal."""
    authority = only_one(world.directory, OrganisationKind.LOCAL_AUTHORITY)
    slugs = [grant.recipient.organisation, *(seal.holder_organisation for seal in state.seals)]
    named = [authority, *(world.directory.get(slug) for slug in slugs)]
    found = [o for o in named if o is not None and o.enrolled]
    return [recipient_for(o, first_function(o, OFFICERS[:1])) for o in found]


def _heads(world: World) -> list[Recipient]:
    authority = only_one(world.directory, OrganisationKind.LOCAL_AUTHORITY)
    return [recipient_for(authority, first_function(authority, HEADS))] if authority else []


def _told(grant: Grant, why: str, to: Iterable[Recipient], world: World) -> tuple[Said, ...]:
    """An alert without identities: by what the ledger knows the grant, and until when it must be looked at."""
    task = TaskRaised(
        envelope=envelope(world.now, grant.review_by, Urgency.IMMEDIATE),
        child=Child(),
        task=TaskKind.REVIEW_GRANT,
        about_event=grant.grant_id,
        why=why,
    )
    cause = f"grant/{grant.grant_id}/{why}/{grant.stage}"
    return (Said(task, distinct(to), cause, apart=True),)
