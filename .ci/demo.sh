#!/usr/bin/env bash
# Sets up, builds and starts the chat; PORT chooses another port. Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/build.sh
export PORT=${PORT:-9501}
if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
  echo "demo: port $PORT is taken; try PORT=$((PORT + 1)) make demo" >&2
  exit 1
fi
exec php -n -d "extension=$PWD/modules/swoole.so" examples/chat.php
