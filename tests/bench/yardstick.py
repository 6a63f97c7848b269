# SPDX-License-Identifier: Apache-2.0
"""pgbench with the very statement by which frontdeskd registers a complaint, and the values of one it has registered."""
import glob
import os
import pathlib
import re
import subprocess
import sys

from servers import LOAD_CORE

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "server/sql"))
import embed  # noqa: E402  the builder of the embedded statements

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"

# Where a parameter's value of the newest complaint stands; else it is a column of the complaint itself.
PLACES = {
    "request_digest": "receipt.request_digest", "at": "journal.at", "digest": "journal.digest", "kind": "journal.kind",
    "record_type": "journal.record_type", "actor_id": "journal.actor_id", "actor_name": "journal.actor_name",
    "masked_note": "journal.note", "entry": "journal.record", "salt": "journal.salt", "note": "step.note",
    "wake_at": "timer.due_at", "step_to_id": "step.to_id", "step_to_team": "step.to_team", "step_until": "step.until",
    "rules_version": "site.rules",
}
# Ordered by time as UUIDs of version 7 are, and never twice: microseconds and the client's number.
UNIQUE = ("(lpad(to_hex((extract(epoch from now()) * 1000000)::bigint), 16, '0')"
          " || lpad(to_hex(:client_id + 1), 16, '0'))")


def statement():
    queries = (ROOT / "server/sql/queries").resolve()
    source = embed.Source()
    embed.gather(queries, queries / "complaint/register.sql", source, [])
    return embed.number_parameters(source)


def values(server, site, names):
    """Each parameter as SQL text, from the newest complaint with all that was stored beside it."""
    columns = [PLACES.get(name, "complaint." + name) for name in names if name not in ("id", "key")]
    query = ("select unnest(array[" + ", ".join(f"quote_nullable({column}) || '::' || pg_typeof({column})"
                                                for column in columns) + "]) from complaint"
             " join step on step.record_id = complaint.id and step.version = 1"
             " join journal on journal.site_id = complaint.site_id and journal.seq = step.seq"
             " join receipt on receipt.record_id = complaint.id"
             " join site on site.id = complaint.site_id"
             " left join timer on timer.record_id = complaint.id order by step.at desc, step.seq desc"
             f" limit {len(columns)}")
    found = iter(server.psql(query, site))
    return {name: f"{UNIQUE}::uuid" if name == "id" else UNIQUE if name == "key" else next(found) for name in names}


def script(server, site):
    """On several sites each transaction first says, in the same round trip, which one it is about."""
    text, names = statement()
    literal = values(server, site, names)
    before = after = ""
    if server.sites > 1:
        ids = ",".join(server.psql("select id from site"))
        before = (f"\\set site random(1, {server.sites})\n\\startpipeline\n"
                  f"select set_config('frontdesk.site', ('{{{ids}}}'::uuid[])[:site]::text, false);\n")
        after = "\\endpipeline\n"
        literal["site_id"] = "current_setting('frontdesk.site')::uuid"
    return before + re.sub(r"\$(\d+)", lambda match: literal[names[int(match[1]) - 1]], text) + ";\n" + after


def latencies_us(prefix):
    """Of all transactions, sorted: the third word of each line that pgbench logs."""
    found = []
    for path in glob.glob(prefix + ".*"):
        with open(path, encoding="ascii") as file:
            found += [int(line.split(" ", 3)[2]) for line in file]
        os.unlink(path)
    return sorted(found)


def pgbench(server, clients, seconds):
    path, log = (os.path.join(server.folder, name) for name in ("register.sql", "pgbench-log"))
    if not os.path.exists(path):
        server.first_site = server.psql("select id from site where code = 'main'")[0]
        pathlib.Path(path).write_text(script(server, server.first_site), encoding="utf-8")
    before = server.cluster_us()
    done = subprocess.run(
        ["taskset", "-c", LOAD_CORE, PGBENCH, "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f",
         path, "--log", "--log-prefix", log, server.database], check=False, capture_output=True, text=True,
        env={**os.environ, "PGOPTIONS": f"-c role=frontdesk_app -c frontdesk.site={server.first_site}"})
    spent = server.cluster_us() - before
    if done.returncode != 0:
        raise RuntimeError("pgbench could not do it: " + done.stdout + done.stderr)
    count = int(re.search(r"transactions actually processed: (\d+)", done.stdout)[1])
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if count == 0 or (failed and int(failed[1]) > 0):
        raise RuntimeError("pgbench lost transactions: " + done.stdout + done.stderr)
    found = latencies_us(log)
    return {"per_second": float(re.search(r"tps = ([\d.]+)", done.stdout)[1]), "database_us": spent / count,
            "p50_us": found[len(found) // 2], "p99_us": found[min(len(found) - 1, len(found) * 99 // 100)]}
