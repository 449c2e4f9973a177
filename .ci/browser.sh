#!/usr/bin/env bash
# Drives the demo (examples/chat.php) in Chromium with two people talking; screenshots stay in artifacts/.
set -euo pipefail
cd "$(dirname "$0")/.."
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$CHROMIUM" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "browser: installing chromium" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >&2
  CHROMIUM=$(command -v chromium)
fi
[ -n "$CHROMIUM" ] || { echo "browser: Chromium is missing: apt-get install chromium" >&2; exit 1; }
.ci/clients.sh
[ -n "${SWOOLE_SO:-}${CHAT_COMMAND:-}" ] || .ci/build.sh
export CHROMIUM NODE_PATH=$PWD/target/clients/node_modules
exec node tests/browser/chat.cjs
