"""The page in real Chromium: at 1280 and 390 pixels, with JavaScript and without, live, by keyboard, on paper.

Needs Chromium: the environment's CHROMIUM, else /usr/bin/chromium (Debian: `apt-get install chromium`); skips visibly
without.
"""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from console.page import Page as Shown
from console.poller import Snapshots
from console.serve import address_of, listen, server
from console.views import page
from console.web.guard import new_token
from tests.console.rig import NOW, Town, busy

pytestmark = pytest.mark.browser
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SCREENS = pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["1280", "390"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install Debian's package or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The page of a busy evening."""
    town = Town(tmp_path_factory.mktemp("town"))
    reader = town.reader()
    reader.read(NOW, NOW)
    busy(town)
    found = page(reader.read(NOW, NOW), town.directory)
    town.close()
    return found


@dataclass
class Console:
    """A console that runs: where it is, and its figures."""

    address: str
    source: Snapshots

    @property
    def root(self) -> str:
        return self.address.split("/enter")[0]


@pytest.fixture
def console(shown: Shown) -> Iterator[Console]:
    source = Snapshots(shown)
    source.publish(shown)
    token, listening = new_token(), listen(0)
    running = server(source, token)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    yield Console(address_of(listening, token), source)
    running.should_exit = True
    thread.join(timeout=20)
    listening.close()
    assert not thread.is_alive()


Opened = tuple[Page, list[str]]


def opened(chromium: Browser, console: Console, screen: dict[str, int], *, scripts: bool = True) -> Opened:
    """The page in a fresh browser, and everything that its console complains of."""
    context = chromium.new_context(viewport=screen, java_script_enabled=scripts)
    tab, complaints = context.new_page(), []

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    tab.on("console", complain)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("requestfailed", lambda request: complaints.append(request.url))
    answer = tab.goto(console.address)
    assert answer is not None
    assert answer.status == 200
    return tab, complaints


@SCREENS
@SCRIPTS
def test_the_page_is_whole_and_nothing_complains(chromium, console, screen, scripts):
    tab, complaints = opened(chromium, console, screen, scripts=scripts)
    expect(tab.locator("h1")).to_contain_text("Easthaven education is silent")
    expect(tab.locator("svg.flow:visible")).to_have_count(1)
    expect(tab.locator("#to-easthaven-education .verdict")).to_have_text("stopped")
    expect(tab.locator("#from-easthaven-hospital .badge")).to_have_text("5 refused")
    expect(tab.locator("#look")).to_be_visible(visible=not scripts)
    assert "/enter" not in tab.url
    assert complaints == []
    tab.context.close()


@SCREENS
def test_nothing_has_to_be_scrolled_sideways(chromium, console, screen):
    tab, _ = opened(chromium, console, screen)
    assert tab.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    outside = tab.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getClientRects().length &&"
        " e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert outside == []
    tab.context.close()


@SCREENS
def test_words_of_the_map_stay_within_their_boxes(chromium, console, screen):
    tab, _ = opened(chromium, console, screen)
    beyond = tab.evaluate(
        "[...document.querySelectorAll('svg.flow a.node')].filter(a => a.getClientRects().length).flatMap(a => {"
        " const card = a.querySelector('.card').getBoundingClientRect();"
        " return [...a.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();"
        " return r.left < card.left || r.right > card.right + .5 || r.bottom > card.bottom + .5 })"
        ".map(t => t.textContent) })"
    )
    assert beyond == []
    tab.context.close()


LONG_NAMES = {
    "oakfield-primary": "St Bartholomew the Great and Holy Cross Church of England Voluntary Aided Primary School",
    "harbour-academy": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-Academy",
}


@SCREENS
def test_a_long_name_of_an_organisation_pushes_nothing_out_of_its_place(chromium, console, shown, screen):
    def renamed(nodes):
        return tuple(replace(node, name=LONG_NAMES.get(node.key, node.name)) for node in nodes)

    long = replace(shown, senders=renamed(shown.senders), recipients=renamed(shown.recipients))
    assert long != shown
    console.source.publish(long)
    tab, _ = opened(chromium, console, screen)
    expect(tab.locator("#to-harbour-academy th")).to_contain_text(LONG_NAMES["harbour-academy"])
    assert tab.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    beyond = tab.evaluate(
        "[...document.querySelectorAll('#to-harbour-academy th, #from-harbour-academy th')]"
        ".filter(cell => cell.scrollWidth > cell.clientWidth + 1).length"
    )
    assert beyond == 0
    tab.context.close()


def test_new_figures_arrive_without_touching_what_one_is_at(chromium, console, shown):
    tab, complaints = opened(chromium, console, WIDE)
    expect(tab.locator("#state")).to_have_text("Live")
    box = tab.locator("svg.wide a.node").first
    box.focus()
    moved = replace(shown.recipients[0], rate="77", per_minute=77.0)
    console.source.publish(replace(shown, headline="All is well.", recipients=(moved, *shown.recipients[1:])))
    expect(tab.locator("h1")).to_have_text("All is well.")
    expect(tab.locator(f"#to-{moved.key} td.number").first).to_have_text("77")
    assert tab.evaluate("document.activeElement.classList.contains('node')")
    assert tab.evaluate("document.querySelectorAll('#live').length") == 1
    assert complaints == []
    tab.context.close()


def test_rows_and_paths_that_come_and_go_are_followed(chromium, console, shown):
    tab, _ = opened(chromium, console, WIDE)
    expect(tab.locator("#state")).to_have_text("Live")
    rows = tab.locator("#refusals tbody tr")
    expect(rows).to_have_count(len(shown.refusals))
    console.source.publish(replace(shown, refusals=()))
    expect(rows).to_have_text(["Nothing was refused."])
    console.source.publish(shown)
    expect(rows).to_have_count(len(shown.refusals))
    tab.context.close()


def test_the_address_does_not_open_a_second_browser(chromium, console):
    first, _ = opened(chromium, console, WIDE)
    other = chromium.new_context().new_page()
    answer = other.goto(console.address)
    assert answer is not None
    assert answer.status == 403
    expect(other.locator("h1")).to_have_text("This console is not open to you")
    first.reload()
    expect(first.locator("h1")).to_contain_text("silent")
    first.context.close()
    other.context.close()


def test_without_javascript_the_page_can_look_again_by_itself(chromium, console, shown):
    tab, _ = opened(chromium, console, NARROW, scripts=False)
    console.source.publish(replace(shown, headline="All is well."))
    tab.get_by_role("link", name="Look again", exact=True).click()
    expect(tab.locator("h1")).to_have_text("All is well.")
    tab.get_by_role("link", name="Look again every 10 seconds").click()
    expect(tab.locator('meta[http-equiv="refresh"]')).to_have_count(1)
    tab.context.close()


def test_the_keyboard_reaches_the_figures_and_every_box(chromium, console):
    tab, _ = opened(chromium, console, WIDE)
    tab.keyboard.press("Tab")
    expect(tab.locator(".skip")).to_be_focused()
    names = []
    for _ in range(20):
        tab.keyboard.press("Tab")
        names.append(tab.evaluate("document.activeElement.getAttribute('aria-label') || ''"))
    assert any(name.startswith("Easthaven Constabulary, Police: slow") for name in names)
    assert any(name.startswith("Ledger: moving") for name in names)
    tab.locator('svg.wide a[href="#to-oakfield-primary"]').press("Enter")
    expect(tab.locator("#to-oakfield-primary")).to_be_in_viewport()
    tab.context.close()


def test_it_prints_to_a4_with_the_wide_map(chromium, console):
    tab, _ = opened(chromium, console, NARROW)
    printed = tab.pdf(prefer_css_page_size=True)
    found = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    assert found is not None
    assert [round(float(side)) for side in found.groups()] == [842, 595]  # A4, landscape
    tab.emulate_media(media="print")
    expect(tab.locator("svg.wide")).to_be_visible()
    expect(tab.locator("svg.narrow")).to_be_hidden()
    tab.context.close()


def test_when_the_console_ends_the_page_says_so(chromium, shown):
    source = Snapshots(shown)
    token, listening = new_token(), listen(0)
    running = server(source, token)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    tab, _ = opened(chromium, Console(address_of(listening, token), source), WIDE)
    expect(tab.locator("#state")).to_have_text("Live")
    running.should_exit = True
    thread.join(timeout=20)
    listening.close()
    assert not thread.is_alive()  # an open stream does not keep it
    expect(tab.locator("#state")).to_contain_text("does not answer")
    tab.context.close()
