#!/usr/bin/env bash
# Installs what the build needs and the machine lacks, and where it may what tests like. Quick when nothing is missing; run by the other scripts.
set -euo pipefail

packages=()
command -v php >/dev/null || packages+=(php8.2-cli)
command -v php-config >/dev/null || packages+=(php8.2-dev)
# The C interface is wanted (libclang.so, libclang-14.so.1); libclang-cpp.so, which linkers bring along, does not serve.
compgen -G "${LIBCLANG_PATH:-/nonexistent}/libclang[-.][s0-9]*" >/dev/null ||
    compgen -G '/usr/lib/llvm-*/lib/libclang[-.][s0-9]*' >/dev/null ||
    compgen -G '/usr/lib/*/libclang[-.][s0-9]*.so*' >/dev/null || packages+=(libclang-dev)
command -v cc >/dev/null || packages+=(gcc libc6-dev)

if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "setup: missing: ${packages[*]} (Debian's names; any PHP 8.1-8.5 NTS with its headers will do). Install them, then run this again." >&2
        exit 1
    fi
    echo "setup: installing ${packages[*]}"
    log=$(mktemp)
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"; } >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    rm -f "$log"
fi

# For tests that take away what a server needs, or talk to somebody else's: they skip where these are missing.
extras=()
php=php$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
php -n -d extension=mbstring -r 'exit(extension_loaded("mbstring") ? 0 : 1);' 2>/dev/null || extras+=("$php-mbstring")
compgen -G '/usr/sbin/php-fpm*' >/dev/null || extras+=("$php-fpm")
command -v strace >/dev/null || extras+=(strace)
command -v valgrind >/dev/null || extras+=(valgrind)
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || extras+=(faketime)
if [ ${#extras[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${extras[@]}"; } >/dev/null 2>&1 ||
        echo "setup: without ${extras[*]} some tests skip" >&2
fi

if ! command -v cargo >/dev/null; then
    echo "setup: cargo is missing; install Rust 1.90 or newer (rustup)." >&2
    exit 1
fi
php -r 'exit(PHP_VERSION_ID >= 80100 && PHP_VERSION_ID < 80600 && !PHP_ZTS ? 0 : 1);' || {
    echo "setup: PHP $(php -r 'echo PHP_VERSION, PHP_ZTS ? " ZTS" : "";') is not supported; PHP 8.1 to 8.5 NTS is." >&2
    exit 1
}
