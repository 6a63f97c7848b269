# SPDX-License-Identifier: Apache-2.0
"""The documents hold together: links inside the tree lead somewhere, nothing points outside, and docs/protocol.md names
every operation and every message of the wire that a client meets.

usage: docs.py ROOT
"""
import os
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r'\.name = "([a-z]+\.[a-z_]+)"')
COMMAND = re.compile(r"^COMMAND\((\w+),", re.MULTILINE)


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def anchors(text):
    """As the usual hosts make them from headings."""
    titles = re.findall(r"^#+ +(.*)$", CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def links(root, path):
    text = read(root, path)
    for target in LINK.findall(CODE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            yield f"{path}: {target} points outside the tree"
            continue
        name, _, anchor = target.partition("#")
        place = os.path.normpath(os.path.join(root, os.path.dirname(path), name)) if name else os.path.join(root, path)
        if not os.path.exists(place):
            yield f"{path}: {target} leads nowhere"
        elif anchor and anchor not in anchors(read(place)):
            yield f"{path}: {target} names no heading"


def operations(root):
    """Of the sources: names said outright, and verbs of a topic's COMMAND macro."""
    for folder in ("operations", "request"):
        top = os.path.join(root, "server", folder)
        for name in sorted(os.listdir(top)):
            if name.endswith(".c"):
                text = read(top, name)
                yield from NAMED.findall(text)
                yield from (f"{name[:-2]}.{verb}" for verb in COMMAND.findall(text))


def wire(root):
    """What protocol.md leaves out."""
    told = read(root, "docs/protocol.md")
    envelopes = re.findall(r"^message (\w+)", read(root, "proto/frontdesk/v1/wire.proto"), re.MULTILINE)
    statuses = re.findall(r"^  STATUS_(\w+) =", read(root, "proto/frontdesk/v1/wire.proto"), re.MULTILINE)
    for word in [*operations(root), *envelopes, *statuses]:
        if not re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", told):
            yield f"docs/protocol.md: does not mention {word}"


def main():
    root = sys.argv[1]
    paths = [name for name in os.listdir(root) if name.endswith(".md")]
    paths += ["docs/" + name for name in os.listdir(os.path.join(root, "docs")) if name.endswith(".md")]
    faults = [fault for path in sorted(paths) for fault in links(root, path)] + list(wire(root))
    print("\n".join(faults))
    return 1 if faults or len(paths) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
