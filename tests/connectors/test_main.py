"""The connector's own process: a fault that nobody foresaw is told by type and place."""

import json
import subprocess
import sys

FALLS = """
import runpy, sys
import connectors.host

def falls(paths):
    {}["Quillfeather"]

connectors.host.run = falls
sys.argv = ["connectors", "any.yaml"]
runpy.run_module("connectors", run_name="__main__")
"""


def test_a_fault_that_nobody_foresaw_quotes_nothing():
    done = subprocess.run([sys.executable, "-c", FALLS], capture_output=True, text=True, check=False)
    assert done.returncode == 70, done.stderr
    assert "Quillfeather" not in done.stdout + done.stderr
    said = json.loads(done.stderr.splitlines()[-1])
    assert (said["code"], said["where"].split(":")[0]) == ("KeyError", "falls")
