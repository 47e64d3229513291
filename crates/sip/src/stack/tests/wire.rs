//! Two stacks on a wire that loses, doubles and delays by a seed: one is the trunk's, one is ours.
//!
//! Whatever the wire does, each leg ends exactly once and 64·T1 later nothing is left on either side.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Caller, Cause, LegCommand, LegEvent, LegId, LegSide, Moment, ShardNo, TrunkId};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{SDP, shown};
use crate::bindings::Bindings;
use crate::message::parse;
use crate::stack::seam::{Destination, Incoming, Path, StackOut, Transport};
use crate::stack::settings::{OurAddress, PhoneBook, PhoneEntry, StackSettings};
use crate::stack::{Counts, Stack};

/// Steps of one story at most; none comes near.
const STEPS_MAX: usize = 20_000;
/// Seeds that are tried.
const SEEDS: u64 = 600;

/// What one story's side does and saw.
struct Side {
    stack: Stack,
    peer: Path,
    begun: Vec<LegId>,
    over: Vec<LegId>,
}

struct Wire {
    sides: [Side; 2],
    now: Moment,
    rng: StdRng,
    /// What is under way: to which side.
    flying: BTreeMap<(Moment, u64), (usize, Bytes)>,
    /// What the two users will do.
    plans: BTreeMap<(Moment, u64), (usize, LegCommand)>,
    counter: u64,
    /// Of a hundred messages.
    lost: u32,
    doubled: u32,
    talked: bool,
}

impl Wire {
    fn new(seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        let side = |mine: &str, other: u8, seed: u64| {
            let mut settings = StackSettings::new(vec![OurAddress { transport: Transport::Udp, sent_by: mine.into() }]);
            settings.session_expires = Duration::from_secs(90);
            let book = PhoneBook::new([PhoneEntry {
                agent: "7000".into(),
                password: None,
                fixed: Some(Arc::from("sip:7000@127.0.0.2:5060")),
            }]);
            let stack = Stack::new(ShardNo(0), Arc::new(settings), Arc::new(Bindings::new(book)), seed);
            let peer =
                Path { transport: Transport::Udp, listener: 0, connection: 0, peer: ([127, 0, 0, other], 5060).into() };
            Side { stack, peer, begun: Vec::new(), over: Vec::new() }
        };
        Self {
            sides: [side("127.0.0.1:5060", 2, seed), side("127.0.0.2:5060", 1, !seed)],
            now: Moment::from_secs(1_795_000_000),
            rng,
            flying: BTreeMap::new(),
            plans: BTreeMap::new(),
            counter: 0,
            lost: (seed % 5 * 8) as u32,
            doubled: (seed % 3 * 10) as u32,
            talked: false,
        }
    }

