"""Who is rung when a record that somebody relies on was set aside: a referral, or a seal.

Left out: finding out that it was set aside, and what it held: nothing of it is known here but who sent it and of what
kind it was. Rules: nobody learns of a child; a lost referral is told to both its sides, each with the number of the
other; a seal that could not be read is told to its sender alone, for that there is a seal is a secret in itself.
"""

from sharing.directory import Organisation
from sharing.events import Child, Event, ReferralSubmitted, SealChanged, TaskKind, TaskRaised, Urgency
from sharing.reconciliation.parties import first_function, only_one, rung, speaker
from sharing.reconciliation.saying import World, envelope, numbered
from sharing.reconciliation.state import Said, Step, SubjectState
from sharing.vocabulary import OrganisationKind, Recipient

WHY = "NOT_READABLE"
TAKES_REFERRALS = ("front_door",)


def ring(kind: type[Event], sender: Organisation, cause: str, world: World) -> Step:
    """The telephone tasks that follow when a record of this kind could not be used.

    Args:
        kind: What the record was, as far as that is known without opening it.
        sender: Whose topic it came by.
        cause: Names the place of the record, so that doing it twice says it once.
        world: For who is on duty now.

    Returns:
        A step of a fresh subject; empty for a kind that nobody waits for.
    """
    told = speaker(world.directory, sender.slug, None)
    senders = (told,) if told else ()
    if kind is SealChanged:
        return _step(
            [(_task(TaskKind.SEND_SEAL_AGAIN, kind, None, (), world), senders)] if sender.may_seal else [], cause
        )
    if kind is not ReferralSubmitted:
        return Step(SubjectState())
    authority = only_one(world.directory, OrganisationKind.LOCAL_AUTHORITY)
    takers = _takers(authority, world)
    return _step(
        [
            (_task(TaskKind.TELEPHONE_SENDER, kind, sender, senders, world), takers),
            (_task(TaskKind.TELEPHONE_FRONT_DOOR, kind, authority, takers, world), senders),
        ],
        cause,
    )


def _takers(authority: Organisation | None, world: World) -> tuple[Recipient, ...]:
    if authority is None:
        return ()
    return rung(authority, first_function(authority, TAKES_REFERRALS), world.calendars, world.now)


def _task(
    task: TaskKind, kind: type[Event], reach: Organisation | None, at: tuple[Recipient, ...], world: World
) -> TaskRaised:
    """A task to ring an organisation, by the number of whoever is on duty there."""
    number = reach.telephone(at[-1].function) if reach and at else ""
    return TaskRaised(
        envelope=envelope(world.now, None, Urgency.IMMEDIATE),
        child=Child(),
        task=task,
        about_event=kind.event_type,
        organisation_missing=reach.name if reach else None,
        telephone=number or None,
        why=WHY,
    )


def _step(tasks: list[tuple[TaskRaised, tuple[Recipient, ...]]], cause: str) -> Step:
    return numbered(Step(SubjectState(), tuple(Said(task, to, cause) for task, to in tasks)))
