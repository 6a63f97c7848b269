# SPDX-License-Identifier: Apache-2.0
"""Plays the same work against frontdeskd and its yardsticks, in turns, and compares medians.

Servers and their databases run on one core, whoever asks on the other. Wall time on a small machine is noise, so the
processor time of the server for each operation stands beside it.

usage: run.py BUILD_FOLDER [--quick] [--rounds N] [--seconds S] [--only NAME]...
"""
import argparse
import datetime
import json
import os
import platform
import resource
import shutil
import sys

import lines
import pushes
import registrations
from report import Progress, show_goals
from servers import Mosquitto, Nats
from yardstick import PGBENCH

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = 12000  # descriptors: five thousand connections, on either side, and room

# name: seconds it takes in full, what measures it, what prints it, what it is held against
MEASUREMENTS = {
    "registrations": (360, registrations.one_site, registrations.show_one_site, registrations.goals_of_one_site),
    "sites": (330, registrations.many_sites, registrations.show_many_sites, registrations.goals_of_many_sites),
    "push": (500, pushes.push, pushes.show_push, pushes.goals_of_push),
    "latency": (240, pushes.latency, pushes.show_latency, pushes.goals_of_latency),
    "memory": (200, lines.memory, lines.show_memory, lines.goals_of_memory),
    "connect": (100, lines.connect, lines.show_connect, lines.goals_of_connect),
    "storm": (150, lines.storm, lines.show_storm, None),
    "replay": (60, lines.replay, lines.show_replay, None),
    "whole": (60, pushes.whole, pushes.show_whole, pushes.goals_of_whole),
}


class Full:
    """Figures to stand behind, within 40 minutes."""

    rounds, seconds = 5, 4
    clients, busy = (1, 4, 16, 64, 128), 64
    pgbench_clients = (1, 4, 8, 16, 32, 64, 128)
    sites, sites_rounds, sites_pgbench_clients = (10, 100, 1000), 3, (8, 16, 32, 64, 128)
    subscribers = {10: (300, 4000), 100: (200, 1600), 1000: (40, 160)}  # publications one by one, and 16 at a time
    commands = 1000
    latency, latency_rounds = (1000, 20, 200), 3  # subscribers, publications a second, publications
    connections, memory_rounds = (1000, 5000), 3
    connects = 1000
    storm, storm_rounds, storm_events = 5000, 3, 5
    replay, replay_ring = 10000, 200
    whole = (50, 300)  # desks, registrations


class Quick:
    """That it all still works; the figures mean nothing."""

    rounds, seconds = 1, 1
    clients, busy = (1, 8), 8
    pgbench_clients = (1, 8)
    sites, sites_rounds, sites_pgbench_clients = (2, 30), 1, (8,)
    subscribers = {10: (20, 64)}
    commands = 50
    latency, latency_rounds = (50, 20, 20), 1
    connections, memory_rounds = (50, 100), 1
    connects = 40
    storm, storm_rounds, storm_events = 100, 1, 2
    replay, replay_ring = 400, 100
    whole = (20, 20)


def processor_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")


def raise_file_limit(plan):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    most = max(plan.storm, *plan.connections)
    if wanted < most + 200:
        sys.exit(f"{most} connections need more file descriptors than {hard}: raise the limit (ulimit -Hn {FILES}).")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def missing():
    return [name for name in (Mosquitto.program, Nats.program, PGBENCH, "psql", "openssl", "taskset")
            if shutil.which(name) is None]


def keep(report):
    results = os.path.join(HERE, "results")
    os.makedirs(results, exist_ok=True)
    path = os.path.join(results, datetime.datetime.now().strftime("%Y%m%d-%H%M%S.json"))
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1, ensure_ascii=False)
    print(f"\nKept in {os.path.relpath(path)}")


def measure(plan, names, report):
    progress = Progress({name: MEASUREMENTS[name][0] for name in names})
    goals = []
    for name in names:
        _, play, show, judge = MEASUREMENTS[name]
        report[name] = play(plan, progress)
        show(report[name])
        if judge:
            goals += judge(plan, report[name])
        sys.stdout.flush()
    if goals:
        show_goals(goals)
    report["goals"] = goals


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true", help="tiny: does everything still work")
    parser.add_argument("--rounds", type=int, help="of each measurement")
    parser.add_argument("--seconds", type=int, help="of each step that is played for a time")
    parser.add_argument("--only", choices=MEASUREMENTS, action="append", help="may be given several times")
    options = parser.parse_args()
    plan = Quick() if options.quick else Full()
    plan.build = options.build
    if options.rounds:
        plan.rounds = plan.sites_rounds = plan.latency_rounds = plan.memory_rounds = plan.storm_rounds = options.rounds
    plan.seconds = options.seconds or plan.seconds
    if os.cpu_count() < 2:
        print("The server and whoever asks need a core each.", file=sys.stderr)
        sys.exit(77)
    if absent := missing():
        print("Not installed: " + ", ".join(absent), file=sys.stderr)
        sys.exit(77)
    raise_file_limit(plan)
    report = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "processor": processor_name(), "cores": os.cpu_count(), "kernel": platform.release(),
              "quick": options.quick, "rounds": plan.rounds, "seconds": plan.seconds}
    names = [name for name in MEASUREMENTS if not options.only or name in options.only]
    measure(plan, names, report)
    if not options.quick:
        keep(report)


if __name__ == "__main__":
    main()
