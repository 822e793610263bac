#!/usr/bin/env bash
# What the browser, translation and document tests need from the system: installed when missing, or said by name.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
command -v msgfmt >/dev/null || missing+=(gettext)
command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui) # opens, prints and saves our Word files
grep -qi 'CJK' <<<"$(fc-list 2>/dev/null)" || missing+=(fonts-noto-cjk) # a pipe into grep -q would fail at random
compgen -G '/usr/lib*/libreoffice/program/libsclo.so' >/dev/null || missing+=(libreoffice-calc-nogui) # recalculates filled forms
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "These system packages are missing: ${missing[*]}. Install them (Debian: sudo apt-get install ${missing[*]}) and run again." >&2
  exit 1
fi
echo "Installing ${missing[*]} …"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" fontconfig >/dev/null
