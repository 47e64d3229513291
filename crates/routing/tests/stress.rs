//! Several shards at once, with everything that can happen on a floor: nobody gets two calls, nobody is overlooked, lanes
//! keep their order, also while skills are given and taken.
//!
//! Each thread is a shard: it owns its calls and its agents' desks, and hears of matches by a mailbox, as in the node.

#![cfg(not(loom))]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests run threads and read mailboxes")]

mod floor;
mod shard;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use floor::plan;
use forecast::Outlook;
use model::{Moment, MunicipalityId};
use plan::{ClassNo, Plan, Step, StepWho};
use routing::{Claim, Core, Limits, Reply, Tables};
use shard::Shard;

const AGENTS: usize = 24;
const CLASSES: u32 = 5;
const MEMBERS: [MunicipalityId; 3] = [MunicipalityId(101), MunicipalityId(461), MunicipalityId(751)];
/// Calls of one shard at once; few enough that a shard that gets no processor doesn't hold all agents.
const CALLS_MAX: usize = 10;
/// Each floor goes on until so many matches were made …
const MATCHES: u64 = 10_000;
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
    /// With members, steps, reserves, and calls of every precedence; else all calls are alike.
    is_rich: bool,
    mailboxes: Vec<Mutex<Vec<Letter>>>,
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
    alike: (u32, u8, Option<MunicipalityId>),
    since: Moment,
    joined: (u64, u64),
    matched: (u64, u64),
}

#[test]
fn busy_shards_share_their_agents_without_a_mistake() {
    for (seed, shards) in [(1, 2), (2, 3), (3, 3), (4, 4)] {
        let house = House::new(shards, false);
        house.lives_a_day(seed, || false);
    }
}

#[test]
fn members_steps_reserves_and_precedences_change_nothing_in_that() {
    for (seed, shards) in [(5, 2), (6, 3), (7, 4)] {
        let house = House::new(shards, true);
        house.lives_a_day(seed, || false);
    }
}

#[test]
fn skills_that_are_given_and_taken_in_the_storm_lose_and_reorder_nobody() {
    for (seed, shards) in [(8, 2), (9, 3)] {
        let house = House::new(shards, seed % 2 == 1);
        let mut turn = 0_usize;
        let swaps = || {
            turn += 1;
            // The last class is nobody's, and everybody's; at the end it is everybody's.
            house.swaps(turn.is_multiple_of(2) || house.has_seen_enough());
            !house.has_seen_enough()
        };
        house.lives_a_day(seed, swaps);
        let served = house.served.lock().expect("no panic");
        assert!(served.iter().any(|call| call.alike.0 == CLASSES - 1), "the skill came and nobody was served by it");
    }
}

impl House {
    fn new(shards: usize, is_rich: bool) -> Self {
        let limits = Limits { tickets: 4_096, seats: AGENTS, explanations: 64, ..floor::SMALL };
        Self {
            core: Core::new(&floor_plan(is_rich, false), &Outlook::unknown(), limits),
            is_rich,
            mailboxes: (0..shards).map(|_| Mutex::default()).collect(),
            held: (0..AGENTS).map(|_| AtomicBool::new(false)).collect(),
            closed: (0..AGENTS).map(|_| AtomicBool::new(true)).collect(),
            clock: AtomicI64::new(1_000),
            steps: AtomicU64::new(1),
            served: Mutex::default(),
        }
    }

    /// Until enough was seen; beside the shards one more thread does `more`, as long as that is wanted.
    fn lives_a_day(&self, seed: u64, mut more: impl FnMut() -> bool + Send) {
        let mut shards: Vec<Shard<'_>> = (0..self.shards()).map(|number| Shard::new(self, number, seed)).collect();
        std::thread::scope(|scope| {
            for shard in &mut shards {
                scope.spawn(|| {
                    (0..TURNS_MAX).take_while(|_| !self.has_seen_enough()).for_each(|turn| shard.turn(turn));
                });
            }
            scope.spawn(move || while more() {});
        });
        while shards.iter_mut().any(Shard::reads_mail) {}
        if self.is_rich {
            // Reserves and steps end, and those who wait were told so.
            self.clock.fetch_add(60_000, SeqCst);
            shards.iter_mut().for_each(Shard::looks_for_all);
            while shards.iter_mut().any(Shard::reads_mail) {}
        }
        self.has_overlooked_nobody();
        shards.iter().for_each(Shard::files_the_waiting);
        self.kept_the_order();
        shards.iter_mut().for_each(Shard::ends);
        while shards.iter_mut().any(Shard::reads_mail) {}
        self.is_empty();
    }

    fn shards(&self) -> usize {
        self.mailboxes.len()
    }

    /// Other skills, from the next decision on; whoever meets by them is told.
    fn swaps(&self, last_class_too: bool) {
        let plan = floor_plan(self.is_rich, last_class_too);
        self.core.swap(Tables::new(&plan, &Outlook::unknown())).expect("as big as before");
        let at = Moment::from_millis(self.clock.fetch_add(1, SeqCst));
        let mut replies = Vec::new();
        let began = self.step();
        self.core.settle(at, &mut |reply| replies.push(reply));
        self.delivers(&replies, (began, self.step()));
    }

    fn delivers(&self, replies: &[Reply], steps: (u64, u64)) {
        for reply in replies {
            if let Reply::Matched { claim, .. } = reply {
                self.post(usize::from(claim.call.shard().0), Letter::Matched(*claim, steps));
            }
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

    /// At rest nobody waits whom an idle agent could take (there are no bars here).
    fn has_overlooked_nobody(&self) {
        let mut late = Vec::new();
        self.core.settle(Moment::from_millis(self.clock.load(SeqCst)), &mut |reply| late.push(reply));
        late.retain(|reply| matches!(reply, Reply::Matched { .. }));
        assert!(late.is_empty(), "lost matches: {late:?}");
    }

    /// No one was served before one alike who had certainly joined earlier and was certainly still there.
    fn kept_the_order(&self) {
        let mut alike: BTreeMap<(u32, u8, Option<MunicipalityId>), Vec<Served>> = BTreeMap::new();
        for call in self.served.lock().expect("no panic").iter() {
            alike.entry(call.alike).or_default().push(*call);
        }
        for (call, served) in alike.values().flat_map(|served| served.iter().map(move |call| (call, served))) {
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

/// Every agent has other classes of the first four; the last is nobody's, or everybody's.
fn floor_plan(is_rich: bool, last_class_too: bool) -> Plan {
    let skills: Vec<Vec<(u32, u8)>> = (0..AGENTS as u32)
        .map(|agent| {
            let own = (0..CLASSES - 1).filter(|class| (agent >> class) & 1 == 1);
            own.chain(last_class_too.then_some(CLASSES - 1)).map(|class| (class, 1 + (agent % 3) as u8)).collect()
        })
        .collect();
    let slices: Vec<&[(u32, u8)]> = skills.iter().map(Vec::as_slice).collect();
    let mut plan = plan(CLASSES as usize, &slices);
    plan.queues.iter_mut().for_each(|queue| queue.waiting_max = 50);
    if is_rich {
        for (agent, number) in plan.agents.iter_mut().zip(0..) {
            agent.home = Some(MEMBERS[number % 3]);
            agent.serves = (number % 5 == 0).then(|| MEMBERS[..2].iter().copied().collect());
        }
        let at_home = Step { after: Duration::ZERO, level_max: 2, who: StepWho::Home };
        plan.queues[1].steps = vec![at_home, Step { after: Duration::from_millis(300), ..Step::ALL }];
    } else {
        plan.routing.reserve_max = Duration::ZERO;
    }
    plan
}
