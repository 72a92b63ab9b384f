# Two commands for a fresh clone: `make demo` and `make test`. Each makes its own environment in
# .venv and installs what it needs.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types layers suite benchmark clean

demo: .venv/installed-demo  ## simulate, record, analyze, score: no hardware needed
	$(BIN)/emgspasm demo --out demo --overwrite

test: lint types layers suite  ## everything that must hold

lint: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/installed-test
	$(BIN)/mypy

layers: .venv/installed-test
	$(BIN)/lint-imports

suite: .venv/installed-test
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

benchmark: .venv/installed-test  ## speed and memory; peers are measured where installed
	$(BIN)/python tests/benchmarks/speed.py

.venv/installed-demo: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-test: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "emgspasm needs Python 3.11 or later; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else \
	    echo "Python's venv is missing; install it first (Debian: apt install python3-venv)" >&2; \
	    exit 1; \
	  fi; }
	$(PYTHON) -m venv .venv

clean:
	rm -rf .venv demo
