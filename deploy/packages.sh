# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# The one list of Debian packages, and the function that brings what is missing. Read by other scripts with `.`.
# A package written name=command is also satisfied by that command from anywhere (Node.js has many origins).

packages_build='build-essential cmake ninja-build pkg-config python3 gettext scdoc
    protobuf-compiler libprotobuf-dev protobuf-c-compiler libprotobuf-c-dev libuv1-dev libpq-dev libssl-dev
    libsodium-dev libinih-dev libsqlite3-dev libcsv-dev libcmocka-dev'
packages_run='postgresql-15=/usr/lib/postgresql/15/bin/postgres procps tzdata'
packages_test='clang=clang clang-tidy clang-format libclang-rt-14-dev shellcheck=shellcheck reuse=reuse
    ca-certificates nodejs=node npm=npm sqlite3 haproxy=/usr/sbin/haproxy'
packages_bench='mosquitto=/usr/sbin/mosquitto nats-server=/usr/sbin/nats-server
    openssl=openssl util-linux=taskset'

packages_missing() {
    for item in "$@"; do
        package=${item%%=*}
        if [ "$package" != "$item" ] && command -v "${item#*=}" >/dev/null 2>&1; then continue; fi
        state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=none
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

# Debian's PostgreSQL package makes and starts a cluster of its own, which nobody here needs.
packages_keep_postgres_quiet() {
    [ -e /etc/postgresql-common/createcluster.conf ] && return 0
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/frontdesk.conf
}

# packages_require NAME…: returns when all are there, else exits; 77 when root has to act.
packages_require() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "This is not Debian: the equivalents of these packages must be there already:" >&2
        echo "$*" >&2
        return 0
    fi
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "Some packages are missing. Run this as root, then try again:" >&2
        echo "  apt-get update && apt-get install -y --no-install-recommends ${missing% }" >&2
        exit 77
    fi
    echo "Installing: ${missing% }"
    packages_keep_postgres_quiet
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update || {
        echo "apt-get update failed: check the network and /etc/apt/sources.list, then try again." >&2
        exit 1
    }
    # shellcheck disable=SC2086 # a list of names
    apt-get -q install -y --no-install-recommends $missing || {
        echo "apt-get could not install: $missing" >&2
        exit 1
    }
}
