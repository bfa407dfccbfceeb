# make app        sets up and starts the app
# make fast       sets up and runs the quick tests
# make test       sets up and runs every test
# make lint       sets up and checks the style; of scripts and styles for the browser only once make format-js has run
# make types      sets up and checks the types
# make imports    sets up and checks that imports follow docs/architecture.md
# make audit      sets up and asks the package index what is known against the locked packages
# make mutants    sets up and lists which small changes to the code the tests miss; takes hours, for the night
# make lock       sets up and writes requirements.lock from requirements.txt
# make format-js  formats scripts and styles for the browser; it alone needs node with npm, and the network once
# The others need only Python 3.11 or newer with pip, and are quick once set up.

VENV ?= .venv
PYTHON ?= $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11 python, \
    $(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
RUN := $(VENV)/bin/python

.PHONY: app fast test lint types imports audit mutants lock format-js
.DELETE_ON_ERROR:

app: $(VENV)/app.installed
	$(RUN) -m streamlit run app.py

fast: $(VENV)/dev.installed
	OMP_NUM_THREADS=1 $(RUN) -m pytest -m "not slow and not browser" -n auto --dist loadfile

test: $(VENV)/dev.installed
	$(RUN) -m pytest

lint: $(VENV)/dev.installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	test ! -e node_modules || npm run --silent lint

format-js: node_modules
	npm run --silent format

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

types: $(VENV)/dev.installed
	$(RUN) -m mypy

imports: $(VENV)/dev.installed
	$(VENV)/bin/lint-imports

# A known weakness fails; an index that cannot be asked does not, and how many packages it knows nothing of is said.
audit: $(VENV)/dev.installed
	@mkdir -p build && rm -f build/audit.json
	@$(VENV)/bin/pip-audit --requirement requirements.lock --disable-pip --require-hashes --format json \
	    --output build/audit.json 2>build/audit.log || test ! -e build/audit.json || { cat build/audit.json; exit 1; }
	@if test -e build/audit.json; \
	then echo "$$(grep -o '"version"' build/audit.json | wc -l) locked packages have no known weakness," \
	    "$$(grep -o '"skip_reason"' build/audit.json | wc -l) are not known to the index."; \
	else echo "The locked packages could not be audited: $$(tail -n 1 build/audit.log | cut -c 1-200)"; fi

mutants: $(VENV)/dev.installed
	OMP_NUM_THREADS=1 $(VENV)/bin/mutmut run
	$(VENV)/bin/mutmut results

# For every system and Python at once, from the public index whatever this machine is set to. What is locked stays as long
# as it fits; to move on, delete the file first.
lock: $(VENV)/dev.installed
	$(RUN) -m uv pip compile --quiet --no-config --default-index https://pypi.org/simple --universal --python-version 3.11 \
	    --generate-hashes --custom-compile-command "make lock" --output-file requirements.lock requirements.txt

$(VENV)/dev.installed: requirements-dev.txt $(VENV)/app.installed
	$(RUN) -m pip install --quiet -r requirements-dev.txt
	@touch $@

$(VENV)/app.installed: requirements.txt | $(RUN)
	@echo "Installing into $(VENV); the first time takes some minutes."
	$(RUN) -m pip install --quiet -r requirements.txt
	@touch $@

# Debian's python3 comes without the module that puts pip into a virtual environment; its own pip can do that.
$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) \
	    && $(PYTHON) -m pip --python $(RUN) install --quiet pip; }
