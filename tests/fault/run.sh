#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves promises under faults, in their full form: real servers, real PostgreSQL, killed, cut and put back.
# Builds what it needs, shows how far it is, prints a verdict for each room and keeps its figures under build/fault.
set -eu
cd "$(dirname "$0")/../.."
. deploy/packages.sh

usage() {
    cat <<'TEXT'
sh tests/fault/run.sh NAME... [--rounds N]

  durable   an acknowledged record is on disk                  500 kills of server or PostgreSQL
  once      one request key, one effect                        1000 keys, 64 times each, and a cut at every byte
  complete  every desk gets every event once and in order      1000000 events to 300 desks on 2 nodes
  resume    resuming has no hole, or begins with a snapshot    10000 resumes racing with the archive
  history   a cursor of another history is never accepted      100 times: old copies put back, a standby promoted
  slow      a slow desk hurts only itself                      10 times alone and beside 30 that take nothing
  strangers strangers cost little                              2000 that stop at every step
  memory    memory is bounded                                  5000 connections, and 30 hours of work pressed
  away      while the database is away one is told so          12 times, from 1 s to 10 min: 36 min in all
  latency   commit to desk is short                            60 s of load, then 60 s without notifications
  sweep     every call may fail                                each call of each step, once
  all       one after the other

  --rounds N   fewer or more: kills, keys, events, resumes, times

What was drawn by chance in a run is drawn again with FRONTDESK_FAULT_SEED=N, as the run prints it at its start.
TEXT
}

full_form() {
    case $1 in
    durable) echo 500 ;;
    once) echo 1000 ;;
    complete) echo 1000000 ;;
    resume) echo 10000 ;;
    history) echo 100 ;;
    slow) echo 10 ;;
    strangers) echo 2000 ;;
    memory) echo 5000 ;;
    away) echo 12 ;;
    latency) echo 60 ;;
    sweep) echo 20000 ;;
    esac
}

rooms='' targets='' rounds=''
while [ $# -gt 0 ]; do
    case $1 in
    durable | once | complete | resume | history | slow | strangers | memory | away | latency | sweep) rooms="$rooms $1" ;;
    all) rooms='durable once complete resume history slow strangers memory away latency sweep' ;;
    --rounds)
        [ $# -gt 1 ] || { usage >&2 && exit 2; }
        shift
        rounds=$1
        ;;
    --help | -h) usage && exit 0 ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    shift
done
if [ -z "$rooms" ]; then
    usage
    exit 0
fi

# shellcheck disable=SC2086 # lists of names
packages_require $packages_build $packages_run

for room in $rooms; do targets="$targets fault-$room"; done
results=$PWD/build/fault
mkdir -p "$results" build/logs
echo 'building …'
# shellcheck disable=SC2086 # a list of names
if ! { cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release &&
    cmake --build build/release --target $targets; } >build/logs/fault-build.log 2>&1; then
    tail -n 30 build/logs/fault-build.log >&2
    exit 1
fi

failed=0
for room in $rooms; do
    # What a room says goes to stderr: progress, verdict, and whatever it missed. The rest is the test frame's.
    if ! FRONTDESK_FAULT_RESULTS=$results "build/release/tests/fault/fault-$room" \
        --rounds "${rounds:-$(full_form "$room")}" >"$results/$room.log"; then
        failed=1
        tail -n 20 "$results/$room.log" >&2
    fi
done
exit $failed
