#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds a release and runs the server in the foreground. Ctrl-C or SIGTERM stops it cleanly.
set -eu
cd "$(dirname "$0")/.."
. deploy/packages.sh

usage() {
    cat <<'TEXT'
sh deploy/run.sh [OPTION…]

  (no option)        run the server on its own private PostgreSQL; the first start makes certificate, site and
                     administrator and prints how to sign in
  --database URL     use a PostgreSQL that is already there
  --demo             run it with a site full of people, whose logins are printed
  --demo --once      play one scripted day with eight people, print the timeline, exit 0 if everybody got all
  --build-only       install and build, nothing more
  --help             this text

Every other option goes to frontdeskd: build/release/server/frontdeskd --help
TEXT
}

demo=no once=no build_only=no count=$#
while [ "$count" -gt 0 ]; do
    option=$1
    shift
    count=$((count - 1))
    case $option in
    --demo) demo=yes ;;
    --once) once=yes ;;
    --build-only) build_only=yes ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) set -- "$@" "$option" ;;
    esac
done
if [ "$once" = yes ] && [ "$demo" = no ]; then
    echo "--once belongs to --demo: sh deploy/run.sh --demo --once" >&2
    exit 2
fi

# shellcheck disable=SC2086 # lists of names
packages_require $packages_build $packages_run

build=build/release
log=build/logs/release.log
mkdir -p build/logs
echo "Building (log: $log) …"
if ! { cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release &&
    cmake --build "$build" --target frontdeskd frontdeskctl frontdesk; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The build failed; the whole log: $log" >&2
    exit 1
fi
[ "$build_only" = no ] || exit 0

if [ "$demo" = no ]; then exec "$build/server/frontdeskd" "$@"; fi
if [ "$once" = yes ]; then exec python3 deploy/demo/day.py "$@"; fi
exec python3 deploy/demo/site.py "$@"
