#!/usr/bin/env bash
# Compares php-stubs/ with the extension, both ways, and shows every difference.
# SWOOLE_SO: compare with this extension instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${SWOOLE_SO:-}" ]; then
    .ci/build.sh
    SWOOLE_SO=modules/swoole.so
fi
broken=$(find php-stubs -name '*.php' -exec "${PHP:-php}" -n -l {} \; 2>&1 | grep -v '^No syntax errors' || true)
[ -z "$broken" ] || { echo "$broken"; exit 1; }
"${PHP:-php}" -n -d "extension=$(realpath "$SWOOLE_SO")" tests-phpt/01_module/stubs.inc
