"""The web application: who gets in, what every answer carries, what a browser is sent when the figures move."""

import asyncio
import re

import httpx
import pytest

from console.facts import Facts
from console.poller import Poller, Snapshots, starting
from console.views import page
from console.web import app
from console.web.app import Pages, changes, make_app
from console.web.guard import Door, new_token
from sharing.errors import Retryable
from tests.console.rig import NOW, a_directory, busy

TOKEN = new_token()
STRICT = "default-src 'self'"


def snapshots(**facts: object) -> Snapshots:
    made = Snapshots(page(Facts(NOW), a_directory()))
    made.publish(page(Facts(NOW, **facts), a_directory()))
    return made


@pytest.fixture
def source() -> Snapshots:
    return snapshots(decided_per_minute=4.2)


def client(source: Snapshots, host: str = "127.0.0.1:8123") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(make_app(source, TOKEN))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


def look(source: Snapshots, *paths: str, host: str = "127.0.0.1:8123", **how: object) -> list[httpx.Response]:
    """The answers to these requests, made one after the other by one browser."""

    async def ask() -> list[httpx.Response]:
        async with client(source, host) as browser:
            return [await browser.request(how.get("method", "GET"), path) for path in paths]

    return asyncio.run(ask())


def test_the_token_opens_once_and_the_cookie_keeps_it_open(source):
    entered, shown = look(source, f"/enter?token={TOKEN}", "/")
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN.lower() not in cookie
    assert "expires" not in cookie
    assert shown.status_code == 200
    assert "4.2" in shown.text


def test_the_second_use_of_the_token_is_refused_even_to_the_same_browser(source):
    first, second = look(source, f"/enter?token={TOKEN}", f"/enter?token={TOKEN}")
    assert (first.status_code, second.status_code) == (303, 403)
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "ü" * 43], ids=["none", "x", "cut", "more", "odd"])
def test_a_wrong_token_opens_nothing_and_does_not_use_up_the_right_one(source, token):
    wrong, right = look(source, f"/enter?token={token}", f"/enter?token={TOKEN}")
    assert (wrong.status_code, right.status_code) == (403, 303)


def test_a_preview_of_the_address_does_not_use_up_the_token():
    door_source = snapshots()

    async def ask() -> list[int]:
        async with client(door_source) as browser:
            head = await browser.head(f"/enter?token={TOKEN}")
            return [head.status_code, (await browser.get(f"/enter?token={TOKEN}")).status_code]

    assert asyncio.run(ask()) == [403, 303]


@pytest.mark.parametrize("path", ["/", "/?again=yes", "/events"])
def test_without_the_cookie_there_are_no_figures(source, path):
    (answer,) = look(source, path)
    assert answer.status_code == 403
    assert "4.2" not in answer.text
    assert "Oakfield" not in answer.text


def test_a_cookie_of_another_console_opens_nothing(source):
    async def ask() -> int:
        async with client(source) as browser:
            browser.cookies.set(Door(TOKEN).cookie, "somebody-elses-session")
            return (await browser.get("/")).status_code

    assert asyncio.run(ask()) == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8123", "127.0.0.1.evil.example", "192.0.2.7", "[::2]:80"]
)
def test_a_foreign_host_is_refused_before_anything_else(source, host):
    entered, alive = look(source, f"/enter?token={TOKEN}", "/healthz", host=host)
    assert (entered.status_code, alive.status_code) == (421, 421)
    assert "set-cookie" not in entered.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8123", "localhost:8123", "LOCALHOST", "[::1]:8123"])
def test_this_machine_is_served(source, host):
    assert look(source, "/healthz", host=host)[0].status_code == 200


@pytest.mark.parametrize("path", ["/", "/enter", "/healthz", "/static/console.css", "/static/nothing", "/nowhere"])
def test_every_answer_carries_the_same_walls(source, path):
    (answer,) = look(source, f"{path}?token={TOKEN}")
    assert answer.headers["content-security-policy"].startswith(STRICT)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/enter", "/events", "/healthz"])
def test_nothing_can_be_changed_here(source, method, path):
    assert look(source, path, method=method)[0].status_code == 405


