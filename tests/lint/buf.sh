#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The wire's rules, by buf on an image that protoc builds: style, and nothing that would break a client in the field.
#
# usage: buf.sh lint|breaking|control|renew WORK_FOLDER
#   lint      style, by proto/buf.yaml
#   breaking  against proto/baseline.binpb, the wire as it was last released
#   control   both must find faults that are put into a copy
#   renew     makes today's wire the baseline
# buf itself comes once from npm into WORK_FOLDER, as pinned in buf/package-lock.json; exit 77 when npm cannot be reached.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
protos=$(cd "$here/../../proto" && pwd)
what=${1:?lint, breaking, control or renew}
mkdir -p "${2:?a folder to work in}"
work=$(cd "$2" && pwd)

install_buf() {
    buf=$work/node_modules/.bin/buf
    cmp -s "$here/buf/package-lock.json" "$work/installed" && return
    cp "$here/buf/package.json" "$here/buf/package-lock.json" "$work/"
    if ! npm ci --prefix "$work" --cache "$work/cache" --ignore-scripts --no-audit \
        --no-fund --fetch-retries 1 --fetch-timeout 30000; then
        echo "npm could not bring buf: check the network"
        exit 77
    fi
    rm -rf "$work/cache"
    cp "$here/buf/package-lock.json" "$work/installed"
}

# image SOURCE_FOLDER FILE [PROTOC_OPTION…]
image() {
    source=$1 file=$2
    shift 2
    # shellcheck disable=SC2046 # names without spaces
    protoc -I "$source" -I /usr/include --include_imports "$@" -o "$file" \
        $(cd "$source" && find frontdesk -name '*.proto' | sort)
}

lint() {
    image "$1" "$work/lint.binpb" --include_source_info
    "$buf" lint "$work/lint.binpb" --config "$protos/buf.yaml"
}

breaking() {
    image "$1" "$work/now.binpb"
    "$buf" breaking "$work/now.binpb" --against "$protos/baseline.binpb" --config "$protos/buf.yaml"
}

# control_case CHECK FILE SED_SCRIPT: the check must refuse the protos so changed.
control_case() {
    rm -rf "$work/copy"
    mkdir "$work/copy"
    cp -R "$protos/frontdesk" "$work/copy/"
    sed -i "$3" "$work/copy/$2"
    if cmp -s "$protos/$2" "$work/copy/$2"; then
        echo "control: '$3' changes nothing in $2"
        exit 1
    fi
    if "$1" "$work/copy" >"$work/control.log" 2>&1; then
        echo "control: $1 accepts '$3' in $2"
        exit 1
    fi
    echo "control: $1 refuses '$3': $(head -n 1 "$work/control.log")"
}

control() {
    lint "$protos"
    breaking "$protos"
    control_case lint frontdesk/v1/record.proto 's/ROLE_MANAGER = 5/MANAGER = 5/'
    control_case lint frontdesk/v1/wire.proto 's/uint64 nonce = 1/uint64 nonceValue = 1/'
    control_case breaking frontdesk/v1/wire.proto 's/string operation = 2/string operation = 9/'
    control_case breaking frontdesk/v1/wire.proto 's/string operation = 2/uint64 operation = 2/'
    control_case breaking frontdesk/v1/record.proto 's/ROLE_MANAGER = 5/ROLE_MANAGER = 55/'
}

case $what in
lint | breaking)
    install_buf
    "$what" "$protos"
    ;;
control)
    install_buf
    control
    ;;
renew) image "$protos" "$protos/baseline.binpb" ;;
*)
    echo "unknown: $what" >&2
    exit 2
    ;;
esac
