#!/usr/bin/env bash
# Builds the Autobahn test suite's fuzzing client (a client that breaks every rule of RFC 6455 and 7692 on purpose).
#
#   conformance/autobahn-setup.sh DIR      DIR: an empty or absent folder
#   DIR/wstest-fuzzingclient --url ws://127.0.0.1:9001 --agent NAME --outdir OUT
#
# The suite is written for Python 2. Both of its packages are fetched at pinned versions, checked by sha256, and
# converted by lib2to3 with the patches in autobahn_convert.py. Environment: PYTHON (3.8 to 3.12), PIP_* as usual.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"; dest=$(cd "$1" && pwd)
if [ -n "$(ls -A "$dest")" ]; then echo "$0: $dest is not empty" >&2; exit 2; fi

supported='import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 12))'
for python in ${PYTHON:-python3.11 python3.12 python3.10 python3}; do
  "$python" -c "$supported" 2>/dev/null && break
  python=
done
[ -n "$python" ] || { echo "$0: Python 3.8 to 3.12 is needed: apt-get install python3 python3-venv" >&2; exit 1; }

echo "[1/4] virtual environment"
"$python" -m venv "$dest/venv" || { echo "$0: venv is missing: apt-get install python3-venv" >&2; exit 1; }
pip=("$dest/venv/bin/python" -m pip --disable-pip-version-check -q)
"${pip[@]}" install --only-binary :all: \
  twisted==24.11.0 txaio==23.1.1 six==1.16.0 zope.interface==7.2 attrs==24.2.0 \
  automat==24.8.1 constantly==23.10.4 hyperlink==21.0.0 idna==3.10 \
  incremental==24.7.2 typing_extensions==4.12.2 setuptools==69.5.1 wheel==0.43.0

echo "[2/4] the suite's sources"
mkdir -p "$dest/dl"
"${pip[@]}" download --no-deps --no-binary :all: --no-build-isolation -d "$dest/dl" \
  autobahn==0.10.9 autobahntestsuite==25.10.1
(cd "$dest/dl" && sha256sum -c --quiet <<'SUMS'
3fecc1e2a26a0421128ddcfb4e577f0bc669dd65d0e0fdad1c773965cbcef75a  autobahn-0.10.9.tar.gz
b083d6e15330fc16f3e5f0975cce2b15f21bfa0c6db09547316b1852c6dbd6df  autobahntestsuite-25.10.1.tar.gz
SUMS
)
# lib2to3 left Python's library in 3.13 and some distributions earlier; fissix is the same tool.
"$dest/venv/bin/python" -W ignore -c 'import lib2to3' 2>/dev/null || "${pip[@]}" install fissix==24.4.24

echo "[3/4] conversion to Python 3"
"$dest/venv/bin/python" "$here/autobahn_convert.py" "$dest"
cp "$here/autobahn_runner.py" "$dest/runner.py"
cat > "$dest/wstest-fuzzingclient" <<'SH'
#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
exec "$here/venv/bin/python" -W ignore "$here/runner.py" "$@"
SH
chmod +x "$dest/wstest-fuzzingclient"

echo "[4/4] check"
cases=$("$dest/wstest-fuzzingclient" --list | wc -l)
[ "$cases" -eq 517 ] || { echo "$0: expected 517 cases, got $cases" >&2; exit 1; }
echo "ok: $dest/wstest-fuzzingclient ($cases cases)"
