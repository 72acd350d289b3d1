"""The console's web application: one page, its live figures, a sign of life.

Left out: reading anything (`poller`) and judging it (`views`). Rules: GET and HEAD only, for nothing here changes
anything; every page is complete without JavaScript; the same snapshot is rendered once, whoever looks.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from console.flow_map import narrow, wide
from console.poller import Snapshot, Snapshots
from console.web.guard import Door, Walls

HERE = Path(__file__).resolve().parent
EVERY_SECONDS = 10
RETRY_MS = 2_000


class Pages:
    """Renders snapshots; the newest is kept."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._kept: tuple[Snapshot, str] | None = None

    def figures(self, snapshot: Snapshot) -> str:
        """The live part of the page."""
        if self._kept is None or self._kept[0] is not snapshot:
            page = snapshot.page
            template = self._templates.get_template("figures.html")
            self._kept = (snapshot, template.render(page=page, wide=wide(page), narrow=narrow(page)))
        return self._kept[1]

    def whole(self, snapshot: Snapshot, *, again: bool) -> str:
        """The whole page; `again`: it looks again by itself, without JavaScript."""
        template = self._templates.get_template("map.html")
        return template.render(figures=self.figures(snapshot), every=EVERY_SECONDS if again else 0)

    def refusal(self) -> str:
        """What somebody sees who may not look."""
        return self._templates.get_template("refused.html").render()


def make_app(source: Snapshots, token: str) -> Starlette:
    """The console.

    Args:
        source: Where the figures come from.
        token: The one-time token of its address, `/enter?token=...`; 256 bits (`guard.new_token`).
    """
    door, pages = Door(token), Pages()

    def refused() -> Response:
        return HTMLResponse(pages.refusal(), status_code=403)

    async def enter(request: Request) -> Response:
        session = door.open(request.query_params.get("token", "")) if request.method == "GET" else None
        if session is None:
            return refused()
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(door.cookie, session, httponly=True, samesite="strict", path="/")
        return answer

    async def flow_map(request: Request) -> Response:
        if not door.knows(request):
            return refused()
        again = request.query_params.get("again") == "yes"
        return HTMLResponse(pages.whole(source.newest, again=again))

    async def events(request: Request) -> Response:
        if not door.knows(request):
            return refused()
        return EventSourceResponse(changes(source, pages), ping=15)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok" if source.newest.number else "starting"})

    routes = [
        Route("/", flow_map),
        Route("/enter", enter),
        Route("/events", events),
        Route("/healthz", healthz),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Walls)])


async def changes(source: Snapshots, pages: Pages) -> AsyncIterator[ServerSentEvent]:
    """The live part of the page, now and whenever there is a newer one."""
    snapshot = source.newest
    while True:
        yield ServerSentEvent(pages.figures(snapshot), event="figures", id=str(snapshot.number), retry=RETRY_MS)
        snapshot = await source.after(snapshot.number)
