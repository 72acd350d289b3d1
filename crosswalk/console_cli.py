"""`crosswalk console`: the operators' pages on this machine, opened by an address that works once.

Left out: what is shown (`console`). Rule: the settings are those of the broker's other processes, by the same names.
"""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cluster import Cluster
from console.poller import Poller, starting
from console.reading import Ends, Reader
from console.serve import address_of, listen, serve
from console.web.guard import new_token
from ledger.keys import load
from ledger.store import Ledger
from sharing.directory import Directory
from sharing.directory import from_document as directory_from
from sharing.errors import Misconfigured
from streams.broker import read_yaml
from streams.clock import clock_from

PARTNERSHIP = Path(__file__).resolve().parent / "partnership"

Database = Annotated[
    str, typer.Option("--database", envvar="CROSSWALK_DATABASE", help="sqlite:////file or postgresql://...")
]
KeyFile = Annotated[Path, typer.Option("--keys", envvar="CROSSWALK_KEYS", help="The broker's key file.")]
Partnership = Annotated[
    Path, typer.Option("--partnership", envvar="CROSSWALK_PARTNERSHIP", help="Folder with directory.yaml.")
]
Bootstrap = Annotated[
    str,
    typer.Option("--bootstrap", envvar="KAFKA_BOOTSTRAP", help="Kafka, to see what waits there; empty: not looked at."),
]
Agencies = Annotated[
    Path | None,
    typer.Option("--agencies", envvar="CROSSWALK_AGENCIES", help="Folder with <organisation>/state/health.json."),
]
Port = Annotated[int, typer.Option("--port", help="Port on this machine; 0 finds a free one.")]
Clock = Annotated[str, typer.Option("--clock", envvar="CROSSWALK_CLOCK", help="real, or simulated:PATH.")]


def console(
    database: Database,
    keys: KeyFile,
    partnership: Partnership = PARTNERSHIP,
    bootstrap: Bootstrap = "",
    agencies: Agencies = None,
    port: Port = 0,
    clock: Clock = "real",
) -> None:
    """Show where information flows and where it waits; prints one address, which opens the console once."""
    now = clock_from(clock, production=os.environ.get("CROSSWALK_ENVIRONMENT") == "production")
    directory = directory_from(read_yaml(partnership / "directory.yaml"), "directory.yaml")
    if agencies is not None and not agencies.is_dir():
        raise Misconfigured(f"--agencies: {agencies} is no folder")
    reader = Reader(Ledger.open_existing(database, load(keys)), directory, agencies, _ends(bootstrap, directory))
    snapshots, token, listening = starting(directory, now()), new_token(), listen(port)
    typer.echo(f"Console: {address_of(listening, token)}")
    serve(Poller(reader, directory, snapshots, now), snapshots, listening, token)


def _ends(bootstrap: str, directory: Directory) -> Ends | None:
    """How to ask the cluster, None when there is none to ask or no client to ask it with."""
    if not bootstrap:
        return None
    try:
        return Cluster(bootstrap, directory, _security()).ends
    except ModuleNotFoundError:
        typer.echo("without crosswalk[broker] the console does not see what waits in Kafka", err=True)
        return None


def _security() -> dict[str, Any]:
    """How this process signs in to the cluster, by the broker's own settings."""
    username, password = os.environ.get("KAFKA_USERNAME"), os.environ.get("KAFKA_PASSWORD_FILE")
    ca_file = os.environ.get("KAFKA_CA_FILE")
    trust = {"ssl.ca.location": ca_file} if ca_file else {}
    if not username or not password:
        return {**trust, "security.protocol": "SSL"} if trust else {}
    secret = Path(password).read_text(encoding="utf-8").strip()
    how = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512"}
    return {**how, **trust, "sasl.username": username, "sasl.password": secret}
