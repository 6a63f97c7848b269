#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures frontdeskd beside pgbench, mosquitto, nats-server and bare loops on this machine, prints tables and what
# became of the goals, and keeps it all under tests/bench/results. How to read it: tests/bench/README.md.
# sh tests/bench/run.sh [--quick] [--rounds N] [--seconds S] [--only NAME]...
set -eu
cd "$(dirname "$0")/../.."
. deploy/packages.sh
# shellcheck disable=SC2086 # lists of names
packages_require $packages_build $packages_run $packages_bench
mkdir -p build/logs
if ! { cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release &&
    cmake --build build/release --target frontdeskd bench-load bench-bare; } >build/logs/bench-build.log 2>&1; then
    tail -n 30 build/logs/bench-build.log >&2
    exit 1
fi
exec python3 tests/bench/run.py build/release "$@"
