#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Long runs of the fuzz targets, one at a time at the lowest priority, those first that read what strangers send. What
# was found before is begun from; a target whose run came to its end is not run again: to begin anew, remove
# build/fuzz-long. Prints executions and coverage of each at the end; the exit status is 0 only if nothing was found.
#   sh tests/fuzz/long.sh [SECONDS]     each target for so long, 1800 by default
set -u
cd "$(dirname "$0")/../.." || exit 1

seconds=${1:-1800}
case $seconds in
'' | *[!0-9]*)
    echo "usage: sh tests/fuzz/long.sh [SECONDS]" >&2
    exit 2
    ;;
esac
first="session message frame server_frame control anchor audit_anchors rule rows csv mapping settings"
built=build/test-fuzz/tests/fuzz
long=build/fuzz-long
mkdir -p "$long/programs" "$long/corpus" || exit 1

# The targets are run as they are now: a build meanwhile changes nothing.
if ! { cmake -S . -B build/test-fuzz -G Ninja -DCMAKE_C_COMPILER=clang -DFRONTDESK_FUZZ=ON &&
    nice -n 19 cmake --build build/test-fuzz --target fuzz; } >"$long/build.log" 2>&1; then
    echo "does not build, see $long/build.log" >&2
    exit 1
fi
targets=$first
for seeds in "$built"/seeds/*/; do
    name=$(basename "$seeds")
    case " $targets " in *" $name "*) ;; *) targets="$targets $name" ;; esac
done

child=
trap 'if [ -n "$child" ]; then kill "$child" 2>/dev/null; wait "$child"; fi; exit 130' INT TERM

# number NAME KEY: from the final statistics of its log.
number() {
    sed -n "s/^stat::$2: *\([0-9]*\)\$/\1/p" "$long/$1.log" | tail -n 1
}

coverage() {
    sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$long/$1.log" | tail -n 1
}

run() {
    name=$1
    mkdir -p "$long/corpus/$name"
    cp "$built/fuzz-$name" "$long/programs/fuzz-$name" || return 1
    rm -rf "$long/seeds-$name"
    cp -R "$built/seeds/$name" "$long/seeds-$name" || return 1
    nice -n 19 "$long/programs/fuzz-$name" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=8192 \
        -print_final_stats=1 -artifact_prefix="$long/$name-" "$long/corpus/$name" "$long/seeds-$name" \
        >"$long/$name.log" 2>&1 &
    child=$!
    waited=0
    while kill -0 "$child" 2>/dev/null; do
        sleep 1
        waited=$((waited + 1))
        if [ $((waited % 60)) -eq 0 ]; then
            echo "    $name $waited of $seconds s: $(tail -n 1 "$long/$name.log" | cut -c1-100)"
        fi
    done
    wait "$child"
    outcome=$?
    child=
    return $outcome
}

found=0
for name in $targets; do
    if [ -e "$long/$name.done" ]; then
        echo "$name: done before"
        continue
    fi
    echo "$name …"
    if run "$name"; then
        : >"$long/$name.done"
    else
        found=$((found + 1))
        echo "    FOUND: see $long/$name.log and the input $long/$name-*"
    fi
done

echo
for name in $targets; do
    word=ok
    [ -e "$long/$name.done" ] || word=FOUND
    printf '%-15s %-6s %12s executions, coverage %s\n' "$name" "$word" \
        "$(number "$name" number_of_executed_units)" "$(coverage "$name")"
done
[ "$found" -eq 0 ]
