# SPDX-License-Identifier: Apache-2.0
"""Durable registrations: the whole of frontdeskd over TLS, and pgbench with the same statement on the same database."""
import contextlib

from report import Samples, find, goal, table
from servers import Bare, Frontdesk, Load
from yardstick import pgbench

REQUEST_BYTES = 400  # about what a registration and its reply are on the wire


def of_frontdesk(server, clients, seconds):
    with Load(server, "register", clients=clients, seconds=seconds) as load:
        before = server.cluster_us()
        result = load.measure()
        cluster = server.cluster_us() - before
    count = result["answers"]["count"]
    return {"per_second": count / result["seconds"], "p50_us": result["answers"]["p50_us"],
            "p99_us": result["answers"]["p99_us"], "server_us": result["spent_us"] / count,
            "database_us": cluster / count}


def ping_pong(server, seconds):
    with Load(server, "register", clients=1, seconds=seconds, payload=REQUEST_BYTES) as load:
        result = load.measure()
    count = result["answers"]["count"]
    return {"per_second": count / result["seconds"], "p50_us": result["answers"]["p50_us"],
            "p99_us": result["answers"]["p99_us"], "server_us": result["spent_us"] / count, "database_us": 0.0}


def one_site(plan, progress):
    samples = Samples()
    everybody = sorted({*plan.clients, *plan.pgbench_clients})
    progress.begin("registrations", plan.rounds * (len(everybody) + 1))
    with Frontdesk(plan.build) as server, Bare(plan.build) as bare:
        for turn in range(plan.rounds):
            for clients in everybody:
                progress(f"round {turn + 1} of {plan.rounds}, {clients} clients")
                if clients in plan.clients:
                    samples.add(of_frontdesk(server, clients, plan.seconds), who="frontdesk", clients=clients)
                if clients in plan.pgbench_clients:
                    samples.add(pgbench(server, clients, plan.seconds), who="pgbench", clients=clients)
            progress(f"round {turn + 1} of {plan.rounds}, bare ping-pong")
            samples.add(ping_pong(bare, min(plan.seconds, 2)), who="bare", clients=1)
    return samples.medians()


def many_sites(plan, progress):
    """A server for each number of sites; the others stand still meanwhile, so that each pays for its own idle sites."""
    samples = Samples()
    progress.begin("sites", len(plan.sites) + plan.sites_rounds * len(plan.sites))
    with contextlib.ExitStack() as stack:
        servers = []
        for sites in plan.sites:
            progress(f"founding {sites} sites")
            servers.append(stack.enter_context(Frontdesk(plan.build, sites)))
            servers[-1].pause()
        for turn in range(plan.sites_rounds):
            for server in servers:
                progress(f"round {turn + 1} of {plan.sites_rounds}, {server.sites} sites")
                server.proceed()
                samples.add(of_frontdesk(server, plan.busy, plan.seconds), who="frontdesk", sites=server.sites,
                            clients=plan.busy)
                for clients in plan.sites_pgbench_clients:
                    samples.add(pgbench(server, clients, plan.seconds), who="pgbench", sites=server.sites,
                                clients=clients)
                server.pause()
    return samples.medians()


def best(rows, least=0, **wanted):
    fitting = [row for row in rows if row["clients"] >= least and all(row[key] == value
                                                                      for key, value in wanted.items())]
    return max(fitting, key=lambda row: row["per_second"])


def goals_of_one_site(plan, rows):
    busy, alone = (find(rows, who="frontdesk", clients=clients) for clients in (plan.busy, plan.clients[0]))
    ours, theirs = best(rows, plan.busy, who="frontdesk"), best(rows, who="pgbench")
    parts = find(rows, who="pgbench", clients=plan.clients[0])["p50_us"] + find(rows, who="bare")["p50_us"]
    return [
        goal(f"registrations: {ours['clients']} in flight ÷ pgbench's best ({theirs['clients']} clients)",
             ours["per_second"] / theirs["per_second"], 1.3, least=True),
        goal(f"registrations: p99 at {plan.busy} in flight ÷ pgbench's at {plan.busy}",
             busy["p99_us"] / find(rows, who="pgbench", clients=plan.busy)["p99_us"], 0.5),
        goal("registrations: one at a time, p50 ÷ (pgbench's p50 + bare TLS ping-pong's p50)",
             alone["p50_us"] / parts, 1.15),
    ]


def goals_of_many_sites(plan, rows):
    rates = {sites: best(rows, who="frontdesk", sites=sites)["per_second"] for sites in plan.sites}
    few, many = plan.sites[0], plan.sites[-1]
    found = [goal(f"sites: rate on {many} sites ÷ on {few}", rates[many] / rates[few], 0.9, least=True)]
    for sites in plan.sites:
        found.append(goal(f"sites: rate on {sites} sites ÷ pgbench's best there",
                          rates[sites] / best(rows, who="pgbench", sites=sites)["per_second"], 1.3, least=True,
                          held=False))
    return found


COLUMNS = (("clients", "clients", "d"), ("per second", "per_second", ".0f"),
           ("p50 ms", lambda row: row["p50_us"] / 1000, ".3f"), ("p99 ms", lambda row: row["p99_us"] / 1000, ".3f"),
           ("server us", lambda row: row.get("server_us", 0), ".0f"), ("database us", "database_us", ".0f"))


def show_one_site(rows):
    table("Durable registrations on one site (server and database on one core, clients on the other)", rows,
          (("who", "who", ""), *COLUMNS))


def show_many_sites(rows):
    table("Durable registrations, the sites in turn", rows, (("who", "who", ""), ("sites", "sites", "d"), *COLUMNS))
