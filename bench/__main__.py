"""`python -m bench [--events N] [--rounds N] [--quick]`: the whole pipeline beside a bare loop, latency, start-up.

`python -m bench policy`: what deciding and proving cost (`bench.policy`).
`python -m bench ledger`: append, prove, export and verify a million leaves (`bench.ledger`).
`python -m bench scrub`: scrubbing a text, and how its cost grows (`bench.scrubbing`).

Prints one JSON line for each measurement, then medians and ranges. Everything in one run on one machine, the two
peers interleaved A B A B. What runs beside it on the machine is in the figures: see `load`, and bench on a quiet one.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench import ledger, policy, scrubbing
from bench.measure import Result, bare_loop, expected, latency, make_bare_topics, start_up, whole_pipeline
from bench.pipeline import Pipeline, produce
from bench.traffic import Traffic
from deploy.embedded import EmbeddedKafka

RATES = (500, 250, 125, 60)
SCHOOLS = 400


def main() -> int:
    if sys.argv[1:2] == ["policy"]:
        return policy.main(sys.argv[2:])
    if sys.argv[1:2] == ["ledger"]:
        return ledger.main(sys.argv[2:])
    if sys.argv[1:2] == ["scrub"]:
        return scrubbing.main(sys.argv[2:])
    options = _options()
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="crosswalk-bench-") as root:
        folder = Path(root)
        with (
            EmbeddedKafka(folder / "kafka") as node,
            Pipeline(folder / "broker", node.bootstrap, options.database, workers=options.workers) as pipeline,
        ):
            _side_by_side(pipeline, options, results)
            _latencies(pipeline, options, results)
        with EmbeddedKafka(folder / "kafka-many") as node:
            _tell(results, start_up(folder / "many", node.bootstrap, options.schools))
    _summary(results, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures from outside, in one run.")
    parser.add_argument("--events", type=int, default=10_000, help="events in one round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each peer, interleaved")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a latency run")
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite without it")
    parser.add_argument("--quick", action="store_true", help="2,000 events, 3 rounds, 6 seconds")
    options = parser.parse_args()
    if options.quick:
        options.events, options.rounds, options.seconds = 2_000, 3, 6.0
    return options


def _side_by_side(pipeline: Pipeline, options: argparse.Namespace, results: list[Result]) -> None:
    pipeline.make()
    traffic = Traffic(max(300, options.rounds * options.events // 10))
    make_bare_topics(pipeline, expected(Traffic(3).events(60), traffic, ours=False))
    pipeline.start()
    ends = produce(pipeline.bootstrap, traffic.registrations())
    pipeline.until(lambda: pipeline.absorbed(ends), 600, "registrations absorbed")
    pipeline.until_released(600)
    pipeline.stop()
    for number in range(options.rounds):
        _tell(results, whole_pipeline(pipeline, traffic, options.events))
        _tell(results, bare_loop(pipeline, traffic, options.events, f"bare-{number}"))
    pipeline.traffic = traffic


def _latencies(pipeline: Pipeline, options: argparse.Namespace, results: list[Result]) -> None:
    """At 500 a second; where that is more than is sustained, also at the highest of the lower rates that is."""
    pipeline.start()
    latency(pipeline, pipeline.traffic, 50, 3.0)
    for rate in RATES:
        _tell(results, latency(pipeline, pipeline.traffic, rate, options.seconds))
        if results[-1]["sustained"]:
            break
    pipeline.stop()


def _tell(results: list[Result], result: Result) -> None:
    results.append(result)
    print(json.dumps(result), flush=True)


def _summary(results: list[Result], options: argparse.Namespace) -> None:
    print(f"\n{os.cpu_count()} cores, Python {sys.version.split()[0]}, {options.workers} workers and the sequencer")
    for who in ("whole pipeline", "bare loop"):
        runs = [r for r in results if r.get("who") == who]
        rate, cpu = ([r[k] for r in runs] for k in ("events_per_second", "cpu_ms_per_event"))
        print(f"{who:15} {_range(rate, 0)} events/s   {_range(cpu, 3)} ms CPU per event   ({len(runs)} runs)")
    for r in (r for r in results if r["measure"] == "latency"):
        kept = "sustained" if r["sustained"] else "NOT sustained"
        print(f"at {r['rate']}/s ({kept}): p50 {r['p50_ms']} ms, p99 {r['p99_ms']} ms, slowest {r['max_ms']} ms")
    last = results[-1]
    print(
        f"{last['schools']} schools: provisioned in {last['provision_seconds']} s,"
        f" first delivery {last['start_to_first_delivery_seconds']} s after the start"
    )


def _range(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f} to {max(values):.{digits}f}]"


if __name__ == "__main__":
    sys.exit(main())
