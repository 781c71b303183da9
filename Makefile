# Plain venv and pip: nothing has to be installed first but Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check docs lint benchmark benchmark-live benchmark-terraform clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev,demo]'
	$(BIN)/python -m compileall -q src policies reports
	touch $@

## Scan the shipped examples and a simulated account, and write out/report.html
demo: $(STAMP)
	$(BIN)/python -m examples.demo

## Run all tests
test: $(STAMP)
	$(BIN)/python -m pytest -n auto

## Exactly what CI runs: lint, types, import contracts, docs in date, tests
check: lint test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src policies tests examples benchmarks docs
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m docs.generate --check

## Write the generated pages of docs/ anew
docs: $(STAMP)
	$(BIN)/python -m docs.generate

## How long scans take, beside a bare interpreter
benchmark: $(STAMP)
	$(BIN)/python -m benchmarks.startup

## The same beside Checkov and Trivy, on source and plans, and growth up to 50,000 resources (half an hour)
benchmark-terraform: $(STAMP)
	$(BIN)/python -m benchmarks.terraform --plan
	$(BIN)/python -m benchmarks.terraform --growth --runs 1

## Scans of a simulated account beside Prowler's: calls, time, memory (half an hour)
benchmark-live: $(STAMP)
	$(BIN)/python -m benchmarks.live

clean:
	rm -rf $(VENV) out build dist
