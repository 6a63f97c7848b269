# SPDX-License-Identifier: Apache-2.0
"""One change to many subscribers, at full speed and at a fixed rate, and the whole way from a registration to a desk.

frontdeskd commits each publication to disk before it tells anybody; nobody else here stores anything. Its figure per
delivery therefore contains the command ("whole"); without the part that a command with no subscriber costs it is "net".
The goals are held against the whole."""
import contextlib

from report import Samples, find, goal, table
from servers import Bare, Frontdesk, Load, Mosquitto, Nats

WINDOW = 16
WHO = ("frontdesk", "mosquitto 0", "mosquitto 1", "nats", "bare")  # the digit: quality of service


def open_all(plan, stack):
    """who -> (server of one under way, server of several under way, what the load is told)"""
    frontdesk, mosquitto, nats, bare, gathering = (
        stack.enter_context(server) for server in (Frontdesk(plan.build), Mosquitto(plan.build), Nats(plan.build),
                                                   Bare(plan.build), Bare(plan.build, gather=True)))
    return {"frontdesk": (frontdesk, frontdesk, {}), "mosquitto 0": (mosquitto, mosquitto, {"qos": 0}),
            "mosquitto 1": (mosquitto, mosquitto, {"qos": 1}), "nats": (nats, nats, {}), "bare": (bare, gathering, {})}


def play(server, subscribers, publications, **options):
    with Load(server, "push", subscribers=subscribers, publications=publications, **options) as load:
        result = load.measure()
    return {"deliveries_per_second": result["delivered"] / result["seconds"],
            "server_us": result["spent_us"] / max(result["delivered"], 1),
            "publication_us": result["spent_us"] / publications,
            "p50_us": result["pushes"]["p50_us"], "p99_us": result["pushes"]["p99_us"],
            "whole_p50_us": result["wholes"]["p50_us"], "answer_p50_us": result["answers"]["p50_us"],
            "after_reply_p50_us": result["after_reply"]["p50_us"], "payload_bytes": result["payload_bytes"]}


def push(plan, progress):
    samples = Samples()
    progress.begin("push", plan.rounds * 2 * (len(plan.subscribers) * len(WHO) + 1))
    with contextlib.ExitStack() as stack:
        servers = open_all(plan, stack)
        payload = 0
        for turn in range(plan.rounds):
            for window in (1, WINDOW):
                progress(f"round {turn + 1} of {plan.rounds}, commands nobody hears of, {window} under way")
                samples.add(play(servers["frontdesk"][0], 0, plan.commands, window=window), who="command",
                            subscribers=0, window=window)
            for subscribers, counts in plan.subscribers.items():
                for window, publications in zip((1, WINDOW), counts):
                    for who, (alone, together, options) in servers.items():
                        progress(f"round {turn + 1} of {plan.rounds}, 1 to {subscribers}, {window} under way, {who}")
                        row = play(alone if window == 1 else together, subscribers, publications, window=window,
                                   payload=payload, **options)
                        payload = round(row["payload_bytes"])
                        samples.add(row, who=who, subscribers=subscribers, window=window)
    return with_net(samples.medians())


def with_net(rows):
    """Beside the whole, what is left of a delivery without the command's own cost."""
    for row in rows:
        command = find(rows, who="command", window=row["window"])["publication_us"] if row["who"] == "frontdesk" else 0
        row["command_us"] = command
        row["net_us"] = row["server_us"] - command / max(row["subscribers"], 1)
    return rows


HELD = (  # under way, against whom, at most, with how many subscribers at least
    (1, "bare", 1.1, 100), (1, "mosquitto 0", 0.85, 100), (1, "nats", 1.0, 100), (1, "mosquitto 1", 1.0, 0),
    (WINDOW, "bare", 1.35, 100), (WINDOW, "nats", 0.85, 100), (WINDOW, "mosquitto 1", 1.0, 0),
)


def goals_of_push(plan, rows):
    found = []
    for window, who, limit, least in HELD:
        for subscribers in plan.subscribers:
            if subscribers < least and len(plan.subscribers) > 1:
                continue
            ours, theirs = (find(rows, who=name, subscribers=subscribers, window=window) for name in ("frontdesk", who))
            name = "bare, gathering" if who == "bare" and window > 1 else who
            text = f"push 1 to {subscribers}, {window} under way: processor per delivery ÷ {name}"
            found.append(goal(text + ", whole", ours["server_us"] / theirs["server_us"], limit))
            found.append(goal(text + ", net", ours["net_us"] / theirs["server_us"], limit, held=False))
    return found


