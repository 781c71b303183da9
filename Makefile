# Plain venv and pip: nothing has to be installed first but Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The files in requirements/ hold every release with its hashes. Wheels only: a build from source would fetch packages that
# no file holds.
LOCKED ?= requirements/dev.txt
PIP = -m pip --disable-pip-version-check -qq
HELD = --require-hashes --only-binary :all:

.PHONY: demo test test-fast check real docs docs-site lint release-check service tools lock lock-check test-allowed benchmark benchmark-live \
	benchmark-terraform clean

$(STAMP): $(VENV)/.locked pyproject.toml
	$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src policies reports
	touch $@

# Without --clear a package that is no longer held would stay. The wheels are for tests that install the project elsewhere.
$(VENV)/.locked: requirements/build.txt requirements/runtime.txt $(LOCKED)
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python $(PIP) install $(HELD) -r requirements/build.txt
	$(BIN)/python $(PIP) install $(HELD) -r $(LOCKED)
	$(BIN)/python $(PIP) download $(HELD) -r requirements/build.txt -r requirements/runtime.txt --dest $(VENV)/wheels
	touch $@

## Scan the shipped examples and a simulated account, and write out/report.html and out/account.html
demo: $(STAMP)
	$(BIN)/python -m examples.demo

## Run all tests
test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

## Less than a minute: facts, judging, and one case for each control and side; neither programs nor browsers are started
FAST := tests/facts tests/controls/test_controls.py tests/controls/test_own_policies_loaded.py tests/assessment tests/testing tests/policies
test-fast: $(STAMP)
	$(BIN)/python -m pytest -n auto --fast $(FAST)

## Exactly what CI runs, less what it installs first: lint, types, import contracts, docs in date, real Terraform, the demo, tests
check: lint real demo test

# Where Terraform and the AWS provider are installed, they plan for real, and the recorded plans must be in date.
# Exit code 2 says that they are not installed.
real: $(STAMP)
	$(BIN)/python -m tests.terraform.real --check || [ $$? = 2 ]

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src policies tests examples benchmarks docs action
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m docs.generate --check
	$(BIN)/python -m docs.screenshots --check

## Write the generated files: schemas of new awscc types, required arguments, ids, the catalogue, pages and pictures of docs/
docs: $(STAMP)
	$(BIN)/python -m tests.provider_schema awscc
	$(BIN)/python -m tests.required_arguments
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.screenshots

## Build the site of docs/ into out/site; a link that leads nowhere fails it
docs-site: $(VENV)/site/.installed
	rm -rf out/site
	$(VENV)/site/bin/python -m docs.site out/site

## Build wheel and source distribution into dist/, check and install them, and write what they are made of; TAG=v0.9.0 checks it
release-check: $(VENV)/release/.installed $(STAMP)
	rm -rf dist build
	$(VENV)/release/bin/python -m build --no-isolation --outdir dist .
	$(VENV)/release/bin/python -m twine check --strict dist/*
	$(VENV)/release/bin/check-wheel-contents dist/*.whl
	$(PYTHON) -m venv --clear --without-pip $(VENV)/released
	$(BIN)/python $(PIP) --python $(VENV)/released install $(HELD) -r requirements/runtime.txt
	$(BIN)/python $(PIP) --python $(VENV)/released install --no-deps --no-index --find-links dist hipaa-guard-cloud
	$(VENV)/released/bin/hipaa-guard --version
	mkdir -p out
	$(VENV)/release/bin/cyclonedx-py environment --output-reproducible --output-file out/sbom.cdx.json $(VENV)/released/bin/python
	$(BIN)/python -m tests.release dist out/sbom.cdx.json $(TAG)

$(VENV)/site/.installed: requirements/site.txt $(VENV)/.locked
	$(PYTHON) -m venv --clear --without-pip $(VENV)/site
	$(BIN)/python $(PIP) --python $(VENV)/site install $(HELD) -r requirements/site.txt
	touch $@

$(VENV)/release/.installed: requirements/release.txt requirements/build.txt $(VENV)/.locked
	$(PYTHON) -m venv --clear --without-pip $(VENV)/release
	$(BIN)/python $(PIP) --python $(VENV)/release install $(HELD) -r requirements/release.txt -r requirements/build.txt
	touch $@

## Write the skeleton of a service: make service NAME=kinesis
service: $(STAMP)
	$(BIN)/python -m tests.skeleton $(NAME)

## Install Checkov, and from npm the judges of SARIF and of workflows; without them their tests are skipped
tools: $(VENV)/checkov/.installed $(if $(shell command -v npm),$(VENV)/node_modules/.installed)

$(VENV)/checkov/.installed: requirements/checkov.txt $(VENV)/.locked
	$(PYTHON) -m venv --clear --without-pip $(VENV)/checkov
	$(BIN)/python $(PIP) --python $(VENV)/checkov install $(HELD) -r requirements/checkov.txt
	touch $@

$(VENV)/node_modules/.installed: requirements/package.json requirements/package-lock.json $(VENV)/.locked
	cp requirements/package.json requirements/package-lock.json $(VENV)
	npm ci --loglevel error --no-audit --no-fund --ignore-scripts --prefix $(VENV)
	chmod u+x $(VENV)/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	touch $@

## Renew requirements/ with the newest releases that pyproject.toml allows; `make lock UPGRADE=` keeps those that it can
UPGRADE ?= --upgrade
UV := .venv-lock/bin/uv
WHEELS_ONLY = --quiet --no-emit-index-url --only-binary :all:
COMPILE = $(UV) pip compile $(WHEELS_ONLY) --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(UPGRADE)
PYTHONS := 3.11 3.12 3.13 3.14
PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin

lock: $(UV)
	$(COMPILE) pyproject.toml --extra dev --extra demo --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(COMPILE) requirements/build.in --constraint requirements/dev.txt --output-file requirements/build.txt
	$(COMPILE) requirements/checkov.in --output-file requirements/checkov.txt
	$(COMPILE) requirements/site.in --output-file requirements/site.txt
	$(COMPILE) requirements/release.in --constraint requirements/build.txt --output-file requirements/release.txt
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	npm install --loglevel error --package-lock-only --omit-lockfile-registry-resolved --prefix requirements
	$(MAKE) lock-check

## Say whether each held release has a wheel for each Python and platform
lock-check: $(UV)
	@set -e; for python in $(PYTHONS); do for platform in $(PLATFORMS); do \
		for files in "requirements/build.txt requirements/dev.txt requirements/runtime.txt" requirements/checkov.txt requirements/site.txt \
			requirements/release.txt; do \
			$(UV) pip compile $(WHEELS_ONLY) --python-version $$python --python-platform $$platform $$files \
				--output-file /dev/null; \
		done; echo "Python $$python on $$platform: every release has a wheel"; \
	done; done

$(UV): requirements/build.txt requirements/uv.txt
	$(PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/python $(PIP) install $(HELD) -r requirements/build.txt
	.venv-lock/bin/python $(PIP) install $(HELD) -r requirements/uv.txt
	touch $@

## Run the tests with the newest releases that pyproject.toml allows, or with RESOLUTION=lowest-direct the oldest
RESOLUTION ?= highest
test-allowed: $(UV)
	$(UV) pip compile $(WHEELS_ONLY) --python $(PYTHON) --resolution $(RESOLUTION) --generate-hashes --no-header --upgrade \
		pyproject.toml --extra dev --extra demo --output-file .venv-lock/$(RESOLUTION).txt
	$(MAKE) test VENV=.venv-$(RESOLUTION) LOCKED=.venv-lock/$(RESOLUTION).txt

## How long scans take, beside a bare interpreter, and with three times as many services and controls
benchmark: $(STAMP)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.breadth

## The same beside Checkov and Trivy, on source and plans, and growth up to 50,000 resources (half an hour)
benchmark-terraform: $(STAMP)
	$(BIN)/python -m benchmarks.terraform --plan
	$(BIN)/python -m benchmarks.terraform --growth --runs 1

## Scans of a simulated account beside Prowler's: calls, time, memory (half an hour)
benchmark-live: $(STAMP)
	$(BIN)/python -m benchmarks.live

clean:
	rm -rf .venv* out build dist
