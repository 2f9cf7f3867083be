# Needs python3 (3.11 or newer) with venv, make and git; everything else is put into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env demo test check bench crash live tools messages lock clean runtime-env

PYTHON ?= python3
PORT ?= 8000
DEMO_DIR ?= .demo
VENV_PYTHON := .venv/bin/python
ARGS ?=
# The whole suite takes both cores; a part of it is quicker, and can be debugged, in one process.
WORKERS ?= $(if $(ARGS),0,2)

export PORT DEMO_DIR

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: ## Build .venv with everything for building and testing
	@command -v $(PYTHON) >/dev/null || { echo "env: python3 is missing; on Debian and Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) console/runtime/bootstrap.py dev

runtime-env:
	@command -v $(PYTHON) >/dev/null || { echo "env: python3 is missing; on Debian and Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) console/runtime/bootstrap.py base

demo: runtime-env ## Run everything on 127.0.0.1:$(PORT), data in $(DEMO_DIR); end with Ctrl-C
	@$(VENV_PYTHON) -m console.runtime.demo --ends-with-parent

test: env ## Run every test on a throw-away PostgreSQL (ARGS="tests/runtime -k stale" narrows)
	@$(VENV_PYTHON) -m console.runtime.testing --with-chromium -- $(VENV_PYTHON) -m pytest -n $(WORKERS) $(ARGS)

check: env ## Lint, format, types, import contracts, migrations, templates, security
	@$(VENV_PYTHON) -m console.runtime.checks

bench: env ## Measure; the last line is one JSON object (ARGS="--record" keeps it in docs/)
	@$(VENV_PYTHON) -m tests.bench $(ARGS)

N ?= 1000

crash: env ## Kill workers at every point of N refunds, and count the money (N=1000)
	@$(VENV_PYTHON) -m tests.crash $(N) $(ARGS)

live: env ## Compare with the real Odoo named by ODOO_URL ODOO_DB ODOO_LOGIN ODOO_API_KEY
	@test -n "$$ODOO_URL$$RT_URL$$HELPDESK_URL" || { echo "live: set ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_API_KEY of the Odoo to compare with." >&2; exit 2; }
	@$(VENV_PYTHON) -m console.runtime.testing -- $(VENV_PYTHON) -m pytest -o norecursedirs='.venv .hypothesis' tests/live $(ARGS)

tools: env ## Try the connectors on a real Request Tracker and a real django-helpdesk, which it installs
	@$(VENV_PYTHON) -m tests.real_tools $(ARGS)

messages: env ## Write the catalogues anew from pages and code; says what has no translation yet
	@$(VENV_PYTHON) -m console.runtime.messages

lock: env ## Compile requirements/*.in into pinned, hashed requirements/*.txt
	@for name in bootstrap base dev helpdesk; do .venv/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 \
		--only-binary :all: --no-emit-index-url --no-header requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## Remove .venv, caches and the data of the demo
	@if [ -x $(VENV_PYTHON) ]; then $(VENV_PYTHON) -m console.runtime.demo --remove-data; fi
	@rm -rf .venv .browser .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
