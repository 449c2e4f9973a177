#!/usr/bin/env bash
# Copies the extension to PHP's extension folder and enables it for the CLI. PREFIX-like variables: EXTENSION_DIR, CONF_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/build.sh

extension_dir=${EXTENSION_DIR:-$(php-config --extension-dir)}
conf_dir=${CONF_DIR:-$(php -r 'echo PHP_CONFIG_FILE_SCAN_DIR;')}
mkdir -p "$extension_dir"
install -m 0644 modules/swoole.so "$extension_dir/swoole.so"
echo "install: $extension_dir/swoole.so"
if [ -n "$conf_dir" ] && mkdir -p "$conf_dir" 2>/dev/null && [ -w "$conf_dir" ]; then
    # 25: after the extensions it looks at (sockets, pcntl are 20).
    echo "extension=$extension_dir/swoole.so" >"$conf_dir/25-swoole.ini"
    echo "install: $conf_dir/25-swoole.ini"
else
    echo "install: add 'extension=$extension_dir/swoole.so' to your php.ini"
fi
