# Two commands for a fresh clone: `make demo` and `make test`. Each makes its own environment in
# .venv and installs what it needs.

PYTHON ?= python3
BIN := .venv/bin

# Modules are compiled as they are first imported: of what the packages bring, most never are.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: demo test lint types layers modules loops suite coverage benchmark clean

demo: .venv/installed-demo  ## simulate, record, analyze, score: no hardware needed
	$(BIN)/emgspasm demo --out demo --overwrite

test: .venv/bin/python  ## everything that must hold
	$(MAKE) -j2 .venv/libraries lint types loops layers modules
	$(MAKE) suite

lint: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/installed-test
	$(BIN)/mypy

layers: .venv/installed-test
	$(BIN)/lint-imports

modules: .venv/installed-test .venv/libraries  ## compiled, once for all processes of the tests
	$(BIN)/python -m compileall -q emgspasm
	$(BIN)/pytest --collect-only -qq >.venv/collected

loops: .venv/installed-test  ## compiled, as modules
	$(BIN)/emgspasm simulate .venv/compiled.bdf --scenario hfs_mixed --quiet --overwrite
	$(BIN)/emgspasm analyze .venv/compiled.bdf --out .venv/compiled --quiet --overwrite
	$(BIN)/emgspasm demo --out .venv/compiled --duration 3 --quiet --overwrite >/dev/null
	$(BIN)/python -c 'from emgspasm.viewer.traces.raster import warm_up; warm_up()'

suite: .venv/installed-test .venv/libraries
	$(BIN)/pytest -n 4  # on two cores: boards and recordings in real time mostly sleep

coverage: .venv/installed-test .venv/libraries  ## lines that no test reaches; half as long again
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

benchmark: .venv/installed-test  ## speed and memory; peers are measured where installed
	$(BIN)/python tests/benchmarks/speed.py

.venv/installed-demo: pyproject.toml | .venv/bin/python
	$(INSTALL) --editable '.[report]'
	@touch $@

.venv/installed-test: pyproject.toml | .venv/bin/python
	$(INSTALL) --editable '.[test]'
	@touch $@

# What the window's wheels expect of the system (Debian's names, some of which end in t64 since
# 2024), and a display for its tests.
WINDOW := libglib2.0-0 libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 \
  libfontconfig1 fonts-dejavu-core libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 \
  libxcb-render-util0 libxcb-shape0 xvfb x11-utils

.venv/libraries: Makefile | .venv/bin/python
	@command -v dpkg-query >/dev/null || { touch $@; exit 0; }; \
	missing=$$(for name in $(WINDOW); do \
	  dpkg-query -W -f '$${Status}\n' $$name $${name}t64 2>/dev/null | grep -q 'ok installed' \
	    || echo $$name; \
	done); \
	if [ -z "$$missing" ]; then touch $@; \
	elif [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && apt-get install -y -qq $$missing && touch $@; \
	else \
	  echo "the window's tests need: apt install" $$missing >&2; touch $@; \
	fi

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
