# Everything that is done with this repository. Needs only make and Python; `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

# The first Python that is new enough; another one: make PYTHON=/path/to/python …
ifndef PYTHON
PYTHON := $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
endif

READY = $(if $(PYTHON),$(PYTHON) .ci/environment.py,$(MISSING))
MISSING = echo 'make: Python 3.11 or newer is needed; there is none on the PATH. For example:' \
	'apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04), or: brew install python@3.13 (macOS)' >&2; exit 1;
BIN := .venv/bin
PYTEST := $(BIN)/pytest -n 2 --dist loadgroup

.PHONY: help demo install serve test quick check fuzz bench bench-crash matrix lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: ## the main job, end to end, without any account: a video in out/, and what it cost
	@$(READY) run
	$(BIN)/framegate demo
	printf '\n  %s s of waiting in all\n' "$$SECONDS"

install: ## everything into .venv, with the tools for development; the program is .venv/bin/framegate
	@$(READY) dev

serve: ## start a gateway on http://127.0.0.1:8787, with its data in data/
	@$(READY) run
	exec $(BIN)/framegate serve

test: ## all tests, the slowest of them, time by folder, coverage (what CI runs)
	@$(READY) dev zhipuai
	$(PYTHON) .ci/browser.py
	$(PYTEST) --cov --cov-report=

quick: ## the tests that take less than a minute together
	@$(READY) dev
	$(BIN)/pytest -n 2 --dist worksteal -m 'not slow'

check: ## format, lint, types, direction of imports
	@$(READY) dev
	found=0
	$(BIN)/ruff format --check || found=1
	$(BIN)/ruff check || found=1
	$(BIN)/basedpyright || found=1
	$(BIN)/lint-imports || found=1
	exit $$found

fuzz: ## 20,000 odd requests against every operation that /openapi.json names (minutes)
	@$(READY) dev
	cd tests && exec nice ../$(BIN)/python -m fuzz.campaign --cases 20000 --seconds 1800

bench: ## measure this machine
	@$(READY) dev
	$(BIN)/python -m bench

bench-crash: ## kill the engine thousands of times (ten minutes), and count what broke
	@$(READY) dev
	$(BIN)/python -m bench.crash

matrix: ## write docs/matrix.md anew: every dialect by every provider
	@$(READY) dev
	PYTHONPATH=src:tests $(BIN)/python -m matrix

lock: ## choose the newest versions that pyproject.toml allows, and write requirements/*.txt
	@$(READY) dev
	compile() {
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --custom-compile-command 'make lock' --output-file "requirements/$$1.txt" "$${@:2}"
	}
	compile build --group build
	compile run pyproject.toml
	compile dev pyproject.toml --group dev --constraint requirements/run.txt --constraint requirements/build.txt
	compile zhipuai --group zhipuai

clean: ## remove what make made; data/ and out/ are yours and stay
	@rm -rf .venv .venv-zhipuai build dist .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +
