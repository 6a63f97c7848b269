# SPDX-License-Identifier: Apache-2.0
"""House rules that a reader would check in every file. Prints what breaks them; exit 1 if anything does.

usage: sources.py ROOT
"""
import os
import re
import sys

LICENSED = (".c", ".h", ".py", ".sh", ".sql", ".proto", ".cmake", ".yaml", ".yml", ".service", "CMakeLists.txt")
TEXT = LICENSED + (".md", ".json", ".in", ".conf", ".scd", ".po", ".csv", ".ini")
SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "results"}

LICENCE = "SPDX-" "License-Identifier: Apache-2.0"  # in two parts, or `reuse` takes it for a tag
FILE_LINES = 500
FUNCTION_LINES = 60

BANNED = re.compile(r"(?<![\w.>])(strcpy|strcat|strncat|sprintf|vsprintf|gets|strtok|atoi|atol|system|popen|alloca)\s*\(")
KEPT_CALLS = {  # libuv's reading and writing of sockets is one file's business
    re.compile(r"(?<!\w)(uv_read_start|uv_write)\s*\("): ("common/stream.c", ("common/", "server/", "client/")),
}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
HOMES = re.compile(r"(?<![\w.])/(home|Users)/[a-z]")
C_NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders
                            if name not in SKIPPED_FOLDERS and not (folder == root and name.startswith("build")))
        for name in sorted(names):
            if name.endswith(TEXT) or (folder.endswith(".ci") and name == "run"):
                yield os.path.relpath(os.path.join(folder, name), root)


def without_noise(text):
    """C without comments, strings and characters; lines stay where they are."""
    return C_NOISE.sub(lambda match: "\n" * match[0].count("\n"), text)


def licence(path, text):
    first = "\n".join(text.split("\n")[:3])
    if path.endswith(LICENSED) and LICENCE not in first:
        yield 1, "has no SPDX-License-Identifier in its first three lines"


def calls(path, text):
    if not path.endswith((".c", ".h")):
        return
    for number, line in enumerate(without_noise(text).split("\n"), 1):
        if match := BANNED.search(line):
            yield number, f"calls {match[1]}"
        for call, (owner, watched) in KEPT_CALLS.items():
            if path != owner and path.startswith(watched) and (match := call.search(line)):
                yield number, f"calls {match[1]}, which only {owner} does"


def words(path, text, places):
    for number, line in enumerate(text.split("\n"), 1):
        if match := UNFINISHED.search(line):
            yield number, f"says {match[1]}"
        if places.search(line):
            yield number, "names a place of the machine it was written on"
        if HOMES.search(line):
            yield number, "names somebody's home"


def lengths(path, text):
    lines = text.split("\n")
    if not path.endswith((".c", ".h", ".py", ".sh", ".sql")):
        return
    if len(lines) - 1 > FILE_LINES:
        yield 1, f"has {len(lines) - 1} lines, over {FILE_LINES}"
    if not path.endswith((".c", ".h")):
        return
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z_].*\)\s*\{$", line) or (start is None and line == "{"):
            start = number
        elif re.match(r"\s.*\)\s*\{$", line) and start is None and re.match(r"[A-Za-z_].*[,(]$", lines[number - 2]):
            start = number - 1
        elif line.startswith("}"):
            if start is not None and number - start > FUNCTION_LINES:
                yield start, f"begins a function of {number - start} lines, over {FUNCTION_LINES}"
            start = None


def places_of(root):
    """Finds the path of this checkout and the folder around it, unless that one is everybody's."""
    here = os.path.realpath(root)
    around = os.path.dirname(here)
    places = [here] if around in ("/", "/usr", "/opt", "/tmp", "/srv", "/var") else [here, around + "/"]
    return re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, places)) + ")")


def main():
    root = sys.argv[1]
    places = places_of(root)
    faults, seen = 0, 0
    for path in files(root):
        seen += 1
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = file.read()
        except UnicodeDecodeError:
            print(f"{path}:1: is not UTF-8")
            faults += 1
            continue
        found = [*licence(path, text), *calls(path, text), *words(path, text, places), *lengths(path, text)]
        for number, why in found:
            print(f"{path}:{number}: {why}")
        faults += len(found)
    if seen == 0:
        print("no files found")
    return 1 if faults or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
