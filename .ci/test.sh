#!/usr/bin/env bash
# The one command that proves the tree: checks, Rust tests, the build, phpt, the collector under valgrind, examples. Prints closing totals.
# Every part runs even when an earlier one failed, so that one run shows all that is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
.ci/setup.sh || exit 1

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0 skipped=0 broken=()

# part NAME COMMAND...: runs one part, shows its output when it fails, adds its totals ("N passed, N failed[, N skipped]" or cargo's).
part() {
    local name=$1 log=$logs/$1 start=$SECONDS status=0
    shift
    "$@" >"$log" 2>&1 || status=$?
    local totals
    totals=$(sed -nE 's/.*[^0-9]([0-9]+) passed[;,] ([0-9]+) failed([;,] ([0-9]+) (skipped|ignored))?.*/\1 \2 \4/p; s/^([0-9]+) passed[;,] ([0-9]+) failed([;,] ([0-9]+) (skipped|ignored))?.*/\1 \2 \4/p' "$log" |
        awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}')
    read -r p f s <<<"$totals"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ $status -ne 0 ]; then
        broken+=("$name")
        cat "$log"
    fi
    printf '%-28s %s  %d passed, %d failed, %d skipped  (%ds)\n' "$name" "$([ $status -eq 0 ] && echo ok || echo FAILED)" "$p" "$f" "$s" $((SECONDS - start))
}

part check .ci/check.sh
part protocol cargo test --no-default-features
part engine cargo test --no-default-features --features net
part build .ci/build.sh
part phpt env SWOOLE_SO=modules/swoole.so .ci/phpt.sh
part phpt-jit-process env SWOOLE_SO=modules/swoole.so PHPT_JIT=1 PHPT_MODE=process .ci/phpt.sh
part torture env SWOOLE_SO=modules/swoole.so .ci/torture.sh
part examples env SWOOLE_SO=modules/swoole.so .ci/examples.sh
part browser env SWOOLE_SO=modules/swoole.so .ci/browser.sh

echo
if [ ${#broken[@]} -gt 0 ]; then
    [ "$failed" -gt 0 ] || failed=${#broken[@]}
    echo "failed parts: ${broken[*]}"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
