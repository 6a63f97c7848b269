# SPDX-License-Identifier: Apache-2.0
"""Plays the same work against frontdeskd and its yardsticks, in turns, and compares medians.

Servers and their databases run on one core, whoever asks on the other. Wall time on a small machine is noise, so the
processor time of the server for each operation stands beside it.

usage: run.py BUILD_FOLDER [--rounds N] [--seconds S] [--only registrations|push|memory]
"""
import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import sys

from servers import Frontdesk, Load, Mosquitto, processor_us, resident_kb
from yardstick import pgbench

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = (1, 4, 16, 64)
SUBSCRIBERS = {10: (300, 4000), 100: (200, 1000), 1000: (40, 120)}  # publications one by one, and 16 at a time
WINDOW = 16
CONNECTIONS = 1000


def progress(text):
    print(f"  {datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def registrations_of_frontdesk(server, clients, seconds):
    with Load(server, "register", clients=clients, seconds=seconds) as load:
        before = processor_us(server.process.pid), server.cluster_us()
        result = load.play()
        own, cluster = processor_us(server.process.pid) - before[0], server.cluster_us() - before[1]
    count = result["answers"]["count"]
    return {"per_second": count / result["seconds"], "p50_us": result["answers"]["p50_us"],
            "p99_us": result["answers"]["p99_us"], "server_us": own / count, "database_us": cluster / count}


def registrations(rounds, seconds, build):
    """Durable registrations: frontdeskd, and pgbench with the same statement on the same database."""
    with Frontdesk(build) as server:
        samples = {}
        for turn in range(rounds):
            for clients in CLIENTS:
                progress(f"registrations, round {turn + 1} of {rounds}, {clients} clients")
                ours = registrations_of_frontdesk(server, clients, seconds)
                theirs = pgbench(server, clients, seconds)
                samples.setdefault(("frontdesk", clients), []).append(ours)
                samples.setdefault(("pgbench", clients), []).append(theirs)
    return [{"who": who, "clients": clients, **medians(values)} for (who, clients), values in samples.items()]


def push_round(server, subscribers, publications, window, payload):
    with Load(server, "push", subscribers=subscribers, publications=publications, window=window,
              payload=payload) as load:
        before = processor_us(server.process.pid)
        result = load.play()
        spent = processor_us(server.process.pid) - before
    return {"deliveries_per_second": result["delivered"] / result["seconds"],
            "server_us": spent / result["delivered"], "p50_us": result["pushes"]["p50_us"],
            "p99_us": result["pushes"]["p99_us"], "after_reply_p50_us": result["after_reply"]["p50_us"],
            "payload_bytes": result["payload_bytes"]}


def push(rounds, build):
    """One change to many subscribers: frontdeskd (on disk before it is told) and mosquitto with QoS 1 (not stored)."""
    samples = {}
    with Frontdesk(build) as frontdesk, Mosquitto(build) as mosquitto:
        payload = 0
        for turn in range(rounds):
            for subscribers, (alone, together) in SUBSCRIBERS.items():
                for window, publications in ((1, alone), (WINDOW, together)):
                    progress(f"push, round {turn + 1} of {rounds}, 1 to {subscribers}, {window} under way")
                    ours = push_round(frontdesk, subscribers, publications, window, 0)
                    payload = round(ours["payload_bytes"])
                    theirs = push_round(mosquitto, subscribers, publications, window, payload)
                    samples.setdefault(("frontdesk", subscribers, window), []).append(ours)
                    samples.setdefault(("mosquitto", subscribers, window), []).append(theirs)
    return [{"who": who, "subscribers": subscribers, "window": window, **medians(values)}
            for (who, subscribers, window), values in samples.items()]


def memory(rounds, build):
    """Resident memory of one more signed-in, subscribed and idle connection. A fresh server each time."""
    samples = {}
    for turn in range(rounds):
        for kind in (Frontdesk, Mosquitto):
            with kind(build) as server:
                progress(f"memory, round {turn + 1} of {rounds}, {server.name}")
                with Load(server, "idle", clients=1):
                    pass
                before = resident_kb(server.process.pid)
                with Load(server, "idle", clients=CONNECTIONS):
                    after = resident_kb(server.process.pid)
                samples.setdefault(server.name, []).append({"kb": (after - before) / CONNECTIONS})
    return [{"who": who, "connections": CONNECTIONS, **medians(values)} for who, values in samples.items()]


def medians(rows):
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]} | {"rounds": len(rows)}


