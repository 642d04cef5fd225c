# make demo: the province, emulated and watched.  make fast, make test: checked in a minute, checked whole.  The rest: make help.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CONFIG ?= config

.PHONY: help demo stack run test fast check drill crowd bench fuzz clean

help:
	@echo "make demo   the province emulated and watched, on this machine (http://127.0.0.1:9877)"
	@echo "make stack  the same with Prometheus, Alertmanager and Grafana beside it, where installed; with a past: make stack STACK=--past"
	@echo "make test   install what the tests need, then run all of them"
	@echo "make fast   lint, types and the tests of what is pure: within a minute, while you work"
	@echo "make check  lint and types only"
	@echo "make drill  cuts, storms and restarts told through Prometheus and Alertmanager at shipped intervals; 20 minutes"
	@echo "make crowd  visitors of every kind beside a cut: what the poller and the wall feel of them; 10 minutes on an idle machine"
	@echo "make bench  measure it beside fping, gufo, pysnmp and the exporters; 20 minutes on an idle machine (docs/bench)"
	@echo "make fuzz   damaged packets, files and agents until Ctrl-C, or as FUZZ says: make fuzz FUZZ='--minutes 10 snmp icmp'"
	@echo "make run    the daemon with CONFIG=$(CONFIG)"

demo: $(VENV)/.installed
	$(BIN)/monitor demo --config $(CONFIG)

stack: $(VENV)/.installed
	$(BIN)/monitor demo --stack --config $(CONFIG) $(STACK)

run: $(VENV)/.installed
	$(BIN)/monitor run --config $(CONFIG)

test: $(VENV)/.installed-test
	tests/debian-packages.sh
	$(MAKE) --no-print-directory check
	# The tests start a hundred processes: each would compile the program anew where Python may not keep what it compiled.
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 4

# Types on one core, all else on the other. What is pure has no socket, file, clock or log, so its tests are quick.
fast: $(VENV)/.installed-test
	@$(BIN)/mypy > $(VENV)/types.txt 2>&1 & types=$$!; \
	$(BIN)/ruff check . && $(BIN)/ruff format --check . \
		&& $(BIN)/python -m pytest -q -p no:xdist tests/test_*.py tests/model tests/words tests/wire tests/rules; status=$$?; \
	wait $$types || status=1; cat $(VENV)/types.txt; exit $$status

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

drill: $(VENV)/.installed-test
	tests/debian-packages.sh
	$(BIN)/python -m tests.supervision.drill

crowd: $(VENV)/.installed-test
	tests/debian-packages.sh
	$(BIN)/python -m tests.system.crowd $(CROWD)

bench: $(VENV)/.installed-bench
	tests/debian-packages.sh benchmarks/debian-packages.txt
	$(BIN)/python -m benchmarks $(BENCH)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-test: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@ $(VENV)/.installed

fuzz: $(VENV)/.installed-test
	nice $(BIN)/python -m tests.fuzz $(FUZZ)

clean:
	rm -rf $(VENV) build *.egg-info
