# SPDX-License-Identifier: Apache-2.0
"""What a connection costs: memory while it is idle, the processor to make it, and everybody coming back at once; and
how fast one that was away catches up."""
import contextlib
import time

from report import Samples, find, goal, table
from servers import Bare, Frontdesk, Load, Mosquitto, Nats, resident_kb

WORK_RATE = 20  # commands a second of the desk that works on in a storm


def memory(plan, progress):
    """Resident memory of one more signed-in, subscribed and idle connection. A fresh server each time."""
    samples = Samples()
    progress.begin("memory", plan.memory_rounds * 3 * len(plan.connections))
    for turn in range(plan.memory_rounds):
        for kind in (Frontdesk, Mosquitto, Nats):
            with kind(plan.build) as server:
                with Load(server, "idle", clients=1):
                    pass
                before = resident_kb(server.process.pid)
                for connections in plan.connections:
                    progress(f"round {turn + 1} of {plan.memory_rounds}, {server.name}, {connections} connections")
                    with Load(server, "idle", clients=connections):
                        after = resident_kb(server.process.pid)
                    samples.add({"kb": (after - before) / connections}, who=server.name, connections=connections)
    return samples.medians()


def goals_of_memory(plan, rows):
    return [goal(f"memory of an idle connection, {connections} of them ÷ {who}",
                 find(rows, who="frontdesk", connections=connections)["kb"]
                 / find(rows, who=who, connections=connections)["kb"], limit)
            for connections in plan.connections for who, limit in (("mosquitto", 1.1), ("nats", 0.45))]


def show_memory(rows):
    table("Resident memory of an idle TLS connection", rows,
          (("who", "who", ""), ("connections", "connections", "d"), ("KB each", "kb", ".1f")))


CONNECTS = (  # who, how far, TLS resumed by a ticket
    ("frontdesk", "greeting", False), ("frontdesk", "session.resume", False), ("mosquitto", "greeting", False),
    ("mosquitto", "greeting", True), ("nats", "greeting", False), ("nats", "greeting", True),
    ("bare", "greeting", False), ("bare, 1 ticket", "greeting", False), ("bare, 1 ticket", "greeting", True),
)


def connect(plan, progress):
    """Processor time of the server for TLS and the protocol's greeting. frontdeskd gives no tickets; what they would
    bring shows on the bare loop, with and without, on a certificate of the same kind."""
    samples = Samples()
    progress.begin("connect", plan.rounds * len(CONNECTS))
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(server) for name, server in (
            ("frontdesk", Frontdesk(plan.build)), ("mosquitto", Mosquitto(plan.build)), ("nats", Nats(plan.build)),
            ("bare", Bare(plan.build)), ("bare, 1 ticket", Bare(plan.build, tickets=1)))}
        for turn in range(plan.rounds):
            for who, until, resumed in CONNECTS:
                progress(f"round {turn + 1} of {plan.rounds}, {who}, {until}{', ticket' if resumed else ''}")
                with Load(servers[who], "connect", clients=4, publications=plan.connects,
                          greet_only=until == "greeting", resume=resumed) as load:
                    result = load.measure()
                samples.add({"server_us": result["spent_us"] / plan.connects, "p50_us": result["answers"]["p50_us"],
                             "tickets_used": result["resumed"] / plan.connects}, who=who, until=until, resumed=resumed)
    return samples.medians()


def goals_of_connect(_, rows):
    ours = find(rows, who="frontdesk", until="greeting")["server_us"]
    found = [goal("connect: full handshake and greeting ÷ mosquitto's",
                  ours / find(rows, who="mosquitto", resumed=False)["server_us"], 0.75)]
    resumed = find(rows, who="mosquitto", resumed=True)
    if resumed["tickets_used"] > 0.5:
        found.append(goal("connect: coming back, full handshake ÷ mosquitto's with a ticket",
                          ours / resumed["server_us"], 0.75))
    return found


def show_connect(rows):
    table("Processor time of the server for one connection, made and hung up", rows,
          (("who", "who", ""), ("until", "until", ""), ("shows ticket", lambda row: "yes" if row["resumed"] else "", ""),
           ("resumed", "tickets_used", ".0%"), ("server us", "server_us", ".0f"),
           ("p50 ms", lambda row: row["p50_us"] / 1000, ".2f")))
    full, giving, taking = (find(rows, who=who, resumed=resumed)["server_us"] for who, resumed in (
        ("bare", False), ("bare, 1 ticket", False), ("bare, 1 ticket", True)))
    print(f"  a ticket would cost {giving - full:+.0f} us at a full handshake and bring {taking - full:+.0f} us at a "
          "resumed one")


