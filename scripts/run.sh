#!/usr/bin/env bash
# Migrations, the demonstration if the database is empty, then a production server. A second start keeps the data.
set -euo pipefail
manage() { .venv/bin/python manage.py "$@"; }

manage migrate --verbosity 0
manage demo --if-empty
manage collectstatic --noinput --verbosity 0
exec .venv/bin/gunicorn --config config/gunicorn.py config.wsgi
