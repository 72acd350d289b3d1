"""`crosswalk broker up | status | down`: the embedded Kafka from a terminal.

Left out: Kafka itself (`deploy/embedded`), and clusters that others run: nothing here touches them. Rules: `up` twice
is no error; `down` of nothing is no error. Exit status: 0 as asked (of `status`: running), 1 not running (`status`
only), 2 error, said in one line on standard error.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from deploy.embedded import EmbeddedKafka
from deploy.embedded.jars import KAFKA_VERSION
from deploy.embedded.probe import answers
from sharing.errors import CrosswalkError

DEFAULT_STATE = Path(".crosswalk/kafka")

broker_app = typer.Typer(help="The embedded Kafka: one real node on this machine.", no_args_is_help=True)


class Status(IntEnum):
    """Exit status."""

    RUNNING = 0
    NOT_RUNNING = 1
    ERROR = 2


State = Annotated[Path, typer.Option("--state", envvar="CROSSWALK_KAFKA_STATE", help="Folder for data, logs and lock.")]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Loopback port. Default: the last one, or a free one.")
]


@broker_app.command()
def up(state: State = DEFAULT_STATE, port: Port = None) -> None:
    """Start Kafka and leave it running. The first time it is fetched (about 46 MB)."""
    with _said_plainly():
        node = EmbeddedKafka(state, port=port, tell=Console(stderr=True, highlight=False, soft_wrap=True).print)
        if not node.running:
            node.start()
        elif port is not None and node.bootstrap != f"127.0.0.1:{port}":
            node.start()  # refuses, and says who runs there
        _show(node)


@broker_app.command()
def status(state: State = DEFAULT_STATE) -> None:
    """Tell whether Kafka runs and answers."""
    with _said_plainly():
        node = EmbeddedKafka(state)
        if not node.running:
            Console(highlight=False, soft_wrap=True).print(f"not running: {node.folder.root}")
            raise typer.Exit(Status.NOT_RUNNING)
        _show(node)


@broker_app.command()
def down(state: State = DEFAULT_STATE) -> None:
    """Stop Kafka; its data stays."""
    with _said_plainly():
        node = EmbeddedKafka(state)
        was = node.running
        node.stop()
        Console(highlight=False, soft_wrap=True).print(f"{'stopped' if was else 'not running'}: {node.folder.root}")


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except CrosswalkError as error:
        _say_fault(str(error))
        raise typer.Exit(Status.ERROR) from error
    except OSError as error:
        what = error.strerror or type(error).__name__
        _say_fault(f"{error.filename or 'state folder'}: {what}. Mend that, or name another folder with --state")
        raise typer.Exit(Status.ERROR) from error


def _say_fault(words: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(words, style="red", markup=False)


def _show(node: EmbeddedKafka) -> None:
    """Print the facts; status 2 when the node lives but does not answer."""
    address = node.bootstrap
    ready = answers(int(address.rpartition(":")[2]), timeout=5.0)
    facts: dict[str, str] = {
        "address": address,
        "process": str(node.pid),
        "Kafka": KAFKA_VERSION,
        "ready in": f"{node.ready_seconds:.2f} s" if node.ready_seconds else "not ready yet",
        "state folder": str(node.folder.root),
        "log": str(node.log_path),
    }
    console = Console(highlight=False, soft_wrap=True)
    console.print("[green]running[/green]" if ready else "[red]does not answer[/red] (still starting? see the log)")
    for name, fact in facts.items():
        console.print(f"  [dim]{name:<{max(map(len, facts))}}[/dim]  {escape(fact)}")
    if not ready:
        raise typer.Exit(Status.ERROR)
