# Guiji: two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8001
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test month lint bench delta serve clean

demo: $(VENV)/.installed  ## crawl the sample portal, extract, map, publish, serve
	$(BIN)/guiji demo --port $(PORT) $(DEMO_FLAGS)

test: $(VENV)/.dev-installed  ## lint, types, layers, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

month: $(VENV)/.dev-installed  ## the simulated country under cron for thirty days, with mishaps: several minutes
	GUIJI_MONTH=1 $(BIN)/python -m pytest tests/country/test_month.py -s

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev-installed  ## figures, not tests: see benchmarks/README.md
	$(BIN)/python -m benchmarks

delta: $(VENV)/.installed  ## what the working tree's patterns read otherwise than the last commit's, on the corpus
	@mkdir -p build
	$(BIN)/python -m benchmarks.corpus > build/articles.jsonl
	@rm -rf build/base && git worktree prune && git worktree add --quiet --detach build/base HEAD
	cd build/base && ../../$(BIN)/python cli.py extract ../articles.jsonl > ../base.jsonl
	@git worktree remove --force build/base
	$(BIN)/guiji extract build/articles.jsonl --delta build/base.jsonl

serve: $(VENV)/.installed
	$(BIN)/guiji serve --port $(PORT)

clean:
	rm -rf $(VENV) demo-data build dist .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Guiji needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) lacks venv; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages (once; about a minute)"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the test tools"
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
