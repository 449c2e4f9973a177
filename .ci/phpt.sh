#!/usr/bin/env bash
# The PHP tests: runs tests-phpt/ with PHP's own runner. Arguments: folders or files (default: all).
# SWOOLE_SO: test this extension instead of building one.  SWOOLE_PROFILE: the cargo profile to build with.
# PHPT_JOBS: how many at once (4: most of them wait for somebody).  PHPT_JIT=1: with opcache and an eager tracing JIT, which believes every declared type.
# PHPT_MODE=process: servers that do not say in their constructor in which mode they run, run in SWOOLE_PROCESS.
# PHPT_PHP: what runs the scripts of tests and servers instead of PHP (valgrind.sh).  PHPT_SLOWNESS: how many times slower that is.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ -z "${SWOOLE_SO:-}" ]; then
    .ci/build.sh || exit 1
    SWOOLE_SO=modules/swoole.so
fi
so=$(realpath "$SWOOLE_SO")

php=${PHP:-php}
config=${PHP_CONFIG:-php-config}
for folder in "$("$config" --prefix)/lib/php/$("$config" --phpapi)" "$("$config" --extension-dir)" "$("$config" --prefix)/lib/php"; do
    runner=$folder/build/run-tests.php
    [ ! -f "$runner" ] || break
done
[ -f "$runner" ] || { echo "run-tests.php not found; it comes with PHP's headers (php-dev)"; exit 1; }

jit=()
if [ -n "${PHPT_JIT:-}" ]; then
    jit=(-d "zend_extension=$("$config" --extension-dir)/opcache.so" -d opcache.enable_cli=1
        -d opcache.jit=tracing -d opcache.jit_buffer_size=32M -d opcache.jit_hot_func=2 -d opcache.jit_hot_loop=2)
fi

tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(tests-phpt)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# -n: no php.ini, so that nothing but the extension under test is loaded.
TEST_PHP_EXECUTABLE=$(command -v "${PHPT_PHP:-$php}") NO_INTERACTION=1 "$php" -n "$runner" -n -q "-j${PHPT_JOBS:-4}" --show-diff \
    "${jit[@]}" -d "extension=$so" "${tests[@]}" >"$log" 2>&1
status=$?

count() { sed -nE "s/^Tests $1 +: +([0-9]+).*/\1/p" "$log" | tail -1; }
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
if [ $status -ne 0 ] || [ "${failed:-1}" -ne 0 ] || [ "${passed:-0}" -eq 0 ]; then
    [ "${failed:-0}" -ne 0 ] || failed=1
    status=1
    cat "$log"
fi
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit $status
