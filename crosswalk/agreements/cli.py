"""`crosswalk agreements ...`: read, prove, compare and change the sharing agreements, for who answers for them.

Left out: every command itself (`read`, `why`, `prove`, `change` and the others). Rules for all of them:
`--agreements DIR` names the set, the shipped one without it; `--json` gives one JSON document instead of words; exit
status 0 it holds, 1 it does not, 2 it cannot be read.
"""

import typer

from crosswalk.agreements.approve import activate, approve
from crosswalk.agreements.change import diff, replay_command
from crosswalk.agreements.founding import approver_key, found_command
from crosswalk.agreements.history import history, signatories
from crosswalk.agreements.propose import propose, rollback, sign
from crosswalk.agreements.prove import holes_command, mutate, prove
from crosswalk.agreements.read import check, matrix
from crosswalk.agreements.why import why

agreements_app = typer.Typer(help="The sharing agreements: read, prove, compare and change them.", no_args_is_help=True)
agreements_app.command("check")(check)
agreements_app.command("matrix")(matrix)
agreements_app.command("why")(why)
agreements_app.command("prove")(prove)
agreements_app.command("mutate")(mutate)
agreements_app.command("holes")(holes_command)
agreements_app.command("diff")(diff)
agreements_app.command("replay")(replay_command)
agreements_app.command("propose")(propose)
agreements_app.command("sign")(sign)
agreements_app.command("approve")(approve)
agreements_app.command("activate")(activate)
agreements_app.command("rollback")(rollback)
agreements_app.command("history")(history)
agreements_app.command("signatories")(signatories)
agreements_app.command("approver-key")(approver_key)
agreements_app.command("found")(found_command)