def by(rows, **wanted):
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


def show_registrations(rows):
    print("\nDurable registrations (server and database on one core, clients on the other)")
    print(f"{'clients':>8} {'frontdesk/s':>12} {'pgbench/s':>12} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8} "
          f"{'server us':>10} {'database us':>12} {'pgbench db us':>14}")
    for clients in CLIENTS:
        ours, theirs = by(rows, who="frontdesk", clients=clients), by(rows, who="pgbench", clients=clients)
        print(f"{clients:>8} {ours['per_second']:>12.0f} {theirs['per_second']:>12.0f} "
              f"{ours['per_second'] / theirs['per_second']:>7.2f} {ours['p50_us'] / 1000:>8.2f} "
              f"{ours['p99_us'] / 1000:>8.2f} {ours['server_us']:>10.0f} {ours['database_us']:>12.0f} "
              f"{theirs['database_us']:>14.0f}")


def show_push(rows):
    print("\nPushes over TLS 1.3 (frontdeskd commits to disk before it pushes; mosquitto QoS 1 stores nothing)")
    print(f"{'1 to':>8} {'under way':>10} {'who':>10} {'deliveries/s':>13} {'us each':>8} {'ratio':>7} {'p50 ms':>8} "
          f"{'p99 ms':>8} {'after reply':>12}")
    for subscribers in SUBSCRIBERS:
        for window in (1, WINDOW):
            theirs = by(rows, who="mosquitto", subscribers=subscribers, window=window)
            for who in ("frontdesk", "mosquitto"):
                row = by(rows, who=who, subscribers=subscribers, window=window)
                print(f"{subscribers:>8} {window:>10} {who:>10} {row['deliveries_per_second']:>13.0f} "
                      f"{row['server_us']:>8.2f} {row['server_us'] / theirs['server_us']:>7.2f} "
                      f"{row['p50_us'] / 1000:>8.2f} {row['p99_us'] / 1000:>8.2f} "
                      f"{row['after_reply_p50_us'] / 1000:>12.2f}")


def show_memory(rows):
    print(f"\nResident memory of an idle TLS connection, over {CONNECTIONS}")
    for row in rows:
        print(f"{row['who']:>10} {row['kb']:>8.1f} KB")


def processor_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", choices=("registrations", "push", "memory"))
    options = parser.parse_args()
    if os.cpu_count() < 2:
        sys.exit("The server and whoever asks need a core each.")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # a thousand connections, on either side
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65536, hard))
    report = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "processor": processor_name(), "cores": os.cpu_count(), "kernel": platform.release(),
              "rounds": options.rounds, "seconds": options.seconds}
    if options.only in (None, "registrations"):
        report["registrations"] = registrations(options.rounds, options.seconds, options.build)
    if options.only in (None, "push"):
        report["push"] = push(options.rounds, options.build)
    if options.only in (None, "memory"):
        report["memory"] = memory(options.rounds, options.build)
    for name, show in (("registrations", show_registrations), ("push", show_push), ("memory", show_memory)):
        if name in report:
            show(report[name])
    results = os.path.join(HERE, "results")
    os.makedirs(results, exist_ok=True)
    path = os.path.join(results, datetime.datetime.now().strftime("%Y%m%d-%H%M%S.json"))
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    print(f"\nKept in {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
