"""`crosswalk agreements check | matrix`: is the set well made, and what does it say?

Left out: whether it keeps its promises (`prove`).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

import typer

from agreements import HERE
from crosswalk.agreements.common import UNREADABLE, AsJson, Folder, aligned, counted, day_of, read_set, tell
from sharing.errors import Misconfigured
from sharing.policy import EXISTS, Agreements, Cell
from sharing.policy.canonical import canonical
from sharing.policy.conditions import words
from sharing.policy.document import nearest
from sharing.policy.matrix import matrix_bytes, matrix_of
from sharing.policy.pages import page_digest, page_of
from sharing.vocabulary import RecipientKind


def check(
    folder: Folder = HERE,
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help="Whether it may be in force that day; else today.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Read the whole set and tell every fault at once, with file, line and column; else what it holds."""
    day = day_of(on)
    try:
        found = read_set(folder, day)
    except Misconfigured as fault:
        faults = str(fault).splitlines()
        if as_json:
            typer.echo(json.dumps({"readable": False, "faults": faults}))
        else:
            for line in faults:
                typer.echo(line, err=True)
            typer.echo(
                f"{counted(len(faults), 'fault')}; nothing of this set is in force until all are mended", err=True
            )
        raise typer.Exit(UNREADABLE) from None
    held = _holdings(found)
    lines = [
        f"The set can be read: {', '.join(counted(n, *name) for name, n in held.items())}.",
        f"version {found.version}",
    ]
    tell({"readable": True, "version": found.version, **{k[1]: n for k, n in held.items()}}, lines, as_json=as_json)


def _holdings(found: Agreements) -> dict[tuple[str, str], int]:
    return {
        ("agreement", "agreements"): len(found.agreements),
        ("permit", "permits"): len(found.permits),
        ("seal", "seals"): len(found.seals),
        ("rule that must hold", "rules that must hold"): len(found.never) + len(found.always),
        ("cell", "cells"): len(found.cells),
        ("field released to somebody", "fields released to somebody"): sum(
            len(c.permits) for c in found.cells.values()
        ),
    }


def matrix(
    folder: Folder = HERE,
    to: Annotated[str, typer.Option("--to", metavar="KIND", help="Only to this kind of recipient.")] = "",
    event: Annotated[str, typer.Option("--event", metavar="EVENT", help="Only of this event type.")] = "",
    page: Annotated[bool, typer.Option("--page", help="The whole as a Markdown page, to be read and signed.")] = False,
    exact: Annotated[bool, typer.Option("--exact", help="The very bytes whose hash is the version.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show who receives which field of which event, for what purpose, how and when."""
    found = read_set(folder)
    if page or exact:
        typer.echo(page_of(found) if page else matrix_bytes(found), nl=False)
        return
    kind = one_of(to, [k.value for k in RecipientKind], "--to", "kind of recipient") if to else ""
    wanted = one_of(event, found.classes, "--event", "event type") if event else ""
    cells = {k: c for k, c in found.cells.items() if kind in ("", k[1]) and wanted in ("", k[0])}
    if as_json:
        typer.echo(canonical({"version": found.version, "matrix": matrix_of(replace(found, cells=cells))}))
        return
    typer.echo(f"version {found.version}, page {page_digest(found)}; what is not listed goes to nobody")
    for cell in sorted(cells.values(), key=lambda c: (c.kind, c.event_type)):
        for line in _page(cell):
            typer.echo(line)


def _page(cell: Cell) -> Iterator[str]:
    """One cell: to whom, what for, when, which fields, and which seals close some of them."""
    yield ""
    yield f"{cell.kind.value}: {cell.event_type}"
    if cell.purpose:
        yield f"  for {cell.purpose.name}: {cell.purpose.statute}; {cell.purpose.lawful_basis}"
    for permit in {p.permit_id: p for p in cell.permits.values()}.values():
        waits = f"; waits until {' and '.join(permit.hold_until)}" if permit.hold_until else ""
        stopped = "; nothing stops it" if permit.never_stopped else ""
        yield f"  permit {permit.permit_id} (agreement {permit.agreement.name}, {permit.agreement.dpia})"
        yield f"  when {words(permit.when)}{waits}{stopped}"
    yield from aligned(
        [
            (path, str(cell.classes.get(path, "")), permit.fields[path].words, _seals_on(cell, path))
            for path, permit in sorted(cell.permits.items())
        ],
        indent="    ",
    )


def _seals_on(cell: Cell, path: str) -> str:
    own, permit = cell.classes.get(path), cell.permits[path]
    closing = [s for s in cell.seals if (s.exists if path == EXISTS else own in s.classes)]
    if permit.never_stopped or not closing:
        return ""
    return "closed by " + ", ".join(f"{seal.seal_id} ({words(seal.when)})" for seal in closing)


def one_of(word: str, known: Iterable[str], option: str, what: str) -> str:
    """The word, if it is known.

    Raises:
        Misconfigured: it is not; with the nearest that is.
    """
    if not word:
        raise Misconfigured(f"{option} is missing: name the {what}")
    if word not in (choices := list(known)):
        raise Misconfigured(f"{option}: unknown {what} '{word}'{nearest(word, choices)}")
    return word
