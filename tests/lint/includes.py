# SPDX-License-Identifier: Apache-2.0
"""Includes point down. Reads every #include below ROOT and prints those that point the wrong way; exit 1 if any.

usage: includes.py ROOT
"""
import os
import re
import sys

# A room and the rooms right below it. What lies below those may be included too.
BELOW = {
    "ctl": ["main"],
    "main": ["network", "timers", "control"],
    "network": ["request", "journal"],
    "timers": ["request", "database"],
    "request": ["operations", "accounts", "audit"],
    "audit": ["chain", "database"],
    "control": ["common"],
    "operations": ["database", "domain"],
    "journal": ["chain", "database"],
    "accounts": ["chain", "database"],
    "chain": ["domain"],
    "database": ["common"],
    "domain": ["common"],
    "cli": ["core"],
    "core": ["common"],
    "common": ["proto"],
    "proto": [],
}

# The longest prefix names a file's room. The statements embedded from server/sql belong to the database.
PLACES = {
    "common/": "common",
    "client/core/": "core",
    "client/cli/": "cli",
    "frontdesk/v1/": "proto",
    "frontdesk/server/v1/": "server-proto",
    "server/": "main",
    "server/sql/": "database",
    **{f"server/{room}/": room for room in
       ["ctl", "network", "timers", "control", "request", "audit", "operations", "journal", "accounts", "chain",
        "database", "domain"]},
}

# Libraries that are kept behind one room's walls, and what the rules' room must not even reach through others.
KEPT = {
    "libpq-fe.h": {"database"},
    "openssl/ssl.h": {"common"},
    "openssl/bio.h": {"common"},
    "openssl/evp.h": {"common"},
    "sqlite3.h": {"core"},
}
FOREIGN_TO_DOMAIN = re.compile(r"(uv|libpq-fe|sqlite3|time|unistd|stdio_ext|pthread)\.h$|(sys|openssl|netinet|arpa)/")
SERVER_ROOMS = set(BELOW) - {"cli", "core", "common", "proto"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    prefix = max((place for place in PLACES if path.startswith(place)), key=len, default=None)
    return PLACES.get(prefix)


def reach(room):
    """The room itself and everything below it."""
    seen, ahead = set(), [room]
    while ahead:
        here = ahead.pop()
        if here not in seen:
            seen.add(here)
            ahead += BELOW[here]
    return seen | {"server-proto"} if room in SERVER_ROOMS else seen


def read_includes(root):
    """path -> [(line number, included name, is in quotes)]"""
    found = {}
    for top in ("common", "server", "client"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if name.endswith((".c", ".h")):
                    path = os.path.relpath(os.path.join(folder, name), root)
                    with open(os.path.join(root, path), encoding="utf-8") as file:
                        found[path] = [(number, match[2], match[1] == '"')
                                       for number, line in enumerate(file, 1) if (match := INCLUDE.match(line))]
    return found


def wrong_arrow(path, target, quoted):
    """Why this #include may not stand there, or None."""
    room, other = room_of(path), room_of(target)
    if other is None:
        if quoted:
            return "does not lie in any room (write the path from the top of the tree)"
        if target in KEPT and room not in KEPT[target]:
            return f"is kept to {', '.join(sorted(KEPT[target]))}"
        return None
    if other not in reach(room):
        return f"points from {room} to {other}"
    return None


def foreign_to_domain(found):
    """What the rules' room reaches, through whatever headers, of the machine's world."""
    for path in sorted(found):
        if room_of(path) != "domain":
            continue
        seen, ahead = set(), [(path, ())]
        while ahead:
            here, way = ahead.pop()
            for number, target, _ in found.get(here, []):
                if FOREIGN_TO_DOMAIN.match(target):
                    at = way[0] if way else number
                    yield path, at, target, f"is no business of domain (through {here})"
                elif target not in seen:
                    seen.add(target)
                    ahead.append((target, way or (number,)))


def main():
    found = read_includes(sys.argv[1])
    faults = [(path, number, target, why)
              for path, includes in found.items()
              for number, target, quoted in includes
              if (why := wrong_arrow(path, target, quoted))]
    faults = sorted(set(faults) | set(foreign_to_domain(found)))
    for path, number, target, why in faults:
        print(f"{path}:{number}: {target} {why}")
    if not found:
        print("no source files found")
    return 1 if faults or not found else 0


if __name__ == "__main__":
    sys.exit(main())
