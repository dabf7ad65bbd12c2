# The commands of the house; `make help` lists them. Needed: Python 3.11 or newer with venv, make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LOCKS := .requirements
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
SOURCE := promisegap promises interactions manage.py
PIP := $(BIN)/python -m pip --disable-pip-version-check
JOBS ?= 2
TESTS ?=
DRILLS ?=
BENCH ?=
SITE ?= http://127.0.0.1:8000
NAME ?= admin
export PASSWORD

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed; install it or set PYTHON=/path/to/python."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11; set PYTHON=/path/to/python3.11."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' \
		|| { echo "$(PYTHON) lacks its module venv (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV)

$(RUN_STAMP): $(LOCKS)/run.txt | $(BIN)/python
	@echo "Installing what the site needs (once)"
	@$(PIP) install --quiet --progress-bar off --require-hashes --only-binary :all: -r $(LOCKS)/run.txt
	@touch $@

$(DEV_STAMP): $(LOCKS)/dev.txt | $(BIN)/python
	@echo "Installing what the tests and checks need (once)"
	@$(PIP) install --quiet --no-compile --progress-bar off --require-hashes --only-binary :all: -r $(LOCKS)/dev.txt
	@touch $@ $(RUN_STAMP)

.PHONY: up
up: $(RUN_STAMP) ## Start everything and print the address; Ctrl-C ends it
	@exec $(BIN)/python manage.py up

.PHONY: chromium
chromium: ## Say which Chromium the browser tests use; install it where apt can
	@sh .ci/chromium

.PHONY: test
test: $(DEV_STAMP) chromium ## Run all tests
	@$(BIN)/python -m pytest -n $(JOBS) $(TESTS)

.PHONY: axe
axe: $(DEV_STAMP) chromium ## Judge every page with axe on all four screens (the tests take two of them)
	@SCREENS=all $(BIN)/python -m pytest -n $(JOBS) tests/browser/test_every_page.py

.PHONY: fuzz
fuzz: $(DEV_STAMP) ## Fuzz the API by its schema (FUZZ_SECONDS=240 limits it, FUZZ_SEED repeats it)
	@$(BIN)/python -m tests.faults.fuzz

.PHONY: drills
drills: $(DEV_STAMP) ## Kill, stop and freeze every part under load (DRILLS="F4 F6" picks some)
	@$(BIN)/python -m tests.faults.drills $(DRILLS)

.PHONY: bench-ingest
bench-ingest: $(DEV_STAMP) ## Measure how events are taken (BENCH="bulk single" picks some)
	@$(BIN)/python -m tests.benchmarks.ingest $(BENCH)

.PHONY: bench-clock
bench-clock: $(DEV_STAMP) ## Measure the watch on a million open promises (BENCH="idle due" picks some)
	@$(BIN)/python -m tests.benchmarks.clock $(BENCH)

.PHONY: bench-scores
bench-scores: $(DEV_STAMP) ## Measure pages and jobs on ten million promises (BENCH="overview worst" picks some)
	@$(BIN)/python -m tests.benchmarks.scores $(BENCH)

.PHONY: screenshots
screenshots: $(DEV_STAMP) chromium ## Renew docs/screenshots from a running site (SITE=, NAME=, PASSWORD=)
	@$(BIN)/python -m tests.browser.screenshots "$(SITE)" "$(NAME)"

.PHONY: bench-pages
bench-pages: $(DEV_STAMP) chromium ## Measure every page on a million promises (BENCH="server csv" picks some)
	@$(BIN)/python -m tests.benchmarks.pages $(BENCH)

.PHONY: lint
lint: $(DEV_STAMP) ## Check style, formatting, templates and the direction of imports
	@$(BIN)/ruff check $(SOURCE) tests
	@$(BIN)/ruff format --check $(SOURCE) tests
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/lint-imports --no-cache

.PHONY: types
types: $(DEV_STAMP) ## Check types
	@$(BIN)/mypy

.PHONY: format
format: $(DEV_STAMP) ## Put the source into the common format
	@$(BIN)/ruff check --fix $(SOURCE) tests
	@$(BIN)/ruff format $(SOURCE) tests

.PHONY: lock
lock: $(DEV_STAMP) ## Renew the lock files from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
		pyproject.toml --output-file $(LOCKS)/run.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
		--constraints $(LOCKS)/run.txt --extra dev pyproject.toml --output-file $(LOCKS)/dev.txt

.PHONY: clean
clean: ## Remove .venv and caches; the data in .promisegap stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(SOURCE) tests -name __pycache__ -type d -prune -exec rm -rf {} +
