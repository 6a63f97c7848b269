#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C file looks as .clang-format says. usage: format.sh SOURCE_FOLDER
set -eu
cd "$1"
files=$(find common server client tests -name '*.[ch]' | sort)
[ -n "$files" ]
faults=0
for file in $files; do
    clang-format --dry-run -Werror "$file" >"${TMPDIR:-/tmp}/format.$$" 2>&1 && continue
    faults=$((faults + 1))
    echo "$file: clang-format -i would change it, or clang-format crashes on it"
    grep -m 3 error: "${TMPDIR:-/tmp}/format.$$" || true
done
rm -f "${TMPDIR:-/tmp}/format.$$"
[ "$faults" -eq 0 ]