def storm(plan, progress):
    """All desks cut at once; a desk of another site works on. Then events to all, one after the other."""
    samples = Samples()
    progress.begin("storm", plan.storm_rounds * 4)
    for turn in range(plan.storm_rounds):
        turn_of = f"round {turn + 1} of {plan.storm_rounds}"
        with Frontdesk(plan.build, sites=2) as server:
            progress(f"{turn_of}, {plan.storm} desks come in")
            with (Load(server, "storm", subscribers=plan.storm, publications=plan.storm_events) as load,
                  Load(server, "work", rate=WORK_RATE) as worker):
                progress(f"{turn_of}, calm")
                worker.begin()
                time.sleep(plan.seconds)
                calm = worker.play()["answers"]
                progress(f"{turn_of}, all are cut")
                worker.begin()
                back = load.measure()
                worked = worker.play()
                meanwhile = worked["answers"]
                progress(f"{turn_of}, events to all")
                events = load.measure()
            samples.add({"back_s": back["answers"]["max_us"] / 1e6, "back_p50_s": back["answers"]["p50_us"] / 1e6,
                         "retries": back["retries"] / plan.storm, "goodbyes": back["goodbyes"] / plan.storm,
                         "server_s": back["spent_us"] / 1e6, "server_us": back["spent_us"] / plan.storm,
                         "calm_p50_us": calm["p50_us"], "calm_p99_us": calm["p99_us"],
                         "storm_p50_us": meanwhile["p50_us"], "storm_p99_us": meanwhile["p99_us"],
                         "storm_max_us": meanwhile["max_us"], "storm_busy": worked["retries"], "event_us": events["wholes"]["p50_us"],
                         "event_server_us": events["spent_us"] / events["delivered"]}, desks=plan.storm)
    return samples.medians()


def show_storm(rows):
    for row in rows:
        print(f"\n{row['desks']} desks lose their lines at once and come back with token and cursor\n"
              f"  all back after {row['back_s']:.2f} s (half of them after {row['back_p50_s']:.2f} s), "
              f"{row['retries']:.2f} new tries for each, {row['goodbyes']:.2f} of them asked for by the server\n"
              f"  processor of the server {row['server_s']:.2f} s, {row['server_us']:.0f} us for each\n"
              f"  a desk of another site meanwhile: p50 {row['storm_p50_us'] / 1000:.1f} ms, "
              f"p99 {row['storm_p99_us'] / 1000:.1f} ms, worst {row['storm_max_us'] / 1000:.1f} ms, {row['storm_busy']:.0f} "
              f"commands refused at first "
              f"(when it is calm p50 {row['calm_p50_us'] / 1000:.1f} ms, p99 {row['calm_p99_us'] / 1000:.1f} ms)\n"
              f"  one event to all: the last one has it after {row['event_us'] / 1000:.1f} ms, "
              f"{row['event_server_us']:.2f} us each")


def replay(plan, progress):
    """A desk catches up: from the newest entries in memory, time and again, and far back from the database."""
    samples = Samples()
    progress.begin("replay", plan.rounds * 2 + 1)
    with Frontdesk(plan.build) as server:
        progress("filling the journal")
        filled = 0
        while filled < plan.replay:
            with Load(server, "register", clients=64, seconds=plan.seconds) as load:
                filled += load.play()["answers"]["count"]
        for turn in range(plan.rounds):
            for where, entries, times in (("memory", plan.replay_ring, plan.replay // plan.replay_ring),
                                          ("database", plan.replay, 1)):
                progress(f"round {turn + 1} of {plan.rounds}, from {where}")
                with Load(server, "replay", entries=entries, publications=times) as load:
                    before = server.cluster_us()
                    result = load.measure()
                    cluster = server.cluster_us() - before
                samples.add({"entries_per_second": result["delivered"] / result["seconds"],
                             "server_us": result["spent_us"] / result["delivered"],
                             "database_us": cluster / result["delivered"]}, where=where, entries=entries, times=times)
    return samples.medians()


def show_replay(rows):
    table("A desk that was away catches up", rows,
          (("from", "where", ""), ("entries", "entries", "d"), ("times", "times", "d"),
           ("entries/s", "entries_per_second", ".0f"), ("server us", "server_us", ".2f"),
           ("database us", "database_us", ".2f")))
