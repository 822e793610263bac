#!/usr/bin/env bash
# install.sh REQUIREMENTS STAMP: the virtual environment with the pinned requirements.
set -euo pipefail

# The first interpreter that is new enough; PYTHON names another one.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed; looked for: ${PYTHON:-python3 python3.13 python3.12 python3.11}." \
    "PYTHON=/path/to/python3 names it." >&2
  return 1
}

# An environment without pip is what a failed or interrupted start leaves behind.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python="$(find_python)"
  "$python" -m venv --clear .venv || {
    echo "The virtual environment could not be made (see above). On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
  }
fi
echo "Installing $1 …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$1"
touch "$2"
