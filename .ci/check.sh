#!/usr/bin/env bash
# fmt, clippy and the rules of the house (tests/tidy.rs: layers, unsafe, file sizes).
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/setup.sh
cargo fmt --check
cargo clippy --quiet --no-default-features --all-targets -- -D warnings
cargo clippy --quiet --no-default-features --features net --all-targets -- -D warnings
cargo clippy --quiet --features php --lib -- -D warnings
# Not part of this crate, so nothing else would notice when it no longer builds.
cargo check --quiet --manifest-path benches/load/Cargo.toml --target-dir target/load
cargo test --quiet --no-default-features --test tidy >/dev/null || cargo test --no-default-features --test tidy
for script in .ci/*.sh .ci/run; do bash -n "$script"; done
echo "check: clean"
