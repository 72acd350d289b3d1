"""A disk that is really full: intake stops with the fix, sending goes on, and all is well again when there is room."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.cli import connector_app
from connectors.database import SpoolFull
from connectors.folder import FolderSink
from connectors.settings import Settings
from connectors.stores import Stores
from sharing.errors import CrosswalkError, Misconfigured, Retryable
from tests.connectors.test_folder import delivery
from tests.connectors.test_inbox import Desk
from tests.connectors.test_spool import take
from tests.small_disk import fill, mounted


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB."""
    with mounted(tmp_path / "small", 12) as place:
        yield place


def test_a_full_disk_stops_intake_and_sending_goes_on(
    make_settings: Callable[..., Settings], small_disk: Path, now: datetime
) -> None:
    stores = Stores(make_settings(state=str(small_disk / "state")))
    assert (small_disk / "state" / "ballast").exists()
    assert take(stores.spool, now, "first", *(f"{n}||child {n}|{'x' * 2000}" for n in range(300))).new == 300
    filler = fill(small_disk)
    big = [f"b{n}||child {n}|{'y' * 4000}" for n in range(500)]
    with pytest.raises(SpoolFull, match="make room"):
        take(stores.spool, now, "second", *big)
    sent = 0
    while waiting := stores.spool.ready(50):
        stores.spool.mark_sent([one.row for one in waiting], now)
        sent += len(waiting)
    assert sent == 300
    filler.unlink()
    assert stores.database.lay_ballast()
    assert take(stores.spool, now, "second", *big).new == 500
    stores.close()


def test_what_comes_while_the_disk_is_full_is_read_again_later(
    make_settings: Callable[..., Settings], small_disk: Path, now: datetime
) -> None:
    stores = Stores(make_settings(state=str(small_disk / "state")))
    desk = Desk(stores, now)
    filler = fill(small_disk)
    records = [desk.event(n, n) for n in range(1, 400)]

    def come_one_by_one() -> None:
        for record in records:
            desk.come(record)

    with pytest.raises(Retryable):
        come_one_by_one()
    stood = desk.arrivals.places("out.schools.oakfield-primary").get(0, 0)
    filler.unlink()
    desk.come(*records[stood:])
    desk.work()
    assert desk.delivered() == list(range(1, 400))
    stores.close()


def test_a_delivery_folder_that_is_full_holds_no_half_file(small_disk: Path) -> None:
    view = small_disk / "view"
    view.mkdir()
    filler = fill(small_disk)
    with pytest.raises(Retryable, match="make room"):
        FolderSink(view).deliver(delivery())
    assert list(view.iterdir()) == []
    filler.unlink()
    FolderSink(view).deliver(delivery())
    assert len(list(view.iterdir())) == 1


def test_settings_that_find_no_room_leave_no_half_behind(small_disk: Path) -> None:
    filler = fill(small_disk)
    made = CliRunner().invoke(connector_app, ["init", str(small_disk / "desk")])
    assert (made.exit_code, "make room" in made.output) == (2, True)
    filler.unlink()
    assert CliRunner().invoke(connector_app, ["init", str(small_disk / "desk")]).exit_code == 0


def test_a_start_on_a_full_disk_forgets_nothing_that_guards_the_spool(
    make_settings: Callable[..., Settings], small_disk: Path
) -> None:
    settings = make_settings(state=str(small_disk / "state"))
    filler = fill(small_disk)
    with pytest.raises(CrosswalkError, match="room"):
        Stores(settings)
    filler.unlink()
    Stores(settings).close()
    filler = fill(small_disk)
    with suppress(Retryable):
        Stores(settings).close()
    filler.unlink()
    (small_disk / "state" / "spool.db").unlink()
    with pytest.raises(Misconfigured, match="spool of this connector is gone"):
        Stores(settings)