    fn chance(&mut self, of_hundred: u32) -> bool {
        self.rng.next_u32() % 100 < of_hundred
    }
    fn millis(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.rng.next_u64() % most.max(1))
    }
    fn plan(&mut self, side: usize, within_ms: u64, command: LegCommand) {
        let at = self.now + self.millis(within_ms);
        self.counter += 1;
        self.plans.insert((at, self.counter), (side, command));
    }

    fn take(&mut self, side: usize, out: Vec<StackOut>) {
        for one in out {
            match one {
                StackOut::Send { to: Destination::Path(path), bytes } => {
                    assert_eq!(path.peer, self.sides[side].peer.peer);
                    self.send(1 - side, &bytes);
                }
                StackOut::Send { to: Destination::Target(target), .. } => panic!("{target:?}"),
                StackOut::Leg(event) => self.happened(side, &event),
                StackOut::Phone { .. } | StackOut::BrowserCame { .. } => {}
                StackOut::Registered { .. } | StackOut::Proof { .. } => {}
            }
        }
    }

    fn send(&mut self, to: usize, bytes: &Bytes) {
        let copies = if self.chance(self.doubled) { 2 } else { 1 };
        for _ in 0..copies {
            if self.chance(self.lost) {
                continue;
            }
            let most = if self.chance(10) { 700 } else { 30 };
            let at = self.now + Duration::from_millis(1) + self.millis(most);
            self.counter += 1;
            self.flying.insert((at, self.counter), (to, bytes.clone()));
        }
    }

    /// What the users do when something happens to their leg.
    fn happened(&mut self, side: usize, event: &LegEvent) {
        let leg = event.leg();
        assert!(!self.sides[side].over.contains(&leg), "after its end: {event:?}");
        let session = Bytes::from_static(SDP.as_bytes());
        match event {
            LegEvent::Arrived(_) => {
                self.sides[side].begun.push(leg);
                self.plan(side, 300, LegCommand::Ring { leg });
                if self.chance(80) {
                    self.plan(side, 4_000, LegCommand::Answer { leg, session });
                }
                if self.chance(40) {
                    self.plan(side, 6_000, LegCommand::HangUp { leg, cause: Cause::Normal });
                }
            }
            LegEvent::Answered { .. } | LegEvent::Confirmed { .. } => {
                self.talked = true;
                let within = if self.chance(50) { 2_000 } else { 150_000 };
                self.plan(side, within, LegCommand::HangUp { leg, cause: Cause::Normal });
            }
            LegEvent::SessionOffered { .. } if self.chance(80) => {
                self.plan(side, 50, LegCommand::AcceptSession { leg, session });
            }
            LegEvent::SessionOffered { .. } => self.plan(side, 50, LegCommand::RejectSession { leg }),
            LegEvent::Refused { .. } | LegEvent::Ended { .. } => self.sides[side].over.push(leg),
            LegEvent::AgentCalls(_)
            | LegEvent::TransferAsked { .. }
            | LegEvent::Ringing { .. }
            | LegEvent::SessionAnswered { .. }
            | LegEvent::Digit { .. } => {}
        }
    }

    fn run(&mut self) {
        let leg = LegId::new(ShardNo(0), LegSide::Outbound, 1);
        self.sides[0].begun.push(leg);
        self.plan(
            0,
            1,
            LegCommand::CallAgent {
                leg,
                agent: "7000".into(),
                shown: shown(Caller::Withheld),
                offer: Bytes::from_static(SDP.as_bytes()),
                ring_time_max: Duration::from_secs(5),
            },
        );
        if self.chance(50) {
            self.plan(0, 6_000, LegCommand::HangUp { leg, cause: Cause::CallerGone });
        }
        for _ in 0..STEPS_MAX {
            if !self.step() {
                return;
            }
        }
        panic!("the wire never comes to rest");
    }

    /// The next thing that is due anywhere; false when there is none.
    fn step(&mut self) -> bool {
        let flying = self.flying.keys().next().map(|key| key.0);
        let planned = self.plans.keys().next().map(|key| key.0);
        let woken = [self.sides[0].stack.next_wakeup(), self.sides[1].stack.next_wakeup()];
        let Some(next) = flying.into_iter().chain(planned).chain(woken[0]).chain(woken[1]).min() else { return false };
        self.now = self.now.max(next);
        let mut out = Vec::new();
        if flying == Some(next) {
            let (_, (side, bytes)) = self.flying.pop_first().expect("looked at");
            let to = &mut self.sides[side];
            let incoming =
                Incoming { message: parse(bytes).expect("we wrote it"), path: to.peer, trunk: Some(TrunkId::new("t")) };
            to.stack.receive(incoming, self.now, &mut out);
            self.take(side, out);
        } else if planned == Some(next) {
            let (_, (side, command)) = self.plans.pop_first().expect("looked at");
            self.sides[side].stack.command(command, self.now, &mut out);
            self.take(side, out);
        } else {
            let side = usize::from(woken[0] != Some(next));
            self.sides[side].stack.wake(self.now, &mut out);
            self.take(side, out);
        }
        true
    }
}

#[test]
fn whatever_the_wire_does_each_leg_ends_once_and_nothing_is_left() {
    let mut talks = 0;
    for seed in 0..SEEDS {
        let mut wire = Wire::new(seed);
        wire.run();
        talks += u64::from(wire.talked);
        for side in &wire.sides {
            assert_eq!(side.stack.counts(), Counts::default(), "seed {seed}");
            assert_eq!(side.begun, side.over, "seed {seed}");
        }
    }
    assert!(talks > SEEDS / 4, "only {talks} of {SEEDS} came to a conversation");
}
