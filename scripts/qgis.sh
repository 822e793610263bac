#!/usr/bin/env bash
# QGIS without a screen reads /ogc/ of a real server, and what it asked goes into docs/ogc.md. Installs Debian's QGIS.
set -euo pipefail
if ! /usr/bin/python3 -c "import qgis.core" 2>/dev/null; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "QGIS is missing. Install it (Debian: sudo apt-get install python3-qgis qgis-providers) and run again." >&2
    exit 1
  fi
  echo "Installing QGIS …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-qgis qgis-providers >/dev/null
fi
exec .venv/bin/python -m tests.mapping.record_requests qgis
