#!/usr/bin/env bash
# Style, types and the direction of imports.
set -euo pipefail
echo "== lint";    .venv/bin/ruff check . && .venv/bin/ruff format --check --quiet .
echo "== types";   .venv/bin/mypy
echo "== imports"; .venv/bin/lint-imports --no-cache
