#!/usr/bin/env bash
# The cycle collector under valgrind, for a minute: objects of every class in rings, callbacks in every place that keeps
# one, each capturing what it belongs to and collecting when it is called; in coroutines and not, servers in both modes.
# Nothing may be touched that is not there (any more); what is lost is valgrind.sh's.
# SWOOLE_SO: test this extension.
set -uo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "torture: without valgrind it is skipped"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
[ -n "${SWOOLE_SO:-}" ] || .ci/build.sh || exit 1
export SWOOLE_SO=$(realpath "${SWOOLE_SO:-modules/swoole.so}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# torture NAME COMMAND...: one run, whose processes say what they find in a folder of its own. True when that is nothing.
torture() {
    local name=$1 folder=$work/$1 status=0
    shift
    mkdir -p "$folder"
    printf '#!/bin/sh\nexec valgrind -q --vgdb=no --num-callers=20 --max-stackframe=500000 --suppressions=%s --log-file=%s/%%p.log %s -d pcre.jit=0 "$@"\n' \
        "$PWD/.ci/valgrind.supp" "$folder" "${PHP:-php}" >"$folder/php"
    chmod +x "$folder/php"
    # PHP's own allocator would hide what happens inside of its pages.
    TEST_PHP_EXECUTABLE=$folder/php PHPT_SLOWNESS=20 USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1 \
        timeout 300 "${@/#VALGRIND/$folder/php}" >"$folder/out" 2>&1 || status=$?
    [ $status -eq 0 ] && [ "$(cat "$folder/out")" = done ] && [ -z "$(find "$folder" -name '*.log' -size +0)" ] && return
    echo "torture: $name, status $status"
    head -c 5000 "$folder/out"
    find "$folder" -name '*.log' -size +0 -exec head -60 {} \;
    return 1
}

objects() { torture "objects-$1" VALGRIND -n -d "extension=$SWOOLE_SO" tests/torture/objects.php "$1"; }
server() { PHPT_MODE=$1 torture "server-$1-$2" "${PHP:-php}" -n tests/torture/server.php "$2"; }

runs=()
start() { "$@" >"$work/${*// /-}.said" 2>&1 & runs+=("$! $work/${*// /-}.said"); }
start objects inside
start objects outside
for mode in base process; do
    for coroutines in true false; do
        start server $mode $coroutines
    done
done
passed=0 failed=0
for run in "${runs[@]}"; do
    if wait "${run%% *}"; then passed=$((passed + 1)); else failed=$((failed + 1)); cat "${run#* }"; fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
