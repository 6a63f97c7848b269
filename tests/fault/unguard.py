#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies the statements of the server without the guard that makes every change happen once: for the controls.

    unguard.py <folder of the statements> <folder to write>
"""
import pathlib
import shutil
import sys

GUARD = " and version = :version::bigint - 1"


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("queries", "schema"):
        shutil.copytree(source / folder, target / folder)
    store = target / "queries" / "complaint" / "store.sql"
    text = store.read_text(encoding="utf-8")
    if text.count(GUARD) != 1:
        sys.exit(f"{store}: the guard \"{GUARD.strip()}\" is not there once: mend {sys.argv[0]}")
    store.write_text(text.replace(GUARD, ""), encoding="utf-8")


main()
