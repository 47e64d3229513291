//! Three shards at once, with everything that can happen on a floor: nobody gets two calls, nobody is overlooked.
//!
//! Each thread is a shard: it owns its calls and its agents' desks, and hears of matches by a mailbox, as in the node.

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests run threads and read mailboxes")]

mod floor;
mod shard;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};

use floor::plan;
use model::Moment;
use plan::ClassNo;
use routing::{Claim, Core, Limits};
use shard::Shard;

const SHARDS: usize = 3;
const AGENTS: usize = 24;
const CLASSES: u32 = 5;
/// Calls of one shard at once; few enough that a shard that gets no processor doesn't hold all agents.
const CALLS_MAX: usize = 10;
/// Each floor goes on until so many matches were made …
const MATCHES: u64 = 3_000;
/// … or, if it can't get there, for so many turns a shard.
const TURNS_MAX: usize = 2_000_000;

/// What reaches a shard from another.
enum Letter {
    /// A match, and the steps between which it was made.
    Matched(Claim, (u64, u64)),
    /// A seat was let go.
    Freed(usize),
}

/// What all shards share.
struct House {
    core: Core,
    mailboxes: [Mutex<Vec<Letter>>; SHARDS],
    /// Agents who have a call.
    held: Vec<AtomicBool>,
    /// Desks that were told that their seat is closed.
    closed: Vec<AtomicBool>,
    clock: AtomicI64,
    /// Counts every step of every shard, to tell what certainly came before what.
    steps: AtomicU64,
    served: Mutex<Vec<Served>>,
}

/// A call that was served without having come back, with the steps between which it joined and was matched.
#[derive(Clone, Copy, Debug)]
struct Served {
    class: u32,
    since: Moment,
    joined: (u64, u64),
    matched: (u64, u64),
}

#[test]
fn three_busy_shards_share_their_agents_without_a_mistake() {
    for seed in 1..=4 {
        let house = House::new();
        let mut shards: Vec<Shard<'_>> = (0..SHARDS).map(|number| Shard::new(&house, number, seed)).collect();
        std::thread::scope(|scope| {
            for shard in &mut shards {
                scope.spawn(|| {
                    (0..TURNS_MAX).take_while(|_| !house.has_seen_enough()).for_each(|turn| shard.turn(turn));
                });
            }
        });
        while shards.iter_mut().any(Shard::reads_mail) {}
        house.has_overlooked_nobody();
        shards.iter().for_each(Shard::files_the_waiting);
        house.kept_the_order();
        shards.iter_mut().for_each(Shard::ends);
        while shards.iter_mut().any(Shard::reads_mail) {}
        house.is_empty();
    }
}

impl House {
    fn new() -> Self {
        let skills: Vec<Vec<(u32, u8)>> = (0..AGENTS as u32)
            .map(|agent| (0..CLASSES - 1).filter(|c| (agent >> c) & 1 == 1).map(|c| (c, 1)).collect())
            .collect();
        let slices: Vec<&[(u32, u8)]> = skills.iter().map(Vec::as_slice).collect();
        let limits = Limits { tickets: 4_096, seats: AGENTS, explanations: 64, ..floor::SMALL };
        Self {
            core: Core::new(&plan(CLASSES as usize, &slices), limits),
            mailboxes: Default::default(),
            held: (0..AGENTS).map(|_| AtomicBool::new(false)).collect(),
            closed: (0..AGENTS).map(|_| AtomicBool::new(true)).collect(),
            clock: AtomicI64::new(1_000),
            steps: AtomicU64::new(1),
            served: Mutex::default(),
        }
    }

    fn has_seen_enough(&self) -> bool {
        self.core.figures().decisions >= MATCHES
    }

    fn step(&self) -> u64 {
        self.steps.fetch_add(1, SeqCst)
    }

    fn post(&self, shard: usize, letter: Letter) {
        self.mailboxes[shard].lock().expect("no panic").push(letter);
    }

    /// At rest nobody waits whom an idle agent could take (there are no bars here). No one serves the last class.
    fn has_overlooked_nobody(&self) {
        let mut late = Vec::new();
        self.core.settle(Moment::from_secs(1 << 40), &mut |reply| late.push(reply));
        assert!(late.is_empty(), "lost matches: {late:?}");
    }

    /// No one was served before one of the same class who had certainly joined earlier and was certainly still there.
    fn kept_the_order(&self) {
        let mut by_class: BTreeMap<u32, Vec<Served>> = BTreeMap::new();
        for call in self.served.lock().expect("no panic").iter() {
            by_class.entry(call.class).or_default().push(*call);
        }
        for (call, served) in by_class.values().flat_map(|served| served.iter().map(move |call| (call, served))) {
            // A call whose `since` is older may stand in front, whenever it joined.
            let was_passed_over = |other: &&Served| {
                other.since <= call.since && other.joined.1 < call.joined.0 && other.matched.0 > call.matched.1
            };
            let passed_over = served.iter().find(was_passed_over);
            assert!(passed_over.is_none(), "{call:?} was served before {passed_over:?}");
        }
    }

    fn is_empty(&self) {
        for class in 0..CLASSES {
            assert_eq!(self.core.waiting_in_class(ClassNo(class)), 0);
        }
        let figures = self.core.figures();
        assert_eq!((figures.tickets, figures.claimed, figures.busy, self.core.claimed_seats()), (0, 0, 0, 0));
        assert!(figures.places <= 2 * CLASSES as usize, "places left behind: {figures:?}");
        assert!(figures.decisions >= MATCHES, "the floor was too quiet to prove anything: {figures:?}");
    }
}
