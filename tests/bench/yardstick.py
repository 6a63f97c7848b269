# SPDX-License-Identifier: Apache-2.0
"""pgbench with the very statement by which frontdeskd registers a complaint, and the values of one it has registered."""
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
    "wake_at": "timer.due_at",
}
# Ordered by time as UUIDs of version 7 are, and never twice: microseconds and the client's number.
UNIQUE = ("(lpad(to_hex((extract(epoch from now()) * 1000000)::bigint), 16, '0')"
          " || lpad(to_hex(:client_id + 1), 16, '0'))")


def statement():
    queries = (ROOT / "server/sql/queries").resolve()
    source = embed.Source()
    embed.gather(queries, queries / "complaint/register.sql", source, [])
    return embed.number_parameters(source)


def psql(server, site, query):
    """As the owner, to whom row-level security shows no more than to others."""
    done = subprocess.run(["psql", "-XAtq", "-d", server.database, "-c", query], check=True, capture_output=True,
                          text=True, env={**os.environ, "PGOPTIONS": f"-c frontdesk.site={site}"})
    return done.stdout.splitlines()


def values(server, names):
    """Each parameter as SQL text, from the newest complaint with all that was stored beside it."""
    columns = [PLACES.get(name, "complaint." + name) for name in names if name not in ("id", "key")]
    query = ("select unnest(array[" + ", ".join(f"quote_nullable({column}) || '::' || pg_typeof({column})"
                                                for column in columns) + "]) from complaint"
             " join step on step.record_id = complaint.id and step.version = 1"
             " join journal on journal.site_id = complaint.site_id and journal.seq = step.seq"
             " join receipt on receipt.record_id = complaint.id"
             " left join timer on timer.record_id = complaint.id order by step.at desc, step.seq desc"
             f" limit {len(columns)}")
    found = iter(psql(server, server.site_id, query))
    return {name: f"{UNIQUE}::uuid" if name == "id" else UNIQUE if name == "key" else next(found) for name in names}


def script(server):
    text, names = statement()
    literal = values(server, names)
    return re.sub(r"\$(\d+)", lambda match: literal[names[int(match[1]) - 1]], text) + ";\n"


def pgbench(server, clients, seconds):
    path = os.path.join(server.folder, "register.sql")
    if not os.path.exists(path):
        server.site_id = psql(server, "*", "select id from site")[0]
        pathlib.Path(path).write_text(script(server), encoding="utf-8")
    before = server.cluster_us()
    done = subprocess.run(
        ["taskset", "-c", LOAD_CORE, PGBENCH, "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f",
         path, server.database], check=False, capture_output=True, text=True,
        env={**os.environ, "PGOPTIONS": f"-c role=frontdesk_app -c frontdesk.site={server.site_id}"})
    spent = server.cluster_us() - before
    if done.returncode != 0:
        raise RuntimeError("pgbench could not do it: " + done.stdout + done.stderr)
    count = int(re.search(r"transactions actually processed: (\d+)", done.stdout)[1])
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if count == 0 or (failed and int(failed[1]) > 0):
        raise RuntimeError("pgbench lost transactions: " + done.stdout + done.stderr)
    return {"per_second": float(re.search(r"tps = ([\d.]+)", done.stdout)[1]), "database_us": spent / count}
