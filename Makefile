# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve demo test checks lint bench isolation prove clean

serve: .venv/runtime
	@$(BIN)/mockserver serve

demo: .venv/runtime
	@$(BIN)/mockserver demo

test: .venv/dev
	$(BIN)/pytest -n 2

checks: .venv/dev
	$(BIN)/pytest -n 2 -m checks

isolation: .venv/dev
	$(BIN)/pytest -m isolation -s tests/test_plugin.py

prove: .venv/dev
	@$(BIN)/python -m contract_tests.twins

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mockserver scenario lint scenarios

bench: .venv/dev
	$(BIN)/python -m bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache

.venv/runtime: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("mockserver needs Python 3.11 or newer; say which with: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: .venv/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
