"""The command line: one door to every room.

Left out: what the commands do. Rules: heavy rooms are imported when their command runs, so an agency that installed
only the connector has a command line too; a fault that a person can mend is printed as words, with exit status 2, and
any other by type and place, with 70.
"""

import os
import sys
from errno import EACCES, EDQUOT, ENOSPC, EROFS
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

from crosswalk import PACKAGE, logs
from crosswalk.answers import say_unreadable
from sharing.errors import Misconfigured, Retryable

app = typer.Typer(
    name="crosswalk", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Agencies tell each other what each needs to know about a child, and nothing else.",
)  # fmt: skip


@app.command()
def worker() -> None:
    """Run one worker of the broker; settings come from the environment."""
    from streams.settings import Settings
    from streams.worker import run_worker

    config = logs.standard_logging(json_lines=not sys.stderr.isatty())
    run_worker(Settings.from_environment(os.environ, PACKAGE), config)


@app.command()
def sequencer() -> None:
    """Run the sequencer: numbers what was committed, signs and publishes checkpoints."""
    from streams.sequencing import run_sequencing
    from streams.settings import Settings

    run_sequencing(Settings.from_environment(os.environ, PACKAGE))


@app.command()
def provision(
    replication: Annotated[int, typer.Option(help="Copies of each topic; 3 on a real cluster.")] = 1,
    plan_only: Annotated[bool, typer.Option("--plan", help="Only show what is missing.")] = False,
) -> None:
    """Make the topics that the partnership's directory needs."""
    from confluent_kafka.admin import AdminClient

    from deploy.provision import topics as provisioning
    from sharing.topics import all_topics
    from streams.broker import read_directory
    from streams.settings import Settings
    from streams.worker import security_of

    settings = Settings.from_environment(os.environ, PACKAGE)
    admin = AdminClient({"bootstrap.servers": settings.bootstrap, "log_level": 0, **security_of(settings)})
    planned = provisioning.plan(admin, all_topics(read_directory(settings.partnership)))
    for topic in planned.missing:
        typer.echo(f"{'missing' if plan_only else 'making'} {topic.name}")
    if not plan_only:
        provisioning.apply(admin, planned, replication)
    typer.echo(f"{len(planned.missing)} topics {'missing' if plan_only else 'made'}")


def _mount(asked: str = "") -> None:
    """Hang the rooms' own command lines below ours; a room that is not installed is left out.

    Args:
        asked: First word of the command line: where it names a command, only that one's room is read. A broker has a
        dozen processes, and each would pay for all rooms at its start.
    """
    named = [room for room in ROOMS if room[0] == asked]
    for name, module, attribute in () if asked in OWN else named or ROOMS:
        if find_spec(module.split(".", maxsplit=1)[0]) is None:
            continue
        try:
            room = import_module(module)
        except ModuleNotFoundError as missing:
            if (missing.name or "").split(".")[0] in OUR_ROOMS:
                raise
            continue
        found = getattr(room, attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)


UNEXPECTED = 70
"""Exit status of a fault that nobody foresaw: neither "it does not hold" nor "it cannot be read"."""
_RIGHT = "give this user the right to write there, or name another folder"
MENDED_BY = {ENOSPC: "make room on the disk", EDQUOT: "make room on the disk", EROFS: _RIGHT, EACCES: _RIGHT}
"""What a person can do about a disk or folder that cannot be written, by the system's own number for it."""
OWN = {"worker", "sequencer", "provision"}
OUR_ROOMS = {"schemas", "sharing", "ledger", "connectors", "deploy", "streams", "console", "crosswalk", "checker"}
ROOMS = [
    ("broker", "deploy.cli", "broker_app"),
    ("ledger", "ledger.cli", "ledger_app"),
    ("connector", "connectors.cli", "connector_app"),
    ("translate", "connectors.translate_cli", "translate"),
    ("review", "crosswalk.review_cli", "review_app"),
    ("why", "crosswalk.why.cli", "why"),
    ("grant", "crosswalk.grant_cli", "grant_app"),
    ("agreements", "crosswalk.agreements.cli", "agreements_app"),
    ("quarantine", "crosswalk.quarantine_cli", "quarantine_app"),
    ("dead-letters", "crosswalk.dead_letters_cli", "dead_letters_app"),
    ("late", "crosswalk.late_cli", "late_app"),
    ("scrub", "crosswalk.scrub_cli", "scrub_app"),
    ("access", "crosswalk.access.cli", "access_app"),
    ("recall", "crosswalk.recall_cli", "recall"),
    ("support-bundle", "crosswalk.support_cli", "support_bundle"),
    ("disclosures", "crosswalk.disclosures.cli", "disclosures_app"),
    ("figures", "crosswalk.figures_cli", "figures"),
    ("console", "crosswalk.console_cli", "console"),
    ("demo", "crosswalk.demo.cli", "demo"),
]
"""Name of a command, the module that has it, and what it is called there."""


def main() -> None:
    """Run the command line; words, not traces, for faults that a person can mend."""
    logs.configure()
    _mount(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        app()
    except (Misconfigured, Retryable) as fault:
        say_unreadable(str(fault))
        sys.exit(2)
    except Exception as fault:  # noqa: BLE001 - its text, or a trace, may quote a record
        if isinstance(fault, OSError) and (mend := MENDED_BY.get(fault.errno or 0)):
            say_unreadable(f"{fault.strerror}: {mend}, then do it again")
            sys.exit(2)
        logs.tell_fault(fault)
        sys.exit(UNEXPECTED)
