# `make help` lists what can be asked. Everything needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
# Stand in for the secrets when the production settings are checked.
DUMMIES := SECRET_KEY=check-only-0a1b2c3d4e5f6g7h8i9j-check-only-0a1b2c3d4e5f6g7h8i9j \
	STRIPE_SECRET_KEY=sk_test_check STRIPE_WEBHOOK_SECRET=whsec_check STRIPE_CONNECT_WEBHOOK_SECRET=whsec_check \
	MFA_KEYS=check-only-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o50=
DEVELOPING := DEMO=1 DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost:6379/0

.DEFAULT_GOAL := help
.PHONY: help demo test test-deep lint lock clean

help: ## list what can be asked
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## the whole product with demo data on http://localhost:8000 (PORT=8001 make demo: elsewhere)
	@$(BIN)/python manage.py demo

test: $(INSTALLED) ## all tests, with servers of their own
	$(BIN)/pytest -rsR -n 2

test-deep: $(INSTALLED) ## the full sizes: crowds, long examples, a million rows
	$(BIN)/pytest -rs -m deep -o faulthandler_timeout=3600

lint: $(INSTALLED) ## style, types, the order of the floors, migrations, production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(DEVELOPING) $(BIN)/mypy
	$(BIN)/lint-imports
	$(DEVELOPING) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(DUMMIES) ENV_FILE=deploy/env.example $(BIN)/python manage.py check --deploy --fail-level WARNING

lock: ## write the locked requirements anew from requirements/*.in (needs uv); UPGRADE=--upgrade takes newer versions
	for name in base dev; do uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal \
		--python-version 3.11 $(UPGRADE) requirements/$$name.in --output-file requirements/$$name.txt || exit 1; done

clean: ## forget the demo's data, caches and results; the environment stays
	rm -rf .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache staticfiles test-results

$(INSTALLED): requirements/base.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Skileez needs Python 3.11 or newer: set PYTHON=…")'
	@echo "Installing the locked packages into .venv …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/base.txt -r requirements/dev.txt
	@touch $(INSTALLED)
