#!/usr/bin/env bash
# The twelve proofs of the routing core, one after the other, in about ten minutes on two quiet cores.
# What each of them says, and where it stands, is in docs/routing.md. `quick` draws fewer days and replications.
set -euo pipefail
cd "$(dirname "$0")/.."

days=20000 replications=40
if [ "${1:-}" = quick ]; then days=400 replications=8; fi

title() { printf '\n== %s\n' "$*"; }

title "1-5: against the slow matcher, $days random days; then with threads"
DAYS=$days cargo test --locked --release --quiet -p routing --test reference --test proofs
cargo test --locked --release --quiet -p routing --test stories --test stress
title "1-3: every order of two threads (loom)"
RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --locked --release --quiet -p routing --lib --test loom
title "1-3, 12: larger random orders, and a thread stopped after every step (shuttle)"
RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=target/shuttle CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true \
    cargo test --locked --release --quiet -p routing --test shuttle -- --nocapture
title "6-11: replays through the core"
cargo run --locked --release --quiet -- whatif --proofs --replications "$replications"
title "12: speed"
cargo bench --locked --quiet -p routing --bench matching
