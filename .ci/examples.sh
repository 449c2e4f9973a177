#!/usr/bin/env bash
# Runs every example against clients not written here (Node's ws, Python's websockets) and prints closing totals.
#   .ci/examples.sh [TEXT...]     only those whose name contains one of the texts
set -uo pipefail
cd "$(dirname "$0")/.."
.ci/clients.sh || exit 1
[ -n "${SWOOLE_SO:-}" ] || .ci/build.sh || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
NODE_PATH=$PWD/target/clients/node_modules node tests/examples/examples.cjs "$@" >"$log" || status=1
target/clients/venv/bin/python tests/examples/examples.py "$@" >>"$log" || status=1
# The other way round: our client against their servers.
NODE_PATH=$PWD/target/clients/node_modules node tests/examples/client.cjs "$@" >>"$log" || status=1
target/clients/venv/bin/python tests/examples/client.py "$@" >>"$log" || status=1
grep -vE '^[0-9]+ passed' "$log"
awk '/^[0-9]+ passed/ {p += $1; f += $3; s += $5} END {printf "%d passed, %d failed, %d skipped\n", p, f, s}' "$log"
exit $status