def test_the_sign_of_life_tells_no_figure_and_knows_whether_a_look_was_done(source):
    assert look(source, "/healthz")[0].json() == {"status": "ok"}
    assert look(starting(a_directory(), NOW), "/healthz")[0].json() == {"status": "starting"}


def test_the_page_is_complete_without_scripts_and_has_none_within(town):
    busy(town)
    found = snapshots()
    found.publish(page(town.reader().read(NOW, NOW), town.directory))
    _, shown, again = look(found, f"/enter?token={TOKEN}", "/", "/?again=yes")
    assert re.findall(r"<script(?![^>]*\bsrc=\"/static/)", shown.text) == []
    assert re.search(r"\s(style|on\w+)=", shown.text) is None
    assert "<style" not in shown.text
    assert re.findall(r'(?:href|src)="(?!/|#)', shown.text) == []  # nothing comes from elsewhere
    assert 'http-equiv="refresh"' in again.text
    assert 'http-equiv="refresh"' not in shown.text
    for row in ("from-easthaven-police", "stage-ledger", "to-easthaven-education"):
        assert f'id="{row}"' in shown.text


def test_every_box_of_the_map_leads_to_its_row(town):
    busy(town)
    text = Pages().whole(_snapshot(town), again=False)
    targets = set(re.findall(r'<a class="node[^>]*href="#([^"]+)"', text))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', text))


def _snapshot(town):
    made = snapshots()
    made.publish(page(town.reader().read(NOW, NOW), town.directory))
    return made.newest


def test_names_from_files_are_shown_as_text_only():
    hostile = {("<script>alert(1)</script>", "OVERSIZE"): 1}
    text = Pages().figures(snapshots(dead_letters=hostile).newest)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


# ---------------------------------------------------------------- live


def test_browsers_hear_of_the_newest_figures_now_and_when_they_change():
    source = snapshots(decided_per_minute=1_357)

    async def listen() -> list[str]:
        heard = changes(source, Pages())
        first = await anext(heard)
        waiting = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        assert not waiting.done()
        source.publish(page(Facts(NOW, decided_per_minute=8_642), a_directory()))
        second = await asyncio.wait_for(waiting, 10)
        await heard.aclose()
        return [str(first.data), str(second.data)]

    first, second = asyncio.run(listen())
    assert ("1,357" in first, "8,642" in first) == (True, False)
    assert ("1,357" in second, "8,642" in second) == (False, True)


def test_a_browser_that_was_away_hears_the_newest_only():
    source = snapshots()

    async def listen() -> list[int]:
        seen = source.newest.number
        for rate in (1.0, 2.0, 3.0):
            source.publish(page(Facts(NOW, decided_per_minute=rate), a_directory()))
        return [(await source.after(seen)).number - seen]

    assert asyncio.run(listen()) == [3]


def test_fifty_browsers_cost_the_database_nothing_and_one_rendering(town, monkeypatch):
    busy(town)
    source, reader, looks, drawn = starting(town.directory, NOW), town.reader(), [], []
    read, draw = reader.read, app.wide
    monkeypatch.setattr(reader, "read", lambda *when: looks.append(1) or read(*when))
    monkeypatch.setattr(app, "wide", lambda shown: drawn.append(1) or draw(shown))
    Poller(reader, town.directory, source, lambda: NOW).look()
    pages = Pages()

    async def listen() -> set[str]:
        return {str((await anext(changes(source, pages))).data) for _ in range(50)}

    assert len(asyncio.run(listen())) == 1
    assert (len(looks), len(drawn)) == (1, 1)


def test_a_database_that_is_away_is_said_and_the_last_figures_stay(town):
    busy(town)
    source, reader = starting(town.directory, NOW), town.reader()
    poller = Poller(reader, town.directory, source, lambda: NOW)
    poller.look()
    figures = source.newest.page.figures

    def away(*_: object) -> Facts:
        raise Retryable("database: away")

    reader.read = away
    poller.look()
    assert source.newest.page.figures == figures
    assert source.newest.page.fault == "the figures are from 17:05:30 UTC; the database does not answer"


def test_before_the_first_look_the_page_says_so():
    assert starting(a_directory(), NOW).newest.page.fault == "the first look is under way"


def test_a_short_token_is_refused_at_the_start():
    with pytest.raises(ValueError, match="256 bits"):
        Door("short")
