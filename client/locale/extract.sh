#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the messages of the command line to the file OUT, as a template for translations.
# usage: extract.sh ROOT OUT
set -eu
cd "$1"
xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=NC_:1c,2 --no-location --sort-output \
    --package-name=frontdesk --output="$2" client/cli/*.c client/cli/*.h
