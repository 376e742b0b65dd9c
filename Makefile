# What can be done here? `make help` says it. A machine needs python3 (3.11 or newer) and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATABASE := sqlite:///data/shop.sqlite3
PLUGINS := $(wildcard plugins/*/pyproject.toml)
EDITABLE := $(foreach file,$(PLUGINS),-e ./$(dir $(file)))
INPUTS := Makefile pyproject.toml constraints.txt $(PLUGINS)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install -c constraints.txt
GRAPHIQL := bff/http/static/graphiql/index.html

.DEFAULT_GOAL := help
.PHONY: help run test data graphiql clean

help: ## says what can be done
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(VENV)/.run ## installs, migrates, loads the demo shop once, and serves on 127.0.0.1:8000
	@$(MAKE) --no-print-directory graphiql
	@$(BIN)/bff demo --database $(DATABASE)

test: export PATH := $(CURDIR)/$(BIN):$(PATH)
test: $(VENV)/.test ## checks style and types, then runs every test, on SQLite and on PostgreSQL where it is there
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q
	$(BIN)/python tests/on_postgres.py

data: $(VENV)/.bench ## writes TPC-DS retail data of scale 0.1 to data/tpcds
	@mkdir -p data/tpcds
	$(BIN)/tpcgen-cli tpcds parquet --scale-factor 0.1 --output-dir data/tpcds

graphiql: ## builds the GraphiQL console where Node is there; the server does without
	@if [ -n "$$(find graphiql bff/http/examples -newer $(GRAPHIQL) -type f -not -path '*/node_modules/*' 2>&1)" ]; then \
	  if ! command -v npm > /dev/null; then \
	    echo "GraphiQL is not built: there is no npm here. The server shows a plain page instead."; \
	  elif ! ( cd graphiql && npm install --no-audit --no-fund --no-package-lock --fetch-retries=1 \
	      --fetch-timeout=30000 --loglevel=error && npx vite build --logLevel error ) > .graphiql.log 2>&1; then \
	    echo "GraphiQL could not be built, see .graphiql.log. The server shows a plain page instead."; \
	  else rm -f .graphiql.log; fi; \
	fi

clean: ## removes what make has installed and built; data/ stays
	rm -rf $(VENV) graphiql/node_modules bff/http/static/graphiql .pytest_cache .mypy_cache .ruff_cache .hypothesis

# ---- the virtual environment, made anew only when what it is made from changes

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "This Python cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python $(INPUTS)
	@echo "Installing"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[postgres]' $(EDITABLE)
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing the tools of the tests"
	@$(PIP) --no-build-isolation -e '.[dev,bench]' $(EDITABLE)
	@touch $@

$(VENV)/.bench: $(VENV)/.run
	@$(PIP) --no-build-isolation -e '.[bench]'
	@touch $@
