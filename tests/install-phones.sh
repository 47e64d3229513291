#!/usr/bin/env bash
# Installs the phones and tools that the tests over real telephony use: from Debian sipp, baresip, linphonec, Chromium, Node;
# from PyPI pjsua, baresip's library, aiortc and a gRPC client; from npm JsSIP and SIP.js. What isn't Debian's lies below target/.
# Needs root and apt for what is missing; done in a second or two if all is there.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
python_home="$top/target/phones-python"
browser_home="$top/target/phones-browser"
python_packages=(grpc-requests==0.1.21 aiortc==1.16.0 pjsua2-python==2.15.1.post1 baresip-python==0.5.2a3 sipvicious==0.3.8)
browser_packages=(jssip@3.13.8 sip.js@0.21.2 playwright-core@1.65.1 esbuild@0.28.2)

missing=()
needs() { command -v "$1" >/dev/null || missing+=("$2"); }
needs sipp sip-tester
needs baresip baresip-core
needs linphonec linphone-cli
needs chromium chromium
needs node nodejs
needs npm npm
needs tshark tshark
needs turnserver coturn
needs faketime faketime
needs python3 python3
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "install-phones: please install: ${missing[*]}" >&2
        exit 1
    fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

# A folder is made anew when the list of what belongs in it has changed.
if [ "$(cat "$python_home/packages" 2>/dev/null)" != "${python_packages[*]}" ]; then
    rm -rf "$python_home"
    python3 -m venv "$python_home"
    "$python_home/bin/python" -m pip install -q --disable-pip-version-check "${python_packages[@]}"
    echo "${python_packages[*]}" >"$python_home/packages"
fi
if [ "$(cat "$browser_home/packages" 2>/dev/null)" != "${browser_packages[*]}" ]; then
    rm -rf "$browser_home"
    mkdir -p "$browser_home"
    npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$browser_home" "${browser_packages[@]}"
    echo "${browser_packages[*]}" >"$browser_home/packages"
fi

sipp -v 2>/dev/null | grep -m1 -o 'SIPp v[0-9.]*' || true
baresip -h 2>&1 | grep -m1 -o 'baresip v[0-9.]*' || true
echo "phones are there"
