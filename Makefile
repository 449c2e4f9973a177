# An index of .ci/: each target is one script, and CI runs nothing but `make test`.
.PHONY: help setup build dev test check demo bench churn valgrind asan conformance fuzz stubs install clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20

setup: ## install what is missing (PHP with headers, libclang)
	@.ci/setup.sh

build: ## leave the extension in modules/swoole.so
	@.ci/build.sh

dev: ## the same, quicker to link and slower to run
	@SWOOLE_PROFILE=fast .ci/build.sh

test: ## prove the tree: check, Rust tests, build, phpt, examples
	@.ci/test.sh

check: ## fmt, clippy, layers
	@.ci/check.sh

demo: ## set up, build and start the chat
	@.ci/demo.sh

bench: ## measure beside other servers, write benches/README.md (long)
	@.ci/bench.sh

churn: ## clients that come and go by the hundred thousand, and valgrind (long)
	@.ci/churn.sh

valgrind: ## the PHP tests under valgrind, servers and workers too (hours)
	@.ci/valgrind.sh

asan: ## the PHP tests under a debug build of PHP with AddressSanitizer (long)
	@.ci/asan.sh

conformance: ## the Autobahn suite against the PHP echo server (long)
	@.ci/conformance.sh

fuzz: ## each fuzz target for FUZZ_SECONDS (long)
	@.ci/fuzz.sh

stubs: ## compare php-stubs/ with the extension, both ways
	@.ci/stubs.sh

install: ## copy the extension to PHP's extension folder and enable it
	@.ci/install.sh

clean: ## remove what the build made
	@rm -rf target modules artifacts
