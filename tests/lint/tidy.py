# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over every compiled file of the product, on all cores. A file that passed is looked at again only when it, a
header, its command or .clang-tidy has changed.

usage: tidy.py SOURCE_FOLDER BUILD_FOLDER   (with compile_commands.json, and built: generated headers must be there)
"""
import concurrent.futures
import glob
import hashlib
import json
import os
import subprocess
import sys

TOPS = ("common", "server", "client")


def digest(*parts):
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part if isinstance(part, bytes) else part.encode())
        whole.update(b"\0")
    return whole.hexdigest()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def shared_digest(source, build):
    """Of everything that can change the verdict on any file."""
    headers = [path for top in [*(os.path.join(source, top) for top in TOPS), build]
               for path in glob.glob(os.path.join(top, "**", "*.h"), recursive=True)]
    return digest(read(os.path.join(source, ".clang-tidy")), *[read(path) for path in sorted(set(headers))])


def check(path, build):
    done = subprocess.run(["clang-tidy", "--quiet", "-p", build, path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode and not done.stdout else "")


def main():
    source, build = map(os.path.realpath, sys.argv[1:3])
    passed_folder = os.path.join(build, "lint", "tidy")
    os.makedirs(passed_folder, exist_ok=True)
    shared = shared_digest(source, build)
    tops = tuple(os.path.join(source, top) + os.sep for top in TOPS)
    wanted = {}
    for entry in json.loads(read(os.path.join(build, "compile_commands.json"))):
        path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        if path.startswith(tops) and not path.startswith(build + os.sep):
            stamp = os.path.join(passed_folder, digest(shared, entry.get("command", ""), read(path)))
            wanted[path] = stamp
    todo = {path: stamp for path, stamp in wanted.items() if not os.path.exists(stamp)}
    print(f"{len(wanted)} files, {len(todo)} to look at", flush=True)
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(check, path, build): path for path in sorted(todo)}
        for future in concurrent.futures.as_completed(running):
            code, output = future.result()
            path = running[future]
            if code == 0:
                open(todo[path], "w", encoding="utf-8").close()
            else:
                faults += 1
                print(f"{os.path.relpath(path, source)}:\n{output}", flush=True)
    print(f"{faults} files with findings")
    return 1 if faults or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
