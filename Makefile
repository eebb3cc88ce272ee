# Every target makes or reuses .venv by itself; stamp files keep it quick when nothing changed.
# Another Python: make setup PYTHON=/path/to/python3.13

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
TRAIN := $(VENV)/.train
DEV := $(VENV)/.dev
AUDIT := $(VENV)/.audit
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := face2bone research tools $(wildcard streamlit_app.py pages/*.py benchmarks/*.py)
# More threads than this only fight each other over pictures of 160 x 160.
TEST_THREADS ?= 1
# Test processes side by side; each holds a model and perhaps a browser, about 2 GB. A file's tests
# stay together, because they share what takes long to make; the browser's, which wait most, begin.
TEST_WORKERS ?= 2
TEST_ORDER := --dist loadfile --no-loadscope-reorder

.PHONY: setup run demo test test-long check bench train-demo audit
.DEFAULT_GOAL := setup

setup: $(DEV)

run: $(RUNTIME)
	$(BIN)/streamlit run streamlit_app.py

demo: $(RUNTIME)
	FACE2BONE_TOUR=true $(BIN)/streamlit run streamlit_app.py --server.headless false

test: $(DEV)
	OMP_NUM_THREADS=$(TEST_THREADS) $(BIN)/python -m pytest -n $(TEST_WORKERS) $(TEST_ORDER) $(PYTEST_ARGS)

test-long: $(DEV)
	OMP_NUM_THREADS=$(TEST_THREADS) $(BIN)/python -m pytest -m "long or slow" $(PYTEST_ARGS)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)

bench: $(DEV)
	$(BIN)/python -m benchmarks

train-demo: $(TRAIN)
	$(BIN)/face2bone train-demo --out models/demo

# What is installed, as a list of packages, and what is known to be vulnerable in it; the exit codes
# are those of tools/audit.py.
audit: $(RUNTIME) $(AUDIT)
	$(VENV)/audit/bin/python tools/audit.py $(BIN)/python build/sbom.cdx.json

$(MADE):
	@python=$$(PYTHON=$(PYTHON) sh tools/find_python.sh) && "$$python" -m venv $(VENV)
	@touch $@

# Editable without dependencies: requirements.txt has already put in exactly what is pinned.
$(RUNTIME): requirements.txt pyproject.toml $(MADE)
	@echo "Installing the run-time packages into $(VENV) (a few minutes the first time)."
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(TRAIN): requirements-train.txt $(RUNTIME)
	@$(PIP) install -r requirements-train.txt
	@touch $@

$(DEV): requirements-dev.txt requirements-signin.txt $(TRAIN)
	@$(PIP) install -r requirements-dev.txt
	@touch $@

# An environment of its own, so that the tools neither change what they look at nor are in its list.
$(AUDIT): requirements-audit.txt $(MADE)
	@$(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check --quiet install -r requirements-audit.txt
	@touch $@
