#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fails when a message of the command line has no Chinese, or when this check would not notice that.
# usage: check.sh ROOT
set -eu
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sh "$here/extract.sh" "$1" "$scratch/messages.pot"
msgcmp "$here/zh_CN.po" "$scratch/messages.pot"

# The control: a message that nobody has translated.
printf '\nmsgid "nobody has translated this"\nmsgstr ""\n' >>"$scratch/messages.pot"
if msgcmp "$here/zh_CN.po" "$scratch/messages.pot" 2>/dev/null; then
    echo "the check does not notice an untranslated message" >&2
    exit 1
fi
