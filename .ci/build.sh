#!/usr/bin/env bash
# Leaves the extension in modules/swoole.so. Does nothing when it is up to date (cargo decides).
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/setup.sh

profile=${SWOOLE_PROFILE:-release}
# One crate type: cargo drops LTO without a word when cdylib and rlib are built together.
cargo rustc --quiet --profile "$profile" --lib --crate-type cdylib --features php
mkdir -p modules
built=target/$profile/libswoole.so
cmp -s "$built" modules/swoole.so || { cp "$built" modules/swoole.so.new && mv modules/swoole.so.new modules/swoole.so; }
