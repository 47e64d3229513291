//! What can happen on a day, drawn: calls, floods, desks, offers that fail, talks, other plans, and time that passes.
//! Whom it happens to is a number that is taken modulo whoever is there.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use routing::Closed;

use crate::day::scene::{ORIGINS, Steps, membership, skills, steps};

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Joins {
        line: usize,
        from: usize,
        credit_s: u64,
        how: How,
    },
    Flood {
        line: usize,
        from: usize,
        calls: usize,
    },
    Leaves(usize),
    LooksAgain(usize),
    MovesOn(usize),
    Ready(usize),
    Closes(usize, Closed),
    OfferFails {
        which: usize,
        released_first: bool,
        barred_s: u64,
    },
    Talks(usize),
    HangsUp(usize),
    /// All that an offer should lead to: a talk, its end, and the agent is ready again.
    IsServed(usize),
    EverybodyIsReady,
    Learns(usize, BTreeMap<u32, u8>),
    Serves(usize, Option<BTreeSet<usize>>),
    StepsChange(usize, Steps),
    ForecastIsKnown(bool),
    Ticks,
    Passes {
        ms: u64,
    },
}

/// How a call asks to be treated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    InLine,
    Granted,
    Front,
    Later,
    For { agent: usize, seconds: u64 },
    Same { agent: usize, seconds: u64 },
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        20 => of_citizens(),
        16 => of_agents(),
        2 => of_coordinators(),
        1 => Just(Event::Ticks),
        8 => passes(),
    ]
}

fn of_citizens() -> impl Strategy<Value = Event> {
    let credit_s = prop_oneof![4 => Just(0), 1 => 0..300_u64];
    prop_oneof![
        8 => (any::<usize>(), 0..ORIGINS, credit_s, how())
            .prop_map(|(line, from, credit_s, how)| Event::Joins { line, from, credit_s, how }),
        2 => (any::<usize>(), 0..ORIGINS, 2..12_usize)
            .prop_map(|(line, from, calls)| Event::Flood { line, from, calls }),
        2 => any::<usize>().prop_map(Event::Leaves),
        1 => any::<usize>().prop_map(Event::LooksAgain),
        1 => any::<usize>().prop_map(Event::MovesOn),
    ]
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        8 => Just(How::InLine),
        1 => Just(How::Granted),
        1 => Just(How::Front),
        1 => Just(How::Later),
        1 => (any::<usize>(), 0..40_u64).prop_map(|(agent, seconds)| How::For { agent, seconds }),
        1 => (any::<usize>(), 0..40_u64).prop_map(|(agent, seconds)| How::Same { agent, seconds }),
    ]
}

fn of_agents() -> impl Strategy<Value = Event> {
    let closed = prop_oneof![Just(Closed::Off), Just(Closed::Paused), Just(Closed::Wrap)];
    prop_oneof![
        6 => any::<usize>().prop_map(Event::Ready),
        2 => (any::<usize>(), closed).prop_map(|(agent, to)| Event::Closes(agent, to)),
        4 => (any::<usize>(), any::<bool>(), 0..70_u64)
            .prop_map(|(which, released_first, barred_s)| Event::OfferFails { which, released_first, barred_s }),
        2 => any::<usize>().prop_map(Event::Talks),
        3 => any::<usize>().prop_map(Event::HangsUp),
        8 => any::<usize>().prop_map(Event::IsServed),
        1 => Just(Event::EverybodyIsReady),
    ]
}

fn of_coordinators() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (any::<usize>(), skills()).prop_map(|(agent, skills)| Event::Learns(agent, skills)),
        1 => (any::<usize>(), membership()).prop_map(|(agent, members)| Event::Serves(agent, members)),
        1 => (any::<usize>(), steps()).prop_map(|(queue, steps)| Event::StepsChange(queue, steps)),
        1 => any::<bool>().prop_map(Event::ForecastIsKnown),
    ]
}

fn passes() -> impl Strategy<Value = Event> {
    let ms = prop_oneof![
        2 => 0..50_u64,
        3 => 100..2_000_u64,
        3 => (1..20_u64).prop_map(|seconds| seconds * 1_000),
        1 => (1..6_u64).prop_map(|minutes| minutes * 60_000),
    ];
    ms.prop_map(|ms| Event::Passes { ms })
}
