#!/usr/bin/env bash
# Style, types and the direction of imports.
set -euo pipefail
# One command a line: what stands before && does not end the run when it fails.
echo "== lint";    .venv/bin/ruff check .; .venv/bin/ruff format --check --quiet .
echo "== types";   .venv/bin/mypy
echo "== imports"; .venv/bin/lint-imports --no-cache
