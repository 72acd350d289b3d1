"""The connector's commands: `init`, `validate`, `check`, `run`, `status`, `witness`, `spool ls | retry | discard`.

They print; everything they do is done elsewhere. Left out: translating files for a look (`translate_cli`). Status: 0
all is well, 1 something is not, 2 the settings or the call are wrong. Nothing printed ever holds a value of a record.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from connectors import check, host, vitals
from connectors.database import Database
from connectors.example import EXAMPLE
from connectors.folder.files import write_whole
from connectors.secrets import make_key_file
from connectors.settings import Settings
from connectors.stores import Stores
from connectors.witness import begin_again, own_key, read_kept, room_of
from sharing.errors import CrosswalkError, Misconfigured, Retryable

WRONG_CALL = 2
connector_app = typer.Typer(no_args_is_help=True, help="Run an agency's connector beside its own system.")
spool_app = typer.Typer(no_args_is_help=True, help="Look at what waits to be sent.")
connector_app.add_typer(spool_app, name="spool")
Config = Annotated[Path, typer.Argument(metavar="SETTINGS", help="The connector's settings file.")]
Configs = Annotated[list[Path], typer.Argument(metavar="SETTINGS...", help="Settings files, one a connector.")]
Row = Annotated[int, typer.Argument(help="Number of the event, as `spool ls` shows it.")]


@connector_app.command()
def init(folder: Annotated[Path, typer.Argument(help="Where to write connector.yaml and connector.key.")]) -> None:
    """Write a settings file with comments, and a new key."""
    path = folder / "connector.yaml"
    if path.exists():
        _end(f"{path}: exists; it is never overwritten")
    try:
        make_key_file(folder / "connector.key")
        write_whole(path, EXAMPLE.encode())
    except CrosswalkError as fault:
        _end(str(fault))
    except OSError as fault:
        (folder / "connector.key").unlink()
        _end(f"{path}: cannot be written ({fault.strerror}); make room")
    typer.echo(f"{path}: edit it, then: crosswalk connector validate {path}")


@connector_app.command()
def validate(paths: Configs) -> None:
    """Check settings files without touching anything else; every fault at once."""
    for settings in _settings(paths):
        typer.echo(f"{settings.organisation}: settings are good")


@connector_app.command("check")
def check_hops(paths: Configs) -> None:
    """Try every hop to the broker, and say which one is not right and how to mend it."""
    well = True
    for settings in _settings(paths):
        for hop in check.hops(settings):
            well = well and hop.ok
            mark = typer.style("good ", fg="green") if hop.ok else typer.style("WRONG", fg="red", bold=True)
            typer.echo(f"{mark} {hop.name:16} {hop.words}")
    raise typer.Exit(0 if well else 1)


@connector_app.command()
def run(paths: Configs) -> None:
    """Run one connector or several, until stopped by SIGTERM or Ctrl-C."""
    try:
        host.run(paths)
    except (Misconfigured, Retryable) as fault:
        _end(str(fault))


@connector_app.command()
def status(paths: Configs, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:  # noqa: FBT002
    """Show what moved last, what waits, what was refused and what is wrong."""
    well = True
    for settings in _settings(paths):
        said = vitals.read(settings.state / vitals.HEALTH_FILE)
        well = well and not said.get("troubles")
        if as_json:
            typer.echo(json.dumps(said, sort_keys=True))
            continue
        typer.echo(f"{settings.organisation} (as of {said.get('at', 'never')})")
        for part in ("spool", "inbox", "refused", "dropped", "witness", "last_moved_at"):
            typer.echo(f"  {part:14} {_plain(said.get(part))}")
        for trouble in _list(said.get("troubles")):
            typer.echo(f"  WRONG          {_plain(trouble)}")
    raise typer.Exit(0 if well else 1)


@connector_app.command("witness")
def witness_command(
    path: Config,
    again: Annotated[bool, typer.Option("--begin-again", help="After somebody has looked.")] = False,  # noqa: FBT002
) -> None:
    """Show how this connector witnesses the broker's record, and its public key; or let it begin again."""
    settings = _settings([path])[0]
    try:
        with closing(Stores(settings)) as stores:
            if again:
                begin_again(stores)
            kept = read_kept(room_of(stores))
    except CrosswalkError as fault:
        _end(f"{fault}; stop the connector for this, or see: crosswalk connector status")
    typer.echo(f"signs as {own_key(settings, kept.origin or '?')}")
    typer.echo(
        f"saw {kept.size} leaves of {kept.origin or 'no ledger yet'}, signed at {kept.signed_at or 'no time yet'}"
    )
    if kept.alarm:
        typer.echo(f"SIGNS NOTHING: {kept.alarm}")
    raise typer.Exit(1 if kept.alarm else 0)


@spool_app.command("ls")
def spool_ls(path: Config) -> None:
    """List what is not sent: number, type, state, tries and code; never a content."""
    sql = "SELECT row, event_type, topic, state, tries, code FROM event WHERE state <> 'sent' ORDER BY row LIMIT 1000"
    settings = _settings([path])[0]
    try:
        with closing(vitals.read_only(settings.state / "spool.db")) as database:
            found = database.execute(sql).fetchall()
    except sqlite3.Error as fault:
        _end(f"{settings.state / 'spool.db'}: cannot be read ({type(fault).__name__}); has the connector run yet?")
    for row, event_type, topic, state, tries, code in found:
        typer.echo(f"{row:>8}  {state:5}  {event_type:34}  {topic:40}  tries {tries}  {code}")
    typer.echo(f"{len(found)} events are not sent")


@spool_app.command("retry")
def spool_retry(path: Config, row: Row) -> None:
    """Send an event again that was set aside as dead."""
    _change(
        path, "UPDATE event SET state = 'new', code = '' WHERE row = ? AND state = 'dead' AND content IS NOT NULL", row
    )


@spool_app.command("discard")
def spool_discard(path: Config, row: Row, reason: Annotated[str, typer.Option(help="A code, kept for ever.")]) -> None:
    """Give up an event that was set aside as dead; its content is wiped, its id and the reason stay."""
    if not reason.replace("_", "").isalnum() or not reason.isupper():
        _end("--reason: write a code in capitals, such as SENT_BY_TELEPHONE; no names")
    sql = f"UPDATE event SET content = NULL, code = 'DISCARDED_{reason}' WHERE row = ? AND state = 'dead'"  # noqa: S608
    _change(path, sql, row)


def _change(path: Path, sql: str, row: int) -> None:
    settings = _settings([path])[0]
    try:
        database = Database(settings.state / "spool.db", settings.keys, settings.generation)
        with closing(database), database.transaction() as connection:
            changed = connection.execute(sql, (row,)).rowcount
    except CrosswalkError as fault:
        _end(str(fault))
    if not changed:
        _end(f"event {row} is not one that was set aside as dead; see spool ls")
    typer.echo("done")


def _settings(paths: list[Path]) -> list[Settings]:
    try:
        return host.read_all(paths)
    except Misconfigured as fault:
        _end(str(fault))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "-"
    return "-" if value is None else str(value)


def _end(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(WRONG_CALL)
