#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs every test: plain and under the sanitizers, the lint rules, the fuzz targets.
# The last line sums up; the exit status is 0 only if nothing failed. Logs stay under build/logs.
set -u
cd "$(dirname "$0")/.." || exit 1
. deploy/packages.sh

usage() {
    cat <<'TEXT'
sh tests/run.sh [--quick | --sanitize-only]

  --quick          release build only: no sanitizers, no clang-tidy, no fuzzing
  --sanitize-only  only the build with AddressSanitizer and UndefinedBehaviorSanitizer
TEXT
}

plain=yes sanitize=yes fuzz=yes
for option in "$@"; do
    case $option in
    --quick) sanitize=no fuzz=no ;;
    --sanitize-only) plain=no fuzz=no ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
done

# shellcheck disable=SC2086 # lists of names
packages_require $packages_build $packages_run $packages_test

logs=build/logs
mkdir -p "$logs" || exit 1
jobs=$(nproc)
fuzz_seconds=${FUZZ_SECONDS:-10}
started_s=$(date +%s)
passed=0 failed=0 skipped=0
failures=

child=
trap 'if [ -n "$child" ]; then kill "$child" 2>/dev/null; wait "$child"; fi; exit 130' INT TERM

# step NAME COMMAND…: runs it into its log and shows where it stands every 10 s.
step() {
    name=$1
    shift
    log=$logs/$name.log
    step_started_s=$(date +%s)
    echo "$name …"
    "$@" >"$log" 2>&1 &
    child=$!
    seconds=0
    while kill -0 "$child" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        if [ $((seconds % 10)) -eq 0 ]; then echo "    $seconds s: $(tail -n 1 "$log" | cut -c1-100)"; fi
    done
    wait "$child"
    outcome=$?
    child=
    word=ok
    [ $outcome -eq 0 ] || word=FAILED
    echo "    $word after $(($(date +%s) - step_started_s)) s"
    return $outcome
}

failure() {
    failed=$((failed + 1))
    failures="$failures
  $1"
}

# build FOLDER TARGET CMAKE_OPTION…: a build that fails counts as one failure, since no test behind it ran.
build() {
    directory=$1
    shift
    target=$1
    shift
    if step "$directory-configure" cmake -S . -B "build/$directory" -G Ninja "$@" &&
        step "$directory-build" cmake --build "build/$directory" -j "$jobs" --target "$target"; then
        return 0
    fi
    tail -n 30 "$log"
    failure "$directory: does not build, see $log"
    return 1
}

# tests FOLDER PART CTEST_OPTION…: adds what ctest counted: "97% tests passed, 3 tests failed out of 100", and a line "(Skipped)" for each one skipped.
tests() {
    directory=$1
    part=$2
    shift 2
    step "$directory-$part" ctest --test-dir "build/$directory" --output-on-failure -j "$jobs" "$@"
    outcome=$?
    summary=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests* failed out of \([0-9]*\)$/\1 \2/p' "$log" | tail -n 1)
    if [ -z "$summary" ]; then
        failure "$directory: ctest did not finish, see $log"
        return
    fi
    bad=${summary% *} all=${summary#* }
    left_out=$(grep -c '^[[:space:]]*[0-9]* - .* (Skipped)$' "$log")
    failed=$((failed + bad)) skipped=$((skipped + left_out)) passed=$((passed + all - bad - left_out))
    if [ "$bad" -ne 0 ]; then
        failures="$failures
$(sed -n "/ (Skipped)/d; s/^[[:space:]]*[0-9]* - \(.*\) ([^)]*).*\$/  $directory: \1/p" "$log")"
        # What each failed test said, from its line to the next test's.
        awk '/\*\*\*(Failed|Timeout|Exception|Not Run)/ { left = 40 }
            /^ *(Start +[0-9]+:|[0-9]+\/[0-9]+ Test)/ && !/\*\*\*/ { left = 0 }
            left-- > 0' "$log"
    elif [ "$outcome" -ne 0 ] || [ "$all" -eq 0 ]; then
        failure "$directory: ctest said $outcome after $all tests, see $log"
    fi
}

# Every target runs for a while, from its seeds and what earlier runs have found.
fuzz_smoke() {
    folder=build/test-fuzz/tests/fuzz
    for seeds in "$folder"/seeds/*/; do
        name=$(basename "$seeds")
        target=fuzz-$name
        program=$folder/$target
        corpus=build/test-fuzz/corpus/$name
        mkdir -p "$corpus"
        set -- "$corpus" "$seeds"
        if step "$target" "$program" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 \
            -print_final_stats=1 -artifact_prefix="build/test-fuzz/" "$@"; then
            passed=$((passed + 1))
        else
            failure "$target: see $log"
            tail -n 30 "$log"
        fi
    done
}

if [ "$plain" = yes ]; then
    if build test-release all -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON; then
        if [ "$fuzz" = yes ]; then tests test-release tests -LE fault; else tests test-release tests -LE 'fault|slow-lint'; fi
        # A machine that was busy for a moment is no fault of theirs: they may try twice.
        tests test-release fault-tests -L fault --repeat until-pass:2
    fi
fi
if [ "$sanitize" = yes ]; then
    if build test-asan all -DCMAKE_BUILD_TYPE=Debug -DFRONTDESK_SANITIZE=ON; then
        tests test-asan tests -LE 'lint|fault'
        tests test-asan fault-tests -L fault -LE timed --repeat until-pass:2
    fi
fi
if [ "$fuzz" = yes ]; then
    if build test-fuzz fuzz -DCMAKE_C_COMPILER=clang -DFRONTDESK_FUZZ=ON; then
        fuzz_smoke
    fi
fi

echo
[ -z "$failures" ] || echo "Failed:$failures"
echo "Took $((($(date +%s) - started_s) / 60)) min $((($(date +%s) - started_s) % 60)) s; logs: $logs"
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
