"""`python -m checker DIR [--json] [--kafka BOOTSTRAP]`: judge one world; exit status 0 only when all is well.

With `--json` the last line of standard output is one JSON object; each fault goes to standard error. `--since` counts
the seconds of the whole run rather than those of the judgement.
"""

import argparse
import sys
import time
from pathlib import Path

from checker import report
from checker.expectations import load
from checker.judging import judge


def main() -> int:
    """Judge and tell."""
    parser = argparse.ArgumentParser(prog="checker", description="Judge one run of the demo, from outside.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--kafka", default="", metavar="BOOTSTRAP", help="read the topics through a client, too")
    parser.add_argument("--since", type=float, default=None, metavar="EPOCH", help="when the run began")
    parser.add_argument("--no-ledger-command", action="store_true", help="our own look at the ledger only")
    given = parser.parse_args()
    began = time.time()
    counts = judge(given.folder, load(), given.kafka, ask_ledger=not given.no_ledger_command)
    seconds = time.time() - (given.since if given.since is not None else began)
    out = sys.stderr if given.json else sys.stdout
    print("\n".join(report.as_words(counts, seconds)), file=out)
    if given.json:
        print(report.as_json(counts, seconds))
    return report.status(counts)


if __name__ == "__main__":
    sys.exit(main())
