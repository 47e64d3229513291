#!/usr/bin/env bash
# Installs the phones and tools that the tests over real telephony use: sipp, baresip, and Python's gRPC client
# with reflection, in a folder of its own below target/. Needs root and apt for what is missing; does nothing if all is there.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
python_home="$top/target/phones-python"

missing=()
command -v sipp >/dev/null || missing+=(sip-tester)
command -v baresip >/dev/null || missing+=(baresip-core)

command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "install-phones: please install: ${missing[*]}" >&2
        exit 1
    fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

if [ ! -x "$python_home/bin/python" ]; then
    python3 -m venv "$python_home"
fi
"$python_home/bin/python" -c 'import grpc_requests' 2>/dev/null ||
    "$python_home/bin/python" -m pip install -q --disable-pip-version-check grpc-requests==0.1.21

sipp -v 2>/dev/null | grep -m1 -o 'SIPp v[0-9.]*' || true
baresip -h 2>&1 | grep -m1 -o 'baresip v[0-9.]*' || true
echo "phones are there"