def show_push(rows):
    table("Pushes over TLS 1.3, processor time of the server", [row for row in rows if row["who"] != "command"],
          (("1 to", "subscribers", "d"), ("under way", "window", "d"), ("who", "who", ""),
           ("deliveries/s", "deliveries_per_second", ".0f"), ("us each, whole", "server_us", ".2f"),
           ("net", "net_us", ".2f"), ("p50 ms", lambda row: row["p50_us"] / 1000, ".2f"),
           ("p99 ms", lambda row: row["p99_us"] / 1000, ".2f"),
           ("after reply", lambda row: row["after_reply_p50_us"] / 1000, ".2f"),
           ("share of deliveries", lambda row: row["net_us"] / row["server_us"], ".0%")))
    for row in rows:
        if row["who"] == "command":
            print(f"  a command that nobody hears of, {row['window']} under way: {row['publication_us']:.0f} us")


def latency(plan, progress):
    """Publications at their intended moments, whatever is under way."""
    samples = Samples()
    subscribers, rate, publications = plan.latency
    who = ("frontdesk", "mosquitto 1", "mosquitto 0", "nats", "bare")
    progress.begin("latency", plan.latency_rounds * len(who))
    with contextlib.ExitStack() as stack:
        servers = open_all(plan, stack)
        payload = 0
        for turn in range(plan.latency_rounds):
            for name in who:
                progress(f"round {turn + 1} of {plan.latency_rounds}, {rate * subscribers} deliveries a second, {name}")
                server, _, options = servers[name]
                row = play(server, subscribers, publications, rate=rate, payload=payload, **options)
                payload = round(row["payload_bytes"])
                samples.add(row, who=name, subscribers=subscribers)
    return samples.medians()


def goals_of_latency(_, rows):
    ours = find(rows, who="frontdesk")
    return [goal(f"latency at a fixed rate: {mark} ÷ {who}", ours[f"{mark}_us"] / find(rows, who=who)[f"{mark}_us"], 0.8,
                 held=who == "mosquitto 1") for who in ("mosquitto 1", "mosquitto 0") for mark in ("p50", "p99")]


def show_latency(rows):
    table(f"Latency at a fixed rate to {rows[0]['subscribers']} subscribers, from the intended moment", rows,
          (("who", "who", ""), ("deliveries/s", "deliveries_per_second", ".0f"),
           ("p50 ms", lambda row: row["p50_us"] / 1000, ".2f"), ("p99 ms", lambda row: row["p99_us"] / 1000, ".2f"),
           ("us each", "server_us", ".2f")))


def whole(plan, progress):
    """From a registration to the last of the desks, and its parts alone."""
    samples = Samples()
    desks, publications = plan.whole
    progress.begin("whole", plan.rounds * 3)
    with Frontdesk(plan.build) as frontdesk, Bare(plan.build) as bare:
        for turn in range(plan.rounds):
            for who, server, subscribers in (("whole", frontdesk, desks), ("command", frontdesk, 0),
                                             ("fan-out", bare, desks)):
                progress(f"round {turn + 1} of {plan.rounds}, {who}")
                payload = 0 if who != "fan-out" else round(samples.rows[(("part", "whole"),)][-1]["payload_bytes"])
                samples.add(play(server, subscribers, publications, payload=payload), part=who)
    return samples.medians()


def goals_of_whole(plan, rows):
    parts = find(rows, part="command")["answer_p50_us"] + find(rows, part="fan-out")["whole_p50_us"]
    return [goal(f"whole: registration to the last of {plan.whole[0]} desks ÷ (registration + bare fan-out)",
                 find(rows, part="whole")["whole_p50_us"] / parts, 1.2)]


def show_whole(rows):
    table("From a registration to the last desk, median", rows,
          (("part", "part", ""), ("answered ms", lambda row: row["answer_p50_us"] / 1000, ".3f"),
           ("last desk ms", lambda row: row["whole_p50_us"] / 1000, ".3f")))
