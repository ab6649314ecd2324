# Newsroom. `make demo` shows it, `make test` proves it; `make` alone lists the rest.
# Needs python3 >= 3.12 (or pyenv) and nothing else of ours: everything lands in .venv and var/.

PORT ?= 8000
PYTHON := .venv/bin/python
# The shell's own LANGUAGE may be "de_DE:de:en" or "en_US": only its first two letters count.
DEMO_LANGUAGE := $(if $(filter de%,$(firstword $(subst :, ,$(LANGUAGE)))),de,en)

# Compiled where it is used: the repository holds no binaries.
german := newsroom/locale/de/LC_MESSAGES/django.mo

.DEFAULT_GOAL := help
.PHONY: help demo setup run serve test lint check bench screenshots audit messages pins clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/installed $(german) ## serve a filled newsroom (PORT=8000, LANGUAGE=de for the German one)
	@mkdir -p var
	@$(demo_environment) $(PYTHON) manage.py migrate --verbosity 0
	@$(demo_environment) $(PYTHON) manage.py demo
	@echo
	@echo "The newsroom: http://127.0.0.1:$(PORT)/   The desk: http://127.0.0.1:$(PORT)/admin/   Stop: Ctrl+C"
	@exec env $(demo_environment) $(development_server)

setup: .venv/installed-dev $(german) ## install everything and prepare your own database (var/newsroom.sqlite3)
	@mkdir -p var
	@DEBUG=1 $(PYTHON) manage.py migrate --verbosity 1

run: .venv/installed $(german) ## serve your own database for development
	@mkdir -p var
	@DEBUG=1 $(PYTHON) manage.py migrate --verbosity 0
	@exec env DEBUG=1 $(development_server)

serve: .venv/installed $(german) ## serve your own database as a server would: page cache, hashed files
	@mkdir -p var
	@test -s var/secret-key || (umask 077; $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))" > var/secret-key)
	@$(production) $(PYTHON) manage.py collectstatic --no-input --verbosity 0
	@$(production) $(PYTHON) manage.py migrate --verbosity 0
	@echo "http://127.0.0.1:$(PORT)/   Stop: Ctrl+C"
	@exec env $(production) $(call beside_tick,$(PYTHON) manage.py serve)

test: .venv/installed-dev .venv/node/installed $(german) ## the whole suite: SQLite, PostgreSQL, browser
	@$(PYTHON) -m tests.run

lint: .venv/installed-dev ## style, types, house rules; no tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy newsroom articles comments jobs
	.venv/bin/lint-imports --no-logo
	.venv/bin/djade --check --target-version 6.1 $$(git ls-files --cached --others --exclude-standard 'templates/*.html')
	DEBUG=1 $(PYTHON) manage.py makemigrations --check --dry-run
	DEBUG=1 $(PYTHON) manage.py messages --check

check: lint test ## everything that has to be green before a push

bench: .venv/installed-dev ## figures: speed and golden sets, kept in var/bench.json (PARTS="pages search", ARTICLES=5000)
	@$(PYTHON) -m tests.bench $(PARTS)

screenshots: .venv/installed-dev $(german) ## every page and screen into var/screenshots (NAMES="front job*", SIZES="tablet wide", MEDIA=print, SITE_LANGUAGE=en)
	@$(PYTHON) -m tests.audit.screenshots

audit: .venv/installed-dev .venv/node/installed $(german) ## axe-core and the Nu checker on all of them, Lighthouse on the main ones (NAMES, SITE_LANGUAGE)
	@WHOLE=1 DJANGO_ALLOW_ASYNC_UNSAFE=true DATABASE_URL=sqlite:///unused.sqlite3 $(PYTHON) -m pytest -q tests/audit -m node
	@$(PYTHON) -m tests.audit.lighthouse

messages: .venv/installed-dev ## bring the German catalogue in step with the code, compile it
	@DEBUG=1 $(PYTHON) manage.py messages

pins: ## take new versions into requirements*.txt (needs uv)
	uv pip compile pyproject.toml --upgrade --output-file requirements.txt $(pin_options)
	uv pip compile pyproject.toml --extra redis --extra s3 --upgrade --constraints requirements.txt --output-file requirements-machines.txt $(pin_options)
	uv pip compile pyproject.toml --group dev --upgrade --constraints requirements-machines.txt --output-file requirements-dev.txt $(pin_options)

clean: ## remove .venv and what tools leave behind; var/ with your data stays
	rm -rf .venv staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The output of uv names no package host this way; files on both sides hold for every platform.
pin_options = --universal --generate-hashes --python-version 3.12 --no-emit-index-url --custom-compile-command "make pins" --quiet

demo_environment = DEBUG=1 LANGUAGE_CODE=$(DEMO_LANGUAGE) EMAIL_URL=file://$(CURDIR)/var/demo-$(DEMO_LANGUAGE)-mail \
	DATABASE_URL=sqlite:///$(CURDIR)/var/demo-$(DEMO_LANGUAGE).sqlite3 MEDIA_ROOT=$(CURDIR)/var/demo-$(DEMO_LANGUAGE)-media

# The key is for this machine only: a real server has its own in .env.
production = DEBUG=0 SECRET_KEY="$${SECRET_KEY:-$$(cat var/secret-key)}" SITE_URL=http://127.0.0.1:$(PORT) BIND=127.0.0.1:$(PORT)

# A server and the background loop beside it; both end when either the server or make does.
beside_tick = sh -c '\
	trap "exit 0" INT TERM; trap "kill \$$web \$$tick 2>/dev/null; wait" EXIT; \
	$(PYTHON) manage.py tick --loop & tick=$$!; \
	$(1) & web=$$!; \
	wait $$web'
development_server = $(call beside_tick,$(PYTHON) manage.py runserver --noreload 127.0.0.1:$(PORT))

$(german): newsroom/locale/de/LC_MESSAGES/django.po | .venv/installed
	@DEBUG=1 $(PYTHON) manage.py messages --compile

.venv/bin/python:
	@for python in python3.13 python3 "$$HOME"/.pyenv/versions/3.13*/bin/python3 python3.14 python3.12 "$$(pyenv which python3 2>/dev/null)"; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
			echo "Making .venv with $$("$$python" --version)"; \
			"$$python" -m venv .venv && exit 0; \
			echo "This Python cannot make virtual environments (on Debian: apt install python3-venv)."; \
			rm -rf .venv; exit 1; \
		fi; \
	done; \
	echo "Newsroom needs Python 3.12 or newer, as python3 or by pyenv (see .python-version)."; exit 1

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing $< …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The development set holds the other one, in the same versions.
.venv/installed-dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing $< …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch .venv/installed $@

# What tests take from the npm registry. Without npm they are left out, and the suite says so.
.venv/node/installed: tests/node/package.json | .venv/bin/python
	@mkdir -p $(@D)
	@if command -v npm >/dev/null; then \
		echo "Installing $< …"; \
		cp $< $(@D)/package.json; \
		npm install --prefix $(@D) --no-package-lock --ignore-scripts --no-audit --no-fund --silent && touch $@ \
			|| echo "npm could not install it."; \
	fi
