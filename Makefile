# Two commands do all the set-up on a fresh machine: make demo, make test.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test test-long bench lint format clean

demo: $(VENV)/.demo
	$(BIN)/trustledger demo --out demo-out

# what is covered to the last branch
WHOLE = trustledger/money.py, trustledger/rules/journal.py, trustledger/rules/merkle.py, \
	trustledger/rules/sealing.py, trustledger/rules/remuneration.py

# PostgreSQL 18 comes with the tests; 15 is tried where it is installed
OLDER = /usr/lib/postgresql/15/bin

test: $(VENV)/.test tools lint
	[ ! -x $(OLDER)/postgres ] || TRUSTLEDGER_POSTGRES_BIN=$(OLDER) $(BIN)/python -m pytest tests/test_postgresql.py
	$(BIN)/python -m pytest -n 2 -m "not long" --cov --cov-report=
	$(BIN)/coverage report --skip-covered --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include='$(subst $() ,$(),$(WHOLE))'

test-long: $(VENV)/.test tools
	TRUSTLEDGER_FEWER=1 $(BIN)/python -m pytest -n 2

# quick sizes: about a quarter of an hour; the million: make bench FULL=1
bench: $(VENV)/.test tools
	$(BIN)/python benchmarks/run.py $(if $(FULL),1000 10000,1000)
	$(BIN)/python benchmarks/peers.py $(VENV)/peers
	$(BIN)/python benchmarks/cold.py $(if $(FULL),42000,2000) $(VENV)/peers
	$(BIN)/python benchmarks/growth.py $(if $(FULL),1000000,100000)
	$(BIN)/python benchmarks/budgets.py 20000

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: tools
tools:
	@sh scripts/system_tools.sh

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade -c constraints.txt pip

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[all]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[all]' --group test --group lint
	@touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) demo-out build dist *.egg-info .mypy_cache .ruff_cache .hypothesis .coverage*
