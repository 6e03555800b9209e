# Every target is described in CONTRIBUTING.md; the outside contract names them.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
FILES := core storage sentiment assets alerts crawlers api tests bench scripts

.PHONY: help setup setup-dev up test check format faults bench pictures clean

help:
	@echo "make up      install and start Shengyu on http://127.0.0.1:8000"
	@echo "make test    run every test"
	@echo "make check   format, lint, types, import rules"
	@echo "make faults  the long kill and outage loops"
	@echo "make bench   measure every claim into docs/benchmarks.md"

setup: .venv/.installed

setup-dev: .venv/.installed-dev

.venv/.installed: pyproject.toml constraints.txt scripts/setup
	@scripts/setup .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@scripts/setup '.[dev]'
	@touch $@

up: setup
	@exec $(BIN)/shengyu up

test: setup-dev
	@scripts/browser
	@export PYTEST_DEBUG_TEMPROOT=$$(scripts/scratch)
	@$(BIN)/python scripts/servers run -- $(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

check: setup-dev
	@$(BIN)/ruff format --check $(FILES)
	@$(BIN)/ruff check $(FILES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup-dev
	@$(BIN)/ruff format $(FILES)
	@$(BIN)/ruff check --fix $(FILES)

faults: setup-dev
	@export SHENGYU_LONG_FAULTS=1
	@$(BIN)/python scripts/servers run -- $(BIN)/python -m pytest tests/faults -m faults --timeout 1800 $(ARGS)
	@$(BIN)/python scripts/servers run -- $(BIN)/python -m pytest tests/storage/search -k oracle --timeout 1800

bench: setup-dev
	@$(BIN)/python -m bench $(ARGS)

pictures: setup-dev
	@scripts/browser
	@$(BIN)/python scripts/pictures.py

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build *.egg-info
