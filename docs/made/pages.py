"""The pages of clocks and of routes, from the tables that run, and the list of decisions from their titles."""

from pathlib import Path

from sharing.reconciliation.document import owed_as_markdown, rules_as_markdown, transitions_as_markdown
from sharing.routing import routes_as_markdown

MADE = "*Made from the code by `python -m docs.made`; do not edit.*\n"


def clocks() -> str:
    """Every clock, what answers it, and the states of a question."""
    return f"""# Clocks

{MADE}
A clock starts when something that must be answered is on its way to somebody who owes the answer. Only what stands in
its row stops it, and only from the one to whom it was sent. Whoever is rung is a function, never a person; where a
function is silent its deputy is rung.

{rules_as_markdown()}
## What an answer must hold

An answer without these is kept and passed on, the asker is told what is still owed, and the clock runs on.

{owed_as_markdown()}
## The states of a question

A row is the state, a column what happens; a blank cell changes nothing.

{transitions_as_markdown()}"""


def routes() -> str:
    """Who needs to know of each event."""
    return f"""# Who needs to know

{MADE}
Routing names recipients, by function and never by person. It permits nothing: for each recipient the agreements
(`agreements/`) decide each field, and what no agreement names goes to nobody. What the broker itself says names its
recipients where it is said.

{routes_as_markdown()}"""


def decisions() -> str:
    """Every decision by number and title."""
    files = sorted((Path(__file__).resolve().parents[1] / "adr").glob("0*.md"))
    titles = (file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for file in files)
    listed = "\n".join(f"- [{title}]({file.name})" for title, file in zip(titles, files, strict=True))
    return f"""# Decisions

{MADE}
Where building showed the plan to be unclear or wrong: the question, what was weighed, the outcome and its cost.

{listed}
"""
