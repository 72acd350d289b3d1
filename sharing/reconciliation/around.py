"""Around a setting that must not know: somebody else acts in its stead.

Its head, its lead or a reader is the person from whom the child is protected, or close to him, or the child is the
lead's own: the seal `PERPETRATOR_CHANNEL` says so, and the setting does not even learn that there is an event. But who
works there looked after the child, so others must: the independent alternate of the education service and the
authority's designated officer for allegations (LADO), out of hours the emergency duty team too; and the seal's holder.

Left out: whether the setting is kept out (the agreements decide), and what of the event itself these may see (a permit
of its own). Rules: one task for each event, under a clock; it names the child and whom to ring, never what happened, so
that being told of it discloses nothing. A setting holds no seal and stands in for none, so none hears of it.
"""

from collections.abc import Iterable

from sharing.directory import Directory, Organisation
from sharing.events import Child, TaskKind, TaskRaised, Urgency
from sharing.reconciliation.parties import first_function, only_one, recipient_for, rung, speaker
from sharing.reconciliation.saying import World, distinct, envelope
from sharing.reconciliation.state import Said, Seal
from sharing.vocabulary import OrganisationKind, Recipient

WHY = "SETTING_MUST_NOT_KNOW"
ALTERNATES = ("independent_alternate", "education_duty_manager", "education_duty")
DESIGNATED = ("lado", "front_door_manager", "front_door")


def act_for_setting(event_id: str, sender: str, seals: Iterable[Seal], world: World) -> tuple[Said, ...]:
    """The task for everybody who acts in the stead of a setting.

    Args:
        event_id: Hex id of the event that the setting does not get.
        sender: Slug of who sent it, who can be rung about it.
        seals: Of the child: their holders hear of it.
        world: Domain time, who can be reached, who is on duty.
    """
    source = world.directory.get(sender)
    said_by = speaker(world.directory, sender, None)
    number = source.telephone(said_by.function) if source and said_by else ""
    task = TaskRaised(
        envelope=envelope(world.now, None, Urgency.IMMEDIATE),
        child=Child(),
        task=TaskKind.ACT_FOR_SETTING,
        telephone=number or None,
        why=WHY,
    )
    to = distinct((*stand_ins(world), *holders(seals, world.directory)))
    return (Said(task, to, f"around/{event_id}", child_of=event_id),)


def stand_ins(world: World) -> tuple[Recipient, ...]:
    """Who acts for a setting that must not know, now."""
    service = only_one(world.directory, OrganisationKind.EDUCATION_SERVICE)
    authority = only_one(world.directory, OrganisationKind.LOCAL_AUTHORITY)
    return (*_rung(service, ALTERNATES, world), *_rung(authority, DESIGNATED, world))


def holders(seals: Iterable[Seal], directory: Directory) -> tuple[Recipient, ...]:
    """The functions that hold these seals, where they can be reached."""
    found = []
    for seal in seals:
        organisation = directory.get(seal.holder_organisation)
        if organisation is not None and organisation.enrolled and organisation.functions:
            named = seal.holder_function if seal.holder_function in organisation.functions else None
            found.append(recipient_for(organisation, named or next(iter(organisation.functions))))
    return tuple(found)


def _rung(organisation: Organisation | None, functions: tuple[str, ...], world: World) -> tuple[Recipient, ...]:
    if organisation is None:
        return ()
    return rung(organisation, first_function(organisation, functions), world.calendars, world.now)
