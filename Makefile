# `make run` and `make test` work on a fresh machine with Python >= 3.11 and nothing else set up.
.DEFAULT_GOAL := help
BIN := .venv/bin
.PHONY: help run bureau demo test lint bench battery mutants images messages qgis

help:
	@echo "make run    serve the demonstration on http://127.0.0.1:8000 (PORT=, DATA_DIR= change that)"
	@echo "make bureau a bureau of its own, without the demonstration, with its first administrator (BUREAU_NAME=, PORT=, DATA_DIR=bureau)"
	@echo "make demo   load the demonstration into an empty database, without serving it"
	@echo "make test   everything: lint, types, import directions, SQLite, PostgreSQL, Chromium"
	@echo "make lint   the first three of these"
	@echo "make bench  side by side with the peers named in bench/README.md"
	@echo "make battery 10,000 visits with photos while the server is killed 10 times: nothing lost, nothing twice, both engines"
	@echo "make mutants changes the rules one at a time and prints what no test notices (MUTANTS=figures restricts)"
	@echo "make images the screenshots of docs/images"
	@echo "make qgis   QGIS without a screen reads /ogc/; what it asked goes into docs/ogc.md"
	@echo "make messages gathers the texts for locale/en, and compiles what is translated there"

# A set of pinned requirements is installed once and again when the files change.
.venv/.installed-requirements: requirements.txt
	@scripts/install.sh requirements.txt $@

.venv/.installed-requirements-dev: requirements.txt requirements-dev.txt
	@scripts/install.sh requirements-dev.txt $@

run: .venv/.installed-requirements
	@scripts/run.sh

bureau: .venv/.installed-requirements
	@scripts/run.sh bureau

demo: .venv/.installed-requirements
	@umask 077; $(BIN)/python manage.py migrate --verbosity 0 && $(BIN)/python manage.py demo

test: .venv/.installed-requirements-dev
	@scripts/test.sh

lint: .venv/.installed-requirements-dev
	@scripts/lint.sh

bench: .venv/.installed-requirements-dev
	@scripts/system_packages.sh
	$(BIN)/python -m bench
	$(BIN)/python -m bench.kept
	$(BIN)/python -m bench.visits
	$(BIN)/python -m bench.storing
	$(BIN)/python -m bench.documents
	$(BIN)/python -m bench.map
	$(BIN)/python -m bench.map_page

battery: .venv/.installed-requirements-dev
	DATABASE_URL= $(BIN)/python -m tests.battery
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m tests.battery
	DATABASE_URL= AT_ONCE_TIMES=500 $(BIN)/python -m pytest -q tests/field/test_at_once.py
	AT_ONCE_TIMES=500 $(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest -q tests/field/test_at_once.py

mutants: .venv/.installed-requirements-dev
	$(BIN)/python -m tests.mutants $(MUTANTS)

images: .venv/.installed-requirements-dev
	@scripts/system_packages.sh
	$(BIN)/python -m tests.browser.screenshots

messages: .venv/.installed-requirements-dev
	@scripts/system_packages.sh
	$(BIN)/python manage.py makemessages --locale=en --no-location --ignore=.venv --ignore=tests --ignore=var --ignore=bureau
	$(BIN)/python manage.py compilemessages --locale=en --locale=zh_Hans --ignore=.venv

qgis: .venv/.installed-requirements-dev
	@scripts/qgis.sh
