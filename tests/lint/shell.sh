#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every script passes shellcheck. usage: shell.sh SOURCE_FOLDER
set -eu
cd "$1"
find deploy tests tools -name '*.sh' -not -path '*/node_modules/*' | sort | xargs shellcheck -x -P SCRIPTDIR/.. -P SCRIPTDIR/../.. -P .
shellcheck .ci/run
