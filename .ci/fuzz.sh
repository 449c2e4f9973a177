#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (30) and fails on a finding, whose input it leaves in fuzz/artifacts/.
#
#   .ci/fuzz.sh                         all targets of fuzz/Cargo.toml
#   .ci/fuzz.sh connection header       only these
#
# The stable toolchain is enough: coverage is a pass of LLVM, and no sanitizer is needed where `unsafe` is forbidden.
# New inputs gather in fuzz/corpus/ (not committed); the starting points are in fuzz/seeds/.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-30}
for tool in cargo c++; do
  command -v $tool >/dev/null || { echo "fuzz: $tool is missing (Debian: apt-get install g++; Rust from rustup)" >&2; exit 1; }
done

if [ $# -gt 0 ]; then targets=("$@"); else
  mapfile -t targets < <(sed -n '/^\[\[bin\]\]/,/^$/s/^name = "\(.*\)"/\1/p' fuzz/Cargo.toml)
fi

# What cargo-fuzz passes as well. A --target keeps the flags away from build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
cargo build --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir target/fuzz

failed=0
for target in "${targets[@]}"; do
  corpus=fuzz/corpus/$target artifacts=fuzz/artifacts/$target log=fuzz/artifacts/$target.log
  mkdir -p "$corpus" "$artifacts" "fuzz/seeds/$target"
  if "target/fuzz/$host/release/$target" "$corpus" "fuzz/seeds/$target" -max_total_time="$seconds" -max_len=24576 \
    -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$artifacts/" -print_final_stats=1 >"$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "fuzz $target: $runs runs in $seconds s, no finding"
  else
    failed=$((failed + 1))
    tail -40 "$log"
    echo "fuzz $target: FINDING, the input is in $artifacts/"
  fi
done
echo "$((${#targets[@]} - failed)) passed, $failed failed"
[ $failed -eq 0 ]
