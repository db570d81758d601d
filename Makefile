# Two commands for a newcomer: make demo, make test. Both do all the set-up.
PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/pip install --quiet --disable-pip-version-check --no-warn-conflicts
WHEELS = --require-hashes --only-binary :all:

.PHONY: help demo test check format content faq lock faults bench clean

help:
	@echo "make demo [RESET=1]   the bot, and a phone in the browser"
	@echo "make test             everything, on real servers"
	@echo "make check            format, lint, types, imports, content, flows"
	@echo "make content          prove content/ complete"
	@echo "make faq              learn anew how welders ask, after a change of phrasings"
	@echo "make faults           kill it, long form"
	@echo "make bench            side by side with peers"
	@echo "make lock             renew the pinned requirements"

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.ready-run: requirements/run.txt requirements/font.txt pyproject.toml setup.py | .venv/bin/python
	$(PIP) $(WHEELS) -r requirements/run.txt
	$(PIP) $(WHEELS) --no-deps -r requirements/font.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.ready-test: .venv/.ready-run requirements/test.txt requirements/dev.txt
	$(PIP) $(WHEELS) -r requirements/test.txt
	$(PIP) $(WHEELS) -r requirements/dev.txt
	@touch $@

demo: .venv/.ready-run
	@$(BIN)/weldmate demo $(if $(RESET),--reset)

check: .venv/.ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/weldmate content check
	$(BIN)/weldmate content report --check
	$(BIN)/weldmate flows draw --check

test: check
	$(BIN)/pytest

format: .venv/.ready-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

faq: .venv/.ready-run
	$(BIN)/weldmate faq learn

content: .venv/.ready-run
	$(BIN)/weldmate content check

faults: .venv/.ready-test
	$(BIN)/pytest tests/faults --full -s

bench: .venv/.ready-test
	$(PIP) --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench

LOCK = $(BIN)/pip-compile --quiet --generate-hashes --no-header --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
lock: .venv/.ready-test
	for set in run test dev bench; do \
	  $(LOCK) --upgrade -o requirements/$$set.txt requirements/$$set.in || exit 1; done

clean:
	rm -rf .venv build *.egg-info
