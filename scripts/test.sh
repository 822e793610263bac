#!/usr/bin/env bash
# Every lane; the first that fails ends the run. No lane is skipped: one that cannot run fails with the reason.
set -euo pipefail
# What a developer has set for the server is not what is tested: no .env, no database or folder of theirs.
unset SECRET_KEY ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS HTTPS DEBUG BUREAU_NAME API_RATE REPORT_TEMPLATE REPORT_FONT_DIR PORT
export ENV_FILE=/dev/null DATABASE_URL=
DATA_DIR="$(mktemp -d)"; export DATA_DIR
trap 'rm -rf "$DATA_DIR"' EXIT
workers="${TEST_WORKERS:-$(nproc)}"
pytest=(.venv/bin/python -m pytest -q)

# Days are those of Asia/Shanghai, and many tests take today's once: a lane that would run over its midnight waits for it.
# It is taken to last twenty minutes, or half as long again as the longest before it.
longest=1200
lane() {
  if [ $((SECONDS * 3 / 2)) -gt "$longest" ]; then longest=$((SECONDS * 3 / 2)); fi
  local left=$((86400 - ($(date +%s) + 8 * 3600) % 86400))
  if [ "$left" -lt "$longest" ]; then echo "== midnight in Shanghai is $left s away: waiting"; sleep "$left"; fi
  echo "== $1"
  SECONDS=0
}

scripts/system_packages.sh
scripts/lint.sh
lane SQLite;     "${pytest[@]}" -n "$workers" --dist loadfile --ignore tests/browser
# Of those that ask no database the six that take longest say the same on either engine.
no_database=(--ignore=tests/{accounts/test_audit_words,inspections/test_picture_memory,test_no_dead_ends}.py)
no_database+=(--ignore=tests/mapping/{test_boundary_files,test_boundary_refusals,test_gdal_reads}.py)
lane PostgreSQL
.venv/bin/python scripts/with_postgres.py "${pytest[@]}" -n "$workers" --dist loadfile --ignore tests/browser \
  "${no_database[@]}"
lane Chromium;   "${pytest[@]}" -n "$workers" --dist loadfile tests/browser
