#!/usr/bin/env bash
# Migrations, then a production server; before it the demonstration if the database is empty. As `run.sh bureau` without
# the demonstration, in a DATA_DIR of its own, with its first administrator. A second start keeps the data. A port that
# is taken is said before anything is made.
set -euo pipefail
manage() { .venv/bin/python manage.py "$@"; }
given() { [ -n "${!1:-}" ] || grep -qsE "^(export )?$1=." "${ENV_FILE:-.env}"; }

if [ "${1:-}" = bureau ] && ! given DATA_DIR; then export DATA_DIR=bureau; fi
umask 077 # what stands in DATA_DIR is read by its owner alone
.venv/bin/python scripts/before_serving.py "${1:-run}"
manage migrate --verbosity 0
if [ "${1:-}" = bureau ]; then
  manage first_admin admin --name 系统管理员 --generate --if-none
  given BUREAU_NAME || echo "页首和通知书上还没有本单位的名称：停下后用 make bureau BUREAU_NAME=某某县教育局 启动，或把它写进 .env。"
else
  manage demo --if-empty
fi
manage collectstatic --noinput --verbosity 0
exec .venv/bin/gunicorn --config config/gunicorn.py config.wsgi
