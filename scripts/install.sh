#!/usr/bin/env bash
# install.sh REQUIREMENTS STAMP: the virtual environment with the pinned requirements.
set -euo pipefail
python="${PYTHON:-python3}"
"$python" -c 'import sys; sys.exit(f"Python 3.11 or newer is needed, this is {sys.version}" if sys.version_info < (3, 11) else 0)'
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "Installing $1 …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$1"
touch "$2"
