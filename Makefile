# Every target does its own set-up: the virtual environment in .venv is made on first use, from any Python >= 3.11.

.DEFAULT_GOAL := help
.PHONY: help demo test lint fmt type docs pictures bench quality lineage fit speed scale kernel look clean
.DELETE_ON_ERROR:

PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$name; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TESTS ?= -n 2
ARGS ?=

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: .venv/.installed ## find the story in seeds/, draw its lineage, tell which files were written
	@$(BIN)/dedup run seeds -o build/demo

test: lint type ## everything that must hold: lint, types, layers, dependencies, spelling, all tests
	$(BIN)/pytest $(TESTS)

lint: .venv/.installed-dev ## ruff, import layers, dependencies, spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/codespell

fmt: .venv/.installed-dev ## put the code into form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

type: .venv/.installed-dev ## mypy, strict
	$(BIN)/mypy --strict dedup

docs: .venv/.installed-dev ## write the references of docs/ anew, from schema.py and from --help
	$(BIN)/python docs/generate.py

pictures: .venv/.installed-dev ## take the pictures of docs/ anew, of the real report on seeds/ (needs chromium)
	$(BIN)/python -m tests.browser.pictures

bench: .venv/.installed-dev ## compare with brute force on real newswire (needs the data: see benchmarks/README.md)
	$(BIN)/python benchmarks/reuters.py $(ARGS)

quality: .venv/.installed-dev ## measure rewrites, passages and spin scores on real newswire and PAN 2013 (needs the data)
	$(BIN)/python benchmarks/quality.py $(ARGS)

lineage: .venv/.installed-dev ## measure who had it first: orders, parents, confidences, unseen sources (needs the data)
	$(BIN)/python benchmarks/lineage.py $(ARGS)

fit: .venv/.installed-dev ## fit the weights of lineage anew, and write dedup/lineage/model.toml and kinship.json (needs the data)
	$(BIN)/python benchmarks/fit_direction.py $(ARGS)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/fit_kinship.py $(ARGS)
	$(BIN)/python benchmarks/fit_confidence.py $(ARGS)
	$(BIN)/python benchmarks/fit_unseen.py $(ARGS)

speed: .venv/.installed-dev ## compare with other systems: hours; ARGS="--only task --size 20000 --rounds 1" for a look
	$(BIN)/python benchmarks/speed.py $(ARGS)

scale: .venv/.installed-dev ## measure time and memory up to 2,000,000 documents; ARGS="--sizes 20000,40000" for a look
	$(BIN)/python benchmarks/scale.py $(ARGS)

kernel: .venv/.installed-dev ## compare the kernel that makes the keys with the same in C (needs gcc)
	$(BIN)/python benchmarks/kernel.py $(ARGS)

look: .venv/.installed-dev ## measure the report of 10,000 documents: time, size, ready in the browser (needs the data and chromium)
	$(BIN)/python benchmarks/look.py $(ARGS)

clean: ## remove all that make has made
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { \
		echo "No Python >= 3.11 found. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making .venv from $(PYTHON) (once)..."
	@$(PYTHON) -m venv .venv || { \
		rm -rf .venv; echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian: python3-venv)." >&2; exit 1; }

# Stamps: a set-up is repeated only when pyproject.toml is newer.
.venv/.installed: pyproject.toml | .venv/bin/python
	@echo "Installing dedup into .venv (once)..."
	@$(PIP) --editable .
	@touch $@

.venv/.installed-dev: pyproject.toml | .venv/bin/python
	@echo "Installing dedup and the tools of its developers into .venv (once)..."
	@$(PIP) --editable '.[dev]'
	@touch .venv/.installed $@
