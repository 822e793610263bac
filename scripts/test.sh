#!/usr/bin/env bash
# Every lane; the first that fails ends the run. No lane is skipped: one that cannot run fails with the reason.
set -euo pipefail
export DATA_DIR; DATA_DIR="$(mktemp -d)"
trap 'rm -rf "$DATA_DIR"' EXIT
unset DATABASE_URL
workers="${TEST_WORKERS:-$(nproc)}"
pytest=(.venv/bin/python -m pytest -q)

scripts/system_packages.sh
scripts/lint.sh
echo "== SQLite";     "${pytest[@]}" -n "$workers" --dist loadfile --ignore tests/browser
echo "== PostgreSQL"; .venv/bin/python scripts/with_postgres.py "${pytest[@]}" -n "$workers" --dist loadfile --ignore tests/browser
echo "== Chromium";   "${pytest[@]}" tests/browser
