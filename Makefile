# `make` alone lists the targets. Each sets up what it needs; nothing has to be done before.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# Where compiled modules are not kept, as images for containers often have it, each of the hundreds of processes that the
# tests start would compile all it imports, which takes longer than the rest of its start.
unexport PYTHONDONTWRITEBYTECODE
STAMP := .venv/installed
# Tests run side by side, four at most, and one more than there are cores, since trials and browsers wait a lot; not at a
# PostgreSQL that is given, where the names of databases would meet.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
PARALLEL := $(if $(ASSESSMENT_TEST_POSTGRES_URL),,-n $(shell expr $(CORES) + 1) --maxprocesses 4 --dist loadgroup)
BENCH_STAMP := .venv/installed-bench
TYPESCRIPT := clients/typescript
BIN := .venv/bin
UV ?= $(shell command -v uv || echo $(BIN)/uv)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--annotation-style line $(if $(UPGRADE),--upgrade) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install serve demo test test-core lint format types rooms contract lint-contract widget typescript typescript-build typescript-contract drift drift-widget drift-typescript bench profile trials mutants lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv from the hash-locked requirements (PYTHON=... chooses the interpreter)

$(STAMP): requirements/dev.lock requirements/install pyproject.toml clients/python/pyproject.toml
	@requirements/install

serve: install ## run the service on http://127.0.0.1:8000 (ARGS="--port 9000" adds options)
	@$(BIN)/assessment serve $(ARGS)

demo: install ## run a partner's site on http://127.0.0.1:8001 with the widget of `make serve` (ARGS="--port 9001")
	@$(BIN)/assessment demo $(ARGS)

test: install ## run every test, on SQLite and on a real PostgreSQL (ARGS="-k name" adds options)
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

test-core: install ## run the tests that need no system program
	@$(BIN)/pytest $(PARALLEL) -m "not system" $(ARGS)

lint: install ## check style: ruff check, ruff format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: install ## mend style where a tool can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: install ## check types: mypy, strict
	@$(BIN)/mypy

rooms: install ## check that every room imports only what is below it
	@$(BIN)/lint-imports

contract: install ## write openapi/, what the clients generate from it, and rubrics/schema.json anew
	@$(BIN)/assessment openapi --output openapi/openapi.json
	@$(BIN)/assessment openapi collection --output openapi/postman_collection.json
	@$(BIN)/assessment openapi history openapi --output openapi/changes.md
	@$(BIN)/assessment rubric schema --output rubrics/schema.json
	@PYTHONPATH=clients/python $(BIN)/python -m generate openapi/openapi.json clients/python/alignment_assessment/generated

widget: ## check, test and build the widget (clients/widget), which takes Node 20
	@cd clients/widget && npm ci --silent && npm run --silent check && npm run --silent lint && npm run --silent test && npm run --silent build

lint-contract: install ## lint the contract, and run its collection against a real server, which takes Node 20
	@cd openapi && npm ci --silent && npm run --silent lint
	@$(BIN)/python -m tests.contract.run_collection

typescript: typescript-build ## check and test the TypeScript client (clients/typescript), which takes Node 20
	@cd $(TYPESCRIPT) && npm run --silent check && npm run --silent lint && npm run --silent test

typescript-build: $(TYPESCRIPT)/dist/index.js ## build the TypeScript client

typescript-contract: $(TYPESCRIPT)/node_modules/installed ## write its types anew from openapi/openapi.json
	@cd $(TYPESCRIPT) && npm run --silent contract

$(TYPESCRIPT)/dist/index.js: $(TYPESCRIPT)/node_modules/installed $(TYPESCRIPT)/package.json $(wildcard $(TYPESCRIPT)/tsconfig*.json) \
	$(shell find $(TYPESCRIPT)/src -name '*.ts')
	@cd $(TYPESCRIPT) && npm run --silent build && touch dist/index.js

$(TYPESCRIPT)/node_modules/installed: $(TYPESCRIPT)/package-lock.json
	@cd $(TYPESCRIPT) && npm ci --silent && touch node_modules/installed

drift: install ## fail where a generated file differs from what its command writes
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; mkdir "$$fresh/openapi" "$$fresh/rubrics"; \
	$(BIN)/assessment openapi --output "$$fresh/openapi/openapi.json"; \
	$(BIN)/assessment openapi collection --output "$$fresh/openapi/postman_collection.json"; \
	$(BIN)/assessment openapi history openapi --output "$$fresh/openapi/changes.md"; \
	$(BIN)/assessment rubric schema --output "$$fresh/rubrics/schema.json"; \
	PYTHONPATH=clients/python $(BIN)/python -m generate "$$fresh/openapi/openapi.json" "$$fresh/python"; \
	for file in openapi/openapi.json openapi/postman_collection.json openapi/changes.md rubrics/schema.json; do \
	diff -u $$file "$$fresh/$$file" || differs=yes; done; \
	diff -ru -x __pycache__ clients/python/alignment_assessment/generated "$$fresh/python" || differs=yes; \
	test -z "$$differs" \
	|| { echo "A generated file is out of date: run 'make contract' and commit the difference." >&2; exit 1; }

drift-widget: widget ## the same for the widget's committed build
	@test -z "$$(git status --porcelain -- clients/widget)" || { git status --short -- clients/widget; \
	echo "The widget's build is out of date: commit what 'make widget' has written." >&2; exit 1; }

drift-typescript: $(TYPESCRIPT)/node_modules/installed ## the same for the types of the TypeScript client
	@cd $(TYPESCRIPT) && npm run --silent contract:check

trials: install ## try to break every promise at the counts of CI (ARGS="--full" for the full ones, "--only 3,5")
	@$(BIN)/python -m tests.faults $(ARGS)

mutants: install ## change the code in small ways and see whether a test notices (ARGS="scoring/rating" chooses)
	@$(BIN)/python -m tests.mutation $(ARGS)

bench: $(BENCH_STAMP) ## measure speed against what tests/benchmarks names (ARGS="--only 1,2" chooses rows)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

profile: $(BENCH_STAMP) ## say where the time of a request goes (ARGS="--help" shows the options)
	@$(BIN)/python -m tests.benchmarks.profile $(ARGS)

$(BENCH_STAMP): requirements/bench.lock $(STAMP)
	@if command -v "$(UV)" >/dev/null; then $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $<; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; fi
	@touch $@

lock: ## resolve the requirements anew with uv (UPGRADE=1 takes newer versions)
	@$(COMPILE) --output-file requirements/serve.lock
	@$(COMPILE) --group dev --constraints requirements/serve.lock --output-file requirements/dev.lock
	@$(COMPILE) --group bench --constraints requirements/dev.lock --output-file requirements/bench.lock
	@for file in serve dev bench; do sed -i '1{/^# Generated by/!s/^/# Generated by: make lock\n/}' requirements/$$file.lock; done

clean: ## remove .venv and every cache
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
