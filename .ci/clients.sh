#!/usr/bin/env bash
# Installs the clients that the tests borrow (Node's ws and playwright-core, Python's websockets
# and prometheus_client) into target/clients.
# Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
home=target/clients
need() { command -v "$1" >/dev/null || { echo "clients: $1 is missing: apt-get install $2" >&2; exit 1; }; }
need node nodejs; need npm npm; need python3 "python3 python3-venv"

if ! cmp -s tests/clients/package-lock.json $home/package-lock.json; then
  mkdir -p $home
  cp tests/clients/package.json tests/clients/package-lock.json $home/
  # The lock file says "installed" only once it is.
  npm ci --prefix $home --no-fund --no-audit --silent || { rm -f $home/package-lock.json; exit 1; }
fi
if ! cmp -s tests/clients/requirements.txt $home/requirements.txt; then
  python3 -m venv $home/venv || { echo "clients: venv is missing: apt-get install python3-venv" >&2; exit 1; }
  $home/venv/bin/pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
  cp tests/clients/requirements.txt $home/
fi
