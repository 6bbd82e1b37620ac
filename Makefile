# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
SEED ?= 0
JOBS ?= 2
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help install demo run test lint lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

.make/runtime: requirements.lock setup.cfg pyproject.toml
	@mkdir -p .make
	@test -x $(BIN)/python || { echo "Creating .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing the pinned runtime packages (about a minute)"
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation -e .
	@echo "Compiling the clustering code and preparing the models (once, five to ten minutes)"
	@$(BIN)/groundswell prepare
	@touch $@

.make/dev: .make/runtime requirements-dev.lock
	@echo "Installing the pinned test packages"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

install: .make/runtime ## environment, pinned packages, one-off compilation

demo: .make/runtime ## the demo workspace in ./demo, all jobs run on it
	@$(BIN)/groundswell demo --seed $(SEED) demo
	@$(BIN)/groundswell -w demo run

run: demo ## the demo and its dashboard on http://127.0.0.1:8000 (PORT=...)
	@$(BIN)/groundswell -w demo serve --port $(PORT)

test: .make/dev ## what the tests need, and the tests, in two processes (JOBS=...)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: .make/dev ## format, lint, types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

lock: ## make the lock files anew (needs uv)
	uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o .make/a.lock
	uv pip compile -q --python-version 3.11 --no-deps --generate-hashes --no-emit-index-url --no-header requirements-bare.in -o .make/b.lock
	{ echo "# Made by 'make lock'. Install with: pip install --no-deps --require-hashes -r requirements.lock"; cat .make/a.lock .make/b.lock; } > requirements.lock
	uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.lock

clean: ## remove the environment and the demo
	rm -rf .venv .make demo build *.egg-info
