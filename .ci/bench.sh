#!/usr/bin/env bash
# Runs our server beside Bun, Node `ws` and a bare fastwebsockets echo, in turn, and writes the tables and the chart
# into benches/README.md. Builds what is missing.
#
#   .ci/bench.sh                        everything, about ten minutes
#   ONLY='echo, 32 B' .ci/bench.sh      the scenarios whose name contains the text; writes nothing, prints the table
#   ONLY=coroutines .ci/bench.sh        what coroutines cost, beside their bars; one that is missed is an error
#   ONLY=tasks .ci/bench.sh             100 000 tasks, none lost and all in order, and the kernel's part in them
#   ROUNDS=9 MEASURED_MS=3000           longer, for quieter medians
#   SERVERS='ours engine'               other servers: ours, process (ours with SWOOLE_PROCESS), engine (ours without PHP), fastwebsockets, bun, ws
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-5} measured=${MEASURED_MS:-2000} only=${ONLY:-}
servers=${SERVERS:-ours fastwebsockets bun ws}
lib=${SWOOLE_SO:-modules/swoole.so}

need() { command -v "$1" >/dev/null || { echo "bench: $1 is missing: apt-get install $2" >&2; exit 1; }; }
need cargo cargo; need php php-cli
coroutines() { php -n -d memory_limit=1G -d extension="$lib" benches/php/coroutine.php; }
tasks() {
  php -n -d extension="$lib" benches/php/task.php 100000
  cargo bench -q --no-default-features --features net --bench pipe
}
if [[ $only == coroutines || $only == tasks ]]; then
  [[ -n ${SWOOLE_SO:-} ]] || .ci/build.sh
  "$only"
  exit
fi
[[ " $servers " != *" ours "* || -n ${SWOOLE_SO:-} ]] || .ci/build.sh
cargo build -q --release --manifest-path benches/load/Cargo.toml --target-dir target/load
if [[ $servers == *bun* || $servers == *ws* ]]; then
  need node nodejs; need npm npm
  if ! cmp -s benches/peers/package-lock.json target/peers/package-lock.json; then
    mkdir -p target/peers
    cp benches/peers/package.json benches/peers/package-lock.json target/peers/
    npm ci --prefix target/peers --no-fund --no-audit --silent || { rm -f target/peers/package-lock.json; exit 1; }
  fi
fi
export PATH="$PWD/target/load/release:$PATH"
bun=target/peers/node_modules/.bin/bun
# Bun's program comes inside its npm package; without it the others still run.
if [[ " $servers " == *" bun "* ]] && ! $bun --version >/dev/null 2>&1; then
  echo "bench: the npm package bun brought no program for this machine; going on without it" >&2
  servers=${servers//bun/}
fi

# The command that serves a task (echo, deflate, broadcast), or nothing where the server cannot.
command_of() {
  case "$1 $2" in
    "ours broadcast") echo "php -n -d extension=$lib benches/php/broadcast.php {port}" ;;
    ours*) echo "php -n -d extension=$lib benches/php/echo.php {port} $2" ;;
    "process broadcast") ;;
    process*) echo "php -n -d extension=$lib benches/php/echo.php {port} $2 process" ;;
    engine*) echo "target/load/release/echo-engine {port} $2" ;;
    "fastwebsockets echo") echo "target/load/release/echo-fastwebsockets {port}" ;;
    bun*) echo "$bun benches/peers/bun.js {port} $2" ;;
    ws*) echo "env NODE_PATH=target/peers/node_modules node benches/peers/ws.cjs {port} $2" ;;
  esac
}

runs=$(mktemp)
trap 'rm -f "$runs"' EXIT

# scenario NAME TASK ROUNDS MODE ARGS...: the servers take turns within each round, each time the other way round: nobody
# always comes after the one that heats the processor.
scenario() {
  local name=$1 task=$2 times=$3 server command order
  shift 3
  [[ $name == *"$only"* ]] || return 0
  for ((round = 1; round <= times; round++)); do
    order=$servers
    ((round % 2)) || order=$(tr ' ' '\n' <<<"$servers" | tac | tr '\n' ' ')
    for server in $order; do
      command=$(command_of "$server" "$task")
      [[ -n $command ]] || continue
      load "$@" --server "$command" --label "$server" --scenario "$name" --measured-ms "$measured" >>"$runs"
    done
  done
}

scenario 'echo, 32 B' echo "$rounds" echo --connections 64 --bytes 32
scenario 'echo, 32 B, 16 in flight' echo "$rounds" echo --connections 64 --bytes 32 --depth 16
scenario 'echo, 16 KiB' echo "$rounds" echo --connections 64 --bytes 16384
scenario 'echo, 1 MiB' echo "$rounds" echo --connections 8 --bytes 1048576
scenario 'echo, 1 KiB of JSON, compressed' deflate "$rounds" echo --connections 64 --bytes 1024 --deflate
scenario 'broadcast, 64 B to 1000' broadcast "$rounds" broadcast --connections 1000 --bytes 64
scenario 'connect, handshake, close' echo "$rounds" connect --connections 16
scenario '10 000 idle connections' echo 1 idle --connections 10000 --burst-bytes 120000
scenario '300 clients that never read' echo 1 stall --connections 300 --bytes 65536

[[ -s $runs ]] || { echo "bench: no scenario is called like $only" >&2; exit 1; }
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
about="$(nproc) cores, ${cpu:-unknown processor}, Linux $(uname -r | cut -d- -f1); PHP $(php -nr 'echo PHP_VERSION;')"
[[ $servers != *ws* ]] || about+=", Node $(node -p process.versions.node) with ws $(node -p "require('./target/peers/node_modules/ws/package.json').version")"
[[ $servers != *bun* ]] || about+=", Bun $($bun --version)"
if [[ -n $only ]]; then
  report "$runs" /dev/stderr /dev/null "$about." 2>/dev/null
else
  cp "$runs" target/load/runs.jsonl
  report "$runs" benches/README.md benches/servers.svg "$about."
fi
[[ -n $only || " $servers " != *" ours "* ]] || { coroutines; tasks; }
