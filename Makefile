# Needs Python 3.11 or newer, make and a package index; uses uv where it is on the PATH.
# Everything is installed into .venv, in the versions of requirements.lock.

.DEFAULT_GOAL := help
.PHONY: help install demo sandbox test test-slow slow-list test-long pairs test-crash simulate simulate-mutants abuse storms webhooks channels sheets-surface reliability lint audit format lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# The first Python on the PATH that is new enough; `make PYTHON=…` names another one.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$name -c '$(NEW_ENOUGH)' 2>/dev/null && { echo $$name; break; }; done)

SECONDS ?=
CHANNELS ?=
RATE ?=
CHANNELS ?=
KILL_AT ?=
PORT ?= 8765
WORKERS ?= auto
# Killed processes are waited for more than they compute.
CRASH_WORKERS ?= 4

help:
	@echo 'make demo SECONDS=60   the demo for a minute, with a verdict (without SECONDS: until Ctrl-C)'
	@echo '                       RATE=2: orders a second; KILL_AT=20: kill -9 the bridge at that second'
	@echo '                       CHANNELS=all: the shops of one'"'"'s own, the tills and partners by files too'
	@echo 'make install           make .venv'
	@echo 'make test              the tests, about four minutes'
	@echo 'make test-slow         those of tests/slow.txt, which take most of the time'
	@echo 'make slow-list         run both, and choose anew which are slow'
	@echo 'make test-long         the tests that take longest'
	@echo 'make pairs             every two acts at every two moments of a row update, on the real bridge'
	@echo 'make test-crash        kill -9 at every fault point; SEEDS=3'
	@echo 'make abuse             random broken layouts of the spreadsheet on every core; LAYOUTS=5000, FIRST=0'
	@echo 'make simulate          whole worlds from seeds on every core; SEEDS=1-50, STEPS=2000 each'
	@echo '                       CHANNELS=all: own shops, tills and file partners beside the malls'
	@echo 'make simulate-mutants  break a dozen rules on purpose: which seed tells each'
	@echo 'make sheets-surface    tests/SHEETS.md and .ja.md: what of Google the sandbox serves'
	@echo 'make reliability       tests/RELIABILITY.md and .ja.md from the figures of the last of these runs'
	@echo 'make lint              ruff, mypy, import-linter, audit'
	@echo 'make audit             known vulnerabilities of the pinned packages, where the internet can be asked'
	@echo 'make storms            bad weather measured: 429, sheet away, blind mall, flash sale (some minutes)'
	@echo 'make webhooks          10,000 forged webhooks; 200 deliveries replayed 20 times each'
	@echo 'make format            let ruff put the code into its form'
	@echo 'make sandbox           Google and the malls on this machine (PORT=8765, state in var/sandbox)'
	@echo 'make lock              renew requirements.lock (needs uv)'
	@echo 'make clean             remove .venv and caches'

install: $(READY)

demo: $(READY)
	@$(BIN)/bridge demo $(if $(SECONDS),--seconds $(SECONDS)) $(if $(RATE),--rate $(RATE)) \
		$(if $(CHANNELS),--channels $(CHANNELS)) \
		$(if $(KILL_AT),--kill-at $(KILL_AT))

sandbox: $(READY)
	$(BIN)/bridge sandbox --port $(PORT) --state var/sandbox

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'not long and not slow'

test-slow: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'slow and not long'

slow-list: $(READY)
	CHOOSE_SLOW=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-long: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long

pairs: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long tests/contract/protocol/test_every_pair.py -k 'one and pair_of_letters'

test-crash: $(READY)
	KEEP_FIGURES=crashes CRASH_SEEDS=$(or $(SEEDS),3) $(BIN)/python -m pytest tests/crash -n $(CRASH_WORKERS) --dist worksteal -m 'long or not long'

abuse: $(READY)
	$(BIN)/python -m tests.abuse --layouts $(or $(LAYOUTS),5000) --first $(or $(FIRST),0)

simulate: $(READY)
	CHANNELS=$(CHANNELS) $(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1-50) --steps $(or $(STEPS),2000)

simulate-mutants: $(READY)
	$(BIN)/python -m tests.simulation.mutants

storms: $(READY)
	@mkdir -p var/reliability
	$(BIN)/python -m tests.bench.storms --json $(or $(JSON),var/reliability/storms.json)

webhooks: $(READY)
	KEEP_FIGURES=webhooks $(BIN)/python -m pytest tests/contract/web/test_edge.py tests/story/test_webhooks.py \
		-k 'ten_thousand or 200-20' -m 'long or not long'

channels: $(READY)
	$(BIN)/python -m tests.channel_table

sheets-surface: $(READY)
	$(BIN)/python -m tests.sheets_surface

reliability: $(READY)
	$(BIN)/python -m tests.reliability

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python .ci/audit.py

audit: $(READY)
	$(BIN)/python .ci/audit.py

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile pyproject.toml --quiet --extra page --group dev --universal --python-version 3.11 \
		--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@if ! $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		rm -rf $(VENV); \
		if command -v uv >/dev/null; then uv venv --quiet --python "$(or $(PYTHON),3.11)" $(VENV); \
		elif [ -n "$(PYTHON)" ]; then $(PYTHON) -m venv $(VENV); \
		else echo 'bridge needs Python 3.11 or newer.' >&2; exit 1; fi; \
	fi
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(BIN)/python -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
		{ $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip; } && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@
