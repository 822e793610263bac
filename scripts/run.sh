#!/usr/bin/env bash
# Migrations, the demonstration if the database is empty, then a production server. A second start keeps the data.
set -euo pipefail
if [ -f .env ]; then set -a; . ./.env; set +a; fi
port="${PORT:-8000}"
data="${DATA_DIR:-var}"
manage() { .venv/bin/python manage.py "$@"; }

mkdir -p "$data"
manage migrate --verbosity 0
manage demo --if-empty
manage collectstatic --noinput --verbosity 0
cat <<TEXT

  校外培训机构排查整治  http://127.0.0.1:$port/

  demonstration accounts (password yueqing-demo-2018):
    inspector   巡查员,柳市镇        taskforce   整治专班,乐清市
    supervisor  领导,温州市          auditor     审计,温州市          admin  系统管理员

  Ctrl-C stops it. Data is kept in $data/.

TEXT
exec .venv/bin/gunicorn config.wsgi --bind "127.0.0.1:$port" --workers "${WEB_WORKERS:-2}" --threads 4 \
  --timeout 120 --graceful-timeout 20 --max-requests 5000 --max-requests-jitter 500 --preload --log-level warning
