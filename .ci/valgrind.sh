#!/usr/bin/env bash
# The PHP tests under valgrind, with their servers and workers: hours. Nothing may be touched that is not there or not
# written yet, and nothing of ours be lost; what is known of PHP is in valgrind.supp.
# A test that fails is named and does not count: most of those count milliseconds or megabytes.
# Arguments: folders or files (default: each folder).  SWOOLE_SO: test this extension.  PHPT_MODE=process: as for phpt.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "valgrind: it is missing: apt-get install valgrind" >&2; exit 1; }
[ -n "${SWOOLE_SO:-}" ] || .ci/build.sh || exit 1
export SWOOLE_SO=$(realpath "${SWOOLE_SO:-modules/swoole.so}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A stack of a coroutine may lie closer to another one than valgrind thinks stacks do.
cat >"$work/php" <<SCRIPT
#!/bin/sh
exec valgrind -q --vgdb=no --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --num-callers=30 \\
    --max-stackframe=500000 --suppressions=$PWD/.ci/valgrind.supp --log-file=$work/logs/%p.log ${PHP:-php} -d pcre.jit=0 "\$@"
SCRIPT
chmod +x "$work/php"
# PHP's own allocator would hide what happens inside of its pages.
export PHPT_PHP=$work/php PHPT_SLOWNESS=20 PHPT_JOBS=${PHPT_JOBS:-2} TEST_TIMEOUT=1800 USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1

[ $# -gt 0 ] || set -- tests-phpt/[0-9]*
status=0
for tests in "$@"; do
    mkdir -p "$work/logs"
    # Servers may become somebody else.
    chmod -R a+rwX "$work"
    nice .ci/phpt.sh "$tests" >"$work/out" 2>&1
    dirty=$(find "$work/logs" -name '*.log' -size +0 | wc -l)
    echo "$tests: $(tail -1 "$work/out"); $(find "$work/logs" -name '*.log' | wc -l) processes, $dirty with errors"
    sed -n '/^FAILED TEST SUMMARY/,/^=====/s/.*\[\(.*\.phpt\)\].*/    failed: \1/p' "$work/out"
    if [ "$dirty" -gt 0 ]; then
        status=1
        find "$work/logs" -name '*.log' -size +0 -exec cat {} +
    fi
    rm -rf "$work/logs"
done
exit $status
