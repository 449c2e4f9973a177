#!/usr/bin/env bash
# The PHP tests, with their servers and workers, under a PHP with --enable-debug and AddressSanitizer, in both modes.
# Each mode twice: with the system's allocator AddressSanitizer sees whatever touches what is not there (any more); with
# PHP's own the engine says at the end what was lost, and checks what it is given.
# That PHP is built once, in a quarter of an hour, from Debian's source package into target/asan.
# Arguments: folders or files (default: all).  ASAN_MODES, ASAN_HEAPS: only these.  PHPT_JOBS: as for phpt.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
home=$PWD/target/asan

fetch() { # Leaves PHP's own archive in $home. The machine's sources of packages, asked for source packages, in a folder of its own.
    local version package file apt=$home/apt
    package=php$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
    mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/$(basename "$file")"
    done
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' >"$apt/sources.list"
    local options=(-qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts="$apt/parts"
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update || return 1
    # A mirror may not have the newest any more, or not yet.
    for version in $(apt-cache "${options[@]}" showsrc "$package" | sed -n 's/^Version: //p' | sort -Vr); do
        (cd "$home" && apt-get "${options[@]}" source --download-only --tar-only "$package=$version") && return
    done
    echo "asan: there is no source package of $package" >&2
    return 1
}

build_php() {
    local missing=() tool
    for tool in gcc make pkg-config xz:xz-utils; do
        command -v "${tool%:*}" >/dev/null || missing+=("${tool#*:}")
    done
    [ -f /usr/include/zlib.h ] || missing+=(zlib1g-dev)
    [ -f /usr/include/openssl/ssl.h ] || missing+=(libssl-dev)
    if [ ${#missing[@]} -gt 0 ]; then
        [ "$(id -u)" = 0 ] || { echo "asan: missing: ${missing[*]}. Install them, then run this again." >&2; return 1; }
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" || return 1
    fi
    compgen -G "$home/*.orig.tar.xz" >/dev/null || fetch || return 1
    rm -rf "$home/src" && mkdir -p "$home/src"
    tar -xf "$(compgen -G "$home/*.orig.tar.xz" | sort -V | tail -1)" -C "$home/src" --strip-components=1 || return 1
    # Sockets is a module of its own, as in Debian: the extension's names for its constants are not needed beside it.
    (cd "$home/src" && ./configure -q --prefix="$home/php" --disable-all --enable-cli --disable-cgi --disable-phpdbg \
        --enable-debug --enable-address-sanitizer --enable-posix --enable-pcntl --enable-sockets=shared --enable-ctype \
        --enable-tokenizer --enable-filter --enable-session --enable-mbstring --disable-mbregex --enable-opcache \
        --with-zlib --with-openssl CFLAGS='-g -fno-omit-frame-pointer' &&
        nice make -s -j"$(nproc)" EXTRA_CFLAGS=-O1 && make -s install)
}

if [ ! -x "$home/php/bin/php" ]; then
    mkdir -p "$home"
    echo "asan: building PHP in target/asan"
    build_php >"$home/build.log" 2>&1 || { tail -30 "$home/build.log"; exit 1; }
fi
# What the build runs of that PHP leaves its tables behind, as PHP does.
export PHP=$home/php/bin/php PHP_CONFIG=$home/php/bin/php-config ASAN_OPTIONS=detect_leaks=0
CARGO_TARGET_DIR=$home/cargo cargo rustc --quiet --profile fast --lib --crate-type cdylib --features php || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SWOOLE_SO=$home/cargo/fast/libswoole.so PHPT_SLOWNESS=4 PHPT_OUTPUTS=$work/outputs TEST_TIMEOUT=300
# detect_leaks: PHP gives its tables back as a whole, and processes end in the middle of coroutines; valgrind.sh looks for those.
# detect_stack_use_after_return: frames that lie elsewhere do not go together with stacks of one's own.
# verify_asan_link_order: tests put libraries of their own in front.
asan_options=detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1:verify_asan_link_order=0

status=0 passed=0 failed=0 skipped=0
for mode in ${ASAN_MODES:-base process}; do
    for heap in ${ASAN_HEAPS:-system php}; do
        rm -rf "$work"/* && mkdir -p "$work/reports" "$work/outputs" && chmod -R a+rwX "$work"
        start=$SECONDS
        env PHPT_MODE=$mode USE_ZEND_ALLOC=$([ $heap = system ] && echo 0 || echo 1) \
            ASAN_OPTIONS=$asan_options:log_path="$work/reports/asan" .ci/phpt.sh "$@" >"$work/out" 2>&1
        read -r p f s < <(tail -1 "$work/out" | sed -E 's/([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped.*/\1 \2 \3/')
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        # What the engine found, in the outputs of servers and of tests.
        grep -ahE 'Freeing 0x[0-9a-f]+ \(|memory leaks detected|Arginfo / zpp mismatch|Assertion .* failed' \
            -r "$work/outputs" "$work/out" >"$work/reports/engine"
        found=$(find "$work/reports" -type f -size +0 | wc -l)
        echo "asan: $mode, heap of $heap: $p passed, $f failed, $s skipped, $found reports  ($((SECONDS - start))s)"
        if [ "$f" -ne 0 ] || [ "$found" -ne 0 ]; then
            status=1
            sed -n '/^FAILED TEST SUMMARY/,/^=====/p' "$work/out"
            find "$work/reports" -type f -size +0 -exec head -c 6000 {} \;
            mkdir -p artifacts/asan && cp -r "$work/reports" "$work/out" artifacts/asan/
        fi
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
