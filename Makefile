# Everything here needs Python 3.11 or newer and make. The rest is fetched into .venv on first use.

PYTHON ?= $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(python) -c 'import sys; sys.version_info >= (3, 11) and print("$(python)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin

# What the environment is made from: a change here installs it again. (The build also compiles the style sheet,
# the scripts and the translations.)
SOURCES := $(wildcard pyproject.toml hatch_build.py package.json package-lock.json \
	lti_tool/static/scss/* lti_tool/static/js/* lti_tool/translations/*/LC_MESSAGES/*.po)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Two more than there are cores: tests of pages wait for a browser half of their time.
WORKERS := $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 2))')
unexport PYTHONDONTWRITEBYTECODE  # every process would compile again whatever it loads: 4 s of CPU each

.DEFAULT_GOAL := help
.PHONY: help demo test openedx suite lint long bench build translations clean

help:  ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(VENV)/installed  ## Run a small LMS, Entraide and a statement store with a ready course (DEMO_ARGS="--port 8091")
	$(BIN)/entraide demo $(DEMO_ARGS)

test:  ## Run every test, on services found or installed here (TEST_ARGS="-k allocation")
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/installed-dev $(if $(CI),openedx)
	@$(MAKE) --no-print-directory --jobs=2 lint suite

# The platform that a test would install, on the core that pip leaves idle; where it fails the test says so.
openedx: | $(BIN)/pip
	-@cd tests && ../$(BIN)/python -m services.openedx_environment

# The first to load a module compiles it: one process instead of all of them at once.
$(VENV)/compiled: $(VENV)/installed-dev
	-@$(BIN)/python -m pytest --collect-only -q $(TEST_ARGS) >/dev/null 2>&1
	@touch $@

suite: $(VENV)/compiled
	ENTRAIDE_TEST_INSTALL=$${ENTRAIDE_TEST_INSTALL-1} $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TEST_ARGS)

lint: $(VENV)/installed-dev  ## Check style, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

long: $(VENV)/installed-dev  ## Run the tests that `make test` leaves out, beside shorter ones of the same
	ENTRAIDE_TEST_LONG=1 ENTRAIDE_TEST_INSTALL=$${ENTRAIDE_TEST_INSTALL-1} $(BIN)/python -m pytest -n $(WORKERS) -m long $(TEST_ARGS)

bench: $(VENV)/installed-dev  ## Measure latency, statements and fairness
	ENTRAIDE_TEST_EVERY_DATABASE=1 ENTRAIDE_TEST_LISTENERS=1000 ENTRAIDE_TEST_PEOPLE=100000 ENTRAIDE_TEST_RUNS=200 \
		ENTRAIDE_TEST_INSTALL=$${ENTRAIDE_TEST_INSTALL-1} $(BIN)/python -m pytest tests/benchmarks -s $(TEST_ARGS)

build: $(VENV)/installed-dev  ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build

translations: $(VENV)/installed  ## Bring the French catalogue up to date with the messages of the code
	$(BIN)/pybabel -q extract -F babel.cfg -k "N_ _l gettext ngettext:1,2 lazy_gettext" --no-location --sort-output \
		--omit-header -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d lti_tool/translations -l fr --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date -w 110

clean:  ## Remove what these commands have made, .venv included
	rm -rf $(VENV) .venv-openedx node_modules dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache lti_tool/static/dist
	find lti_tool xapi tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed-dev: $(SOURCES) | $(BIN)/pip
	$(BIN)/pip install --quiet --no-compile --editable '.[dev]'
	@touch $(VENV)/installed $@

$(VENV)/installed: $(SOURCES) | $(BIN)/pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: install it, or say where it is: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo 'This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
