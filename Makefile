# The five things one does here. Each is one command; see CONTRIBUTING.md.

PYTHON = .venv/bin/python

.PHONY: setup test check pictures ci

setup:  ## a virtual environment with everything the tests need
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]'
	.ci/kubectl
	.ci/download

test:  ## all tests; `make test ARGS=tests/unit/domain` for some of them
	$(PYTHON) -m pytest -q -n 6 --maxschedchunk 1 $(ARGS)

check:  ## formatting, lint, types, import contracts, dead code
	.venv/bin/ruff format .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/vulture

pictures:  ## the pictures that snapshot tests compare with, and those of the documentation
	$(PYTHON) -m pytest -q -n 6 tests/snapshots --snapshot-update
	.venv/bin/canarytui screenshot docs/screenshots
	.venv/bin/canarytui screenshot docs/screenshots --animate

ci:  ## what CI runs
	.ci/run
