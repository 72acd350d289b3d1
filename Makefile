# Needs Python 3.11 or newer and make. Everything else is installed by these targets into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
PLAYED := .crosswalk/played
# Unit tests wait for the disk some hundred thousand times; where memory has room for their folders they need not. What runs on
# a real Kafka keeps to a real disk.
ROOMY  := $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=/dev/shm" }')

.PHONY: help setup demo test lint browser unit unit-core unit-rooms wire wire-stories wire-shorter wire-others played bench clean

help:
	@echo "make demo    four agencies, real Kafka, faults on the way; prints what a person can check"
	@echo "make test    linters, types, floors, unit, wire and demo"
	@echo "make setup   only installs (first run downloads; later runs start in a second)"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Crosswalk needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make setup PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) (first time: some 300 MB, a few minutes) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock --progress-bar on || \
	  { echo; echo "Installation stopped. Without a network the packages of requirements.lock must already be in pip's cache;"; \
	    echo "check the network or your pip configuration, then run 'make setup' again: it goes on where it stopped."; exit 1; }
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --no-index -q -e .
	@touch $(STAMP)

demo: setup
	$(BIN)/crosswalk demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The console is looked at in a real browser where there is one, or where one can be installed; elsewhere its tests skip.
browser:
	@command -v chromium >/dev/null 2>&1 || test -n "$$CHROMIUM" || \
	  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 && echo "Installing Chromium for the browser tests ..." && \
	    apt-get -qq update >/dev/null 2>&1 && apt-get -qq install -y chromium >/dev/null 2>&1; } || \
	  echo "No Chromium here: the browser tests will skip. Install it, or name it in CHROMIUM."

# Two halves side by side, each printed whole when it is done.
unit: setup
	@$(MAKE) --no-print-directory --output-sync=target -j2 unit-core unit-rooms

CORE := tests/sharing tests/contracts tests/stories tests/checker
unit-core: setup
	$(ROOMY) $(BIN)/pytest -m "not wire and not slow" $(CORE)

unit-rooms: setup
	$(ROOMY) $(BIN)/pytest -m "not wire and not slow" tests $(addprefix --ignore=,$(CORE))

# The same for what takes long: most of it runs on a real Kafka, each part on one of its own. The long stories of the whole
# pipeline, the other files of tests/wire, and every other file in which some test waits.
STORIES := tests/wire/test_pipeline.py tests/wire/test_connectors.py
SHORTER := $(filter-out $(STORIES),$(wildcard tests/wire/test_*.py))
OTHERS  := $(sort $(filter-out tests/wire/%,$(shell grep -rlE 'mark\.(wire|slow)\b' tests --include='test_*.py')))

wire: setup
	@$(MAKE) --no-print-directory --output-sync=target -j3 wire-stories wire-shorter wire-others

wire-stories: setup
	$(BIN)/pytest -m "wire or slow" --durations=10 $(STORIES)

wire-shorter: setup
	$(BIN)/pytest -m "wire or slow" --durations=10 $(SHORTER)

wire-others: setup
	$(BIN)/pytest -m "wire or slow" --durations=10 $(OTHERS)

# The demo is played once and kept; the tests of its judge plant their faults in a copy of it.
played: setup
	@rm -rf $(PLAYED) && mkdir -p $(dir $(PLAYED))
	$(BIN)/crosswalk demo --once --json --keep $(PLAYED) > $(PLAYED).json
	@tail -n 1 $(PLAYED).json

# First what tells at once and the demo, beside each other; then all tests, three at a time: what waits makes room for what works.
test: setup browser
	@$(MAKE) --no-print-directory --output-sync=target -j2 played lint
	@CROSSWALK_PLAYED=$(CURDIR)/$(PLAYED) $(MAKE) --no-print-directory --output-sync=target -j3 wire-others wire-stories wire-shorter unit-rooms unit-core
	@rm -rf $(PLAYED)
	@tail -n 1 $(PLAYED).json

bench: setup
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .crosswalk build dist
