#!/usr/bin/env bash
# An hour's worth of clients in minutes: they connect, talk and leave in every way there is. Then nothing may be left:
# no descriptor, session, coroutine or timer, and no more memory than after the first quarter. Then the same, shorter,
# under valgrind, which must find nothing lost and nothing invalid.
#   VISITS: connections in all (100 000, with ten messages each).  SWOOLE_SO: test this extension.
set -euo pipefail
cd "$(dirname "$0")/.."
visits=${VISITS:-100000}
[ -n "${SWOOLE_SO:-}" ] || .ci/build.sh
so=$(realpath "${SWOOLE_SO:-modules/swoole.so}")
command -v valgrind >/dev/null || { echo "churn: valgrind is missing: apt-get install valgrind" >&2; exit 1; }
cargo build -q --release --manifest-path benches/load/Cargo.toml --target-dir target/load

churn() { target/load/release/load churn --bytes 32 --depth 4 "$@" >/dev/null; }
server="php -n -d extension=$so benches/php/churn.php {port}"
churn --connections 16 --visits "$visits" --scenario 'one worker' --server "$server 1"
churn --connections 16 --visits "$visits" --scenario 'three workers' --server "$server 3"
churn --connections 16 --visits $((visits / 10)) --scenario 'compressed' --deflate --server "$server 1"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# PHP's own allocator would hide what is lost inside of its pages.
memcheck="env USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1 valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=99 --num-callers=30 --log-file=$log"
churn --connections 8 --visits 300 --growth-kb-max 100000 --scenario 'under valgrind' --server "$memcheck $server 1"
grep 'ERROR SUMMARY' "$log"
grep -q 'ERROR SUMMARY: 0 errors' "$log" || { cat "$log"; exit 1; }
echo "churn: nothing left behind"
