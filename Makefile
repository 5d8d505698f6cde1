# What there is to do here; `make` alone lists it. A target that sets something up does so once, until what it is made
# from changes.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
# Twice the cores here: a worker often waits for a browser, a disk or a server.
WORKERS ?= 4
ROUNDS ?= 100
SUITES := $(addprefix tests/wires/test_,engineio.py socketio_protocol.py websocket_protocol.py pusher_protocol.py pusher_channels.py pusher_people.py pusher_http.py)

UV := .tools/bin/uv
PYTHON := .venv/bin/python
VENV := .venv/.ready
MODULES := web/node_modules/.ready
PAGES := src/livefloor/pages/laundry/index.html
PAGE_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -name tests -prune -o -type f -print 2>/dev/null)

export UV_PYTHON_DOWNLOADS := never
# The tests start servers by the hundred; each would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup browser servers run dev web wheel generate test check static lint types pytest suites chaos bench screenshots clean deploy-check
.PHONY: ruff format imports house oxlint mypy tsc web-test collect needs fresh docs

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

# -- setting up ------------------------------------------------------------------------------------------------------

$(UV): scripts/get-uv scripts/find-python
	@echo "getting uv"
	@scripts/get-uv
	@touch $@

$(VENV): pyproject.toml uv.lock $(UV)
	@echo "getting the Python packages"
	@test -x $(PYTHON) || $(UV) venv --quiet --python "$$(scripts/find-python)" .venv
	@$(UV) sync --quiet --locked --compile-bytecode
	@touch $@

$(MODULES): web/package.json web/package-lock.json $(wildcard web/apps/*/package.json web/packages/*/package.json) web/.npmrc
	@echo "getting the pages' packages"
	@cd web && npm ci --loglevel=error
	@touch $@

$(PAGES): $(MODULES) $(PAGE_SOURCES)
	@echo "building the pages"
	@cd web && npm run --silent build
	@touch $@

setup: $(VENV) $(PAGES) ## get all that is needed and build the pages

browser:
	@scripts/get-browser

# After the browser: two installations at once would be in each other's way.
servers: | browser
	@scripts/get-servers

# -- running ---------------------------------------------------------------------------------------------------------

run: setup ## serve all systems with demo data at http://127.0.0.1:8000 (PORT=…, SYSTEM=laundry for one alone)
	@exec .venv/bin/livefloor serve $(SYSTEM) --demo --port $(PORT)

dev: setup ## serve laundry and the pages, both reloading; the pages at http://127.0.0.1:5173
	@exec $(PYTHON) scripts/dev.py --port $(PORT)

web: $(MODULES) ## build the pages into the Python package
	@cd web && npm run --silent build
	@touch $(PAGES)

wheel: setup ## build the wheel with the pages in it, into dist/
	@$(UV) build --quiet
	@ls dist/*.whl

generate: setup ## write anew what is generated from the declarations: specs/generated, docs/reference, the golden lists, the client's types
	@$(PYTHON) -m scripts.generate

# -- checking --------------------------------------------------------------------------------------------------------

# First what there is to set up and the static checks, side by side, then the tests; their closing line is the last that is
# read. A broken static check fails the whole, and the tests run all the same.
test: ## set up everything and pass every test and check; brings up its own PostgreSQL
	@failed=0; \
	$(MAKE) -j2 --keep-going --output-sync=target setup browser servers static || \
		{ failed=1; echo "setting up or static checks: FAILED (see above)"; }; \
	$(MAKE) pytest || failed=1; \
	exit $$failed

check: test ## all that CI runs (the same as test)

static: lint types web-test collect

lint: ruff format imports needs house oxlint fresh docs ## ruff, formatting, import contracts, declared packages, house rules, oxlint, generated files, documentation

types: mypy tsc ## mypy (strict) and tsc

ruff: $(VENV)
	@$(PYTHON) -m ruff check --quiet --output-format concise .

format: $(VENV)
	@$(PYTHON) -m ruff format --check --quiet --output-format concise . || { echo "to format: .venv/bin/ruff format ."; exit 1; }

imports: $(VENV)
	@.venv/bin/lint-imports > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }

# Each package that the code imports is one that the wheel asks for, and none is asked for that nobody uses.
needs: $(VENV)
	@.venv/bin/deptry src > .venv/needs.txt 2>&1 || { cat .venv/needs.txt; exit 1; }

house: $(VENV)
	@$(PYTHON) -m tools.lint

fresh: $(VENV)
	@$(PYTHON) -m scripts.generate --check

docs: $(VENV) ## hold the documentation against the code: links, commands, examples, settings, paths
	@$(PYTHON) -m tools.docs

oxlint: $(MODULES)
	@cd web && npm run --silent lint

mypy: $(VENV)
	@$(PYTHON) -m mypy --no-error-summary

tsc: $(MODULES)
	@cd web && npm run --silent types

web-test: $(MODULES) ## Vitest
	@cd web && npm run --silent test

# What pytest compiles here, each of its workers would compile for itself.
collect: $(VENV)
	@$(PYTHON) -m pytest --collect-only -q > .venv/collected.txt || { cat .venv/collected.txt; exit 1; }

pytest: setup browser servers ## the Python tests alone (WORKERS=4)
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal -q

suites: setup ## the protocol suites (Engine.IO, Socket.IO, WebSocket, Pusher), each case with its result
	@$(PYTHON) -m pytest -p no:randomly -rP -v --no-header $(SUITES)

chaos: setup ## ten minutes of faults over 1,000 stock clients, then kill servers at random under load (ROUNDS=…)
	@$(PYTHON) -m tests.chaos.run --rounds $(ROUNDS)

deploy-check: $(UV) ## have Dockerfile, compose, chart, units and nginx lines read by the tools they are for; names those missing
	@scripts/check-deploy

bench: setup ## measure against the peers in bench/peers, and the first page; takes minutes, wants a quiet machine
	@$(UV) run --locked --quiet python bench/run.py
	@$(UV) run --locked --quiet python bench/hub.py
	@$(UV) run --locked --quiet python bench/pages.py

screenshots: setup browser ## take the pictures of all pages for docs/images/pages
	@$(PYTHON) -m tests.e2e.screenshots

clean: ## remove all that was made here, the data folder excepted
	@rm -rf .tools .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis test-results
	@rm -rf web/node_modules src/livefloor/pages bench/results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
