#!/usr/bin/env bash
# Runs the Autobahn test suite (517 cases) against an echo server and compares the verdicts with the committed ones.
#
#   .ci/conformance.sh                       the PHP echo server with modules/swoole.so, all cases
#   .ci/conformance.sh '1.*' '6.4.*'         only these cases
#   .ci/conformance.sh --accept              rewrite the committed verdicts
#   --server 'CMD {port}' --expected FILE    another server, and its own verdicts (kept out of conformance/expected.json)
#   --jobs N                                 cases in flight at a time (default: the number of cores)
set -euo pipefail
cd "$(dirname "$0")/.."

server= expected=conformance/expected.json accept= cases=() jobs=$(nproc)
while [ $# -gt 0 ]; do
  case $1 in
    --accept) accept=--accept ;;
    --server) server=$2; shift ;;
    --expected) expected=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    -*) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) cases+=(--cases "$1") ;;
  esac
  shift
done
if [ -z "$server" ]; then
  [ -n "${SWOOLE_SO:-}" ] || .ci/build.sh
  server="php -n -d extension=${SWOOLE_SO:-$PWD/modules/swoole.so} conformance/echo.php {port}"
fi

# The client is built once and again whenever its recipe changes.
recipe=$(cat conformance/autobahn* | sha256sum | cut -c1-16)
client=target/autobahn-$recipe
if [ ! -e "$client/ready" ]; then
  rm -rf "$client"
  conformance/autobahn-setup.sh "$client" >&2
  touch "$client/ready"
fi
python=$client/venv/bin/python

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
out=artifacts/conformance
rm -rf "$out"; mkdir -p "$out"
command=${server//'{port}'/$port}
setsid bash -c "exec $command" >"$out/server.log" 2>&1 &
pid=$!
stop() { kill -TERM -- "-$pid" 2>/dev/null || true; sleep 0.5; kill -KILL -- "-$pid" 2>/dev/null || true; }
trap stop EXIT
for ((i = 0; i < 200; i++)); do
  kill -0 "$pid" 2>/dev/null || break
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.05
done
kill -0 "$pid" 2>/dev/null || { echo "conformance: the server did not start: $command" >&2; cat "$out/server.log" >&2; exit 1; }

echo "conformance: $command"
start=$SECONDS
# The client's own exit code only says that a case failed; the judge says whether that was expected.
"$client/wstest-fuzzingclient" --url "ws://127.0.0.1:$port" --agent server --outdir "$out" --jobs "$jobs" --no-html -q \
  ${cases[@]+"${cases[@]}"} >"$out/client.log" || true
grep '^case\|^note' "$out/client.log" | head -20 || true
kill -0 "$pid" 2>/dev/null || { echo "conformance: the server died; its last words:"; tail -20 "$out/server.log"; }
echo "$((SECONDS - start)) s, reports in $out"
"$python" conformance/judge.py "$out/summary.json" "$expected" $accept
