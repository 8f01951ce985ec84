# Prerequisites: make, and Python 3.11 or newer with venv. Everything else is installed into .venv and ui/node_modules.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
NPM := tools/with-node npm --prefix ui
WORKERS ?= 2
ARGS ?=

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

FACES := $(shell find ui -name node_modules -prune -o -type f -print)
SOURCES := pyproject.toml hatch_build.py wall/__init__.py $(FACES)
UNBUILT := $(if $(wildcard wall/static/dist/*),,FORCE)

.PHONY: help run test test-faults test-networks check bench bench-quick screenshots docs wheel clean chromium FORCE

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/installed ## Start the demo at http://127.0.0.1:8000 (ARGS="--port 9000")
	@$(BIN)/backchannel demo $(ARGS)

test: $(VENV)/installed-for-tests ui/node_modules/.package-lock.json chromium ## Run every test but the long fault suites and networks (ARGS="-k word")
	@$(NPM) --silent test
	@$(BIN)/pytest -n $(WORKERS) -m "not faults and not networks" $(ARGS)

test-faults: $(VENV)/installed-for-tests chromium ## Run the long fault suites
	@$(BIN)/pytest -m faults $(ARGS)

test-networks: $(VENV)/installed-for-networks tests/networks/bluesky/node_modules/.package-lock.json ## Run the tests against real servers of networks
	@$(BIN)/pytest -m networks -s $(ARGS) tests/networks

check: $(VENV)/installed-for-tests ui/node_modules/.package-lock.json ## Lint, types, layers and generated files
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(NPM) --silent run check
	@$(BIN)/python -m wall.entries.schema --check

faces: $(VENV)/installed ## Build the live faces after a change in ui/
	@$(BIN)/python hatch_build.py

bench: $(VENV)/installed-for-tests chromium ## Measure what the docs quote (ARGS=--quick)
	@for file in bench/[a-z]*.py; do name=$${file%.py}; $(BIN)/python -m "$${name//\//.}" $(ARGS); done

bench-quick: $(VENV)/installed-for-tests ## Under a minute: fan-out, idleness and herds in small, and what got worse
	@$(BIN)/python -m bench fanout idle herd

screenshots: $(VENV)/installed-for-tests chromium ## Take pictures of every face into bench/results/screenshots (ARGS="wall join")
	@$(BIN)/python -m bench.support.screenshots $(ARGS)

docs: $(VENV)/installed ## Write the reference pages that are generated
	@$(BIN)/python -m wall.settings > docs/reference/settings.md.new
	@mv docs/reference/settings.md.new docs/reference/settings.md

wheel: $(VENV)/installed ## Build the wheel into dist/
	@$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## Delete everything that these commands made, but no event's data
	@rm -rf $(VENV) dist build *.egg-info ui/node_modules tests/networks/bluesky/node_modules wall/static/dist bench/results
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Backchannel needs Python 3.11 or newer on PATH, or: make PYTHON=/path/to/python"; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "This Python has no venv; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/installed: $(VENV)/made $(SOURCES) $(UNBUILT)
	@echo "Installing Backchannel and building its faces (a minute the first time) ..."
	@$(PIP) install --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/made $(SOURCES) $(UNBUILT)
	@echo "Installing Backchannel, its faces and what tests it (a minute or two the first time) ..."
	@$(PIP) install --editable '.[test,check]'
	@touch $(VENV)/installed $@

$(VENV)/installed-for-networks: $(VENV)/installed-for-tests
	@$(PIP) install --editable '.[test,networks]'
	@touch $@

tests/networks/bluesky/node_modules/.package-lock.json: tests/networks/bluesky/package.json tests/networks/bluesky/package-lock.json | $(VENV)/made
	@echo "Installing a Bluesky server (a minute or two the first time) ..."
	@tools/with-node npm --prefix tests/networks/bluesky ci --silent --no-audit --no-fund
	@touch $@

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json | $(VENV)/made
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

chromium:
	@tools/need-chromium

FORCE:
