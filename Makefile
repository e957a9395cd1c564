# FaceVote: `make run` starts the site, `make test` checks all of it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
WEB := node_modules/.run-installed
WEB_DEV := node_modules/.dev-installed

# One line for a command that takes long; its output goes to a log and is shown if it fails.
STEP := facevote/serving/steps.py
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: help install run test test-services types lint lint-js screenshots lock

help:  ## list what there is
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) $(STEP) "Python environment" $(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt | $(BIN)/python
	@$(BIN)/python $(STEP) "Python packages" $(BIN)/python $(PIP_INSTALL) -r requirements/run.txt
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@$(BIN)/python $(STEP) "Python packages for development" $(BIN)/python $(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

NPM_CI := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(STEP) "Browser packages" $(BIN)/npm ci --no-audit --no-fund

$(WEB): package.json package-lock.json $(RUN)
	@$(NPM_CI) --omit=dev
	@touch $@

# They hold what a running site needs as well.
$(WEB_DEV): package.json package-lock.json $(RUN)
	@$(NPM_CI)
	@touch $@ $(WEB)

install: $(RUN) $(WEB)  ## install what a site needs, and start nothing

run: $(RUN) $(WEB)  ## start the site and its worker on this machine
	@$(BIN)/python -m facevote.serving.start

# Whole files, since many share a running site; at most four, since each may start a browser.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: $(DEV) $(WEB_DEV)  ## run every test, browser stories included
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.support.all_tests $(SIDE_BY_SIDE)

# The database's owner must be allowed to create databases; each run makes and drops its own.
# Of Redis it uses this database and the three before it.
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15

ON_SERVICES := tests/accounts tests/voting tests/facevote/health $(addprefix tests/biometrics/,collection consent enrolment evaluation marking storage verification)
# These use neither a database nor a queue.
NO_SERVICES := $(addprefix --ignore=tests/voting/,crypto trials roll/reading)

test-services: $(DEV)  ## run the database and queue tests on PostgreSQL and Redis
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) CELERY_BROKER_URL=$(TEST_REDIS_URL) \
		$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ON_SERVICES) $(NO_SERVICES)

types: $(DEV)  ## check types
	$(BIN)/mypy

lint-js: $(WEB_DEV)  ## style and types of the scripts
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm run --silent lint

lint: types lint-js  ## style, types, import contracts, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint --lint --quiet templates

screenshots: $(DEV) $(WEB_DEV)  ## take the pictures of the documentation
	$(BIN)/python -m tests.e2e.screenshots

lock: $(RUN)  ## compile the pinned requirements
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-annotate --generate-hashes --universal --python-version 3.11 pyproject.toml --excludes requirements/excludes-run.txt -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-annotate --generate-hashes --universal --python-version 3.11 pyproject.toml --group reference --group train --group test --excludes requirements/excludes-dev.txt -c requirements/run.txt -o requirements/dev.txt
