#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C file looks as .clang-format says. usage: format.sh SOURCE_FOLDER
set -eu
cd "$1"
find common server client tests -name '*.[ch]' -not -path '*/build*' | sort | xargs clang-format --dry-run -Werror
