# Siskamling. `make` alone lists what there is.

PYTHON ?= python3
UV ?= uv
PORT ?= 8081

BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r

.DEFAULT_GOAL := help
.PHONY: help demo run test check faults bench lock screenshots

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN_READY)  ## Play a small town on this machine: no token, no network; PORT=8081
	@$(BIN)/python -m bot demo --port $(PORT)

run: $(RUN_READY)  ## Run the bot against Telegram, with the settings of .env
	@$(BIN)/python -m bot migrate
	@exec $(BIN)/python -m bot run

test: $(TEST_READY)  ## Run the whole suite, PostgreSQL and browser included where they can be had
	@$(BIN)/python -m pytest -m "not faults" --numprocesses auto --maxprocesses 4 --dist loadfile $(TIMED:%=--ignore=%)
	@$(BIN)/python -m pytest -m "not faults" $(TIMED)

check: $(TEST_READY)  ## Look at format, lint, types and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

faults: $(TEST_READY)  ## Run the longer fault injections: kills, lost leases, storms
	@$(BIN)/python -m pytest -m faults

bench: $(TEST_READY)  ## Compare with other ways to do it; see docs/benchmarks.md
	@$(BIN)/python -m bench

screenshots: $(TEST_READY)  ## Take the pictures of docs/images anew
	@$(BIN)/python -m tests.web.screenshots

# The larger one first: what the tests and comparisons need narrows what the bot can have, and both must agree.
lock:  ## Make the two locks anew from pyproject.toml (needs uv)
	$(UV) pip compile pyproject.toml $(LOCKING) --extra test --extra bench -o requirements-test.lock
	$(UV) pip compile pyproject.toml $(LOCKING) -c requirements-test.lock -o requirements.lock

# A browser and processes that are killed need the machine to themselves, or they are judged by its other work.
TIMED := tests/web tests/faults
LOCKING := --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet

# pip comes last into a new environment, so a half-made one is made again.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUN_READY): requirements.lock | $(BIN)/pip
	@echo "Installing what the bot needs …"
	@$(INSTALL) $<
	@touch $@

# The test lock holds all that the other one does, in the same versions.
$(TEST_READY): requirements-test.lock | $(BIN)/pip
	@echo "Installing what the tests need …"
	@$(INSTALL) $<
	@touch $@ $(RUN_READY)
