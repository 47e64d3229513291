//! Carries out what a shard asks for: the core is asked here and its replies handled before any later input, other
//! shards get theirs, and all else goes to the hands. The same loop runs in the node and in the simulator.

use std::collections::VecDeque;

use model::{Moment, ShardNo};
use routing::{Core, Reply, Request};

use crate::centre::Centre;
use crate::input::Input;
use crate::output::Output;

/// Whoever moves bytes for a shard: sockets and workers in the node, a world of its own in the simulator.
pub trait Hands {
    /// Everything but [`Output::Core`] and what a shard sends to itself.
    fn carry(&mut self, output: Output, at: Moment);
}

/// Whoever matches: the core itself, or one that is watched while it does (the simulator).
pub trait Matching {
    /// Carries out one request; its replies come at once, in order.
    fn carry_out(&self, request: Request, at: Moment, replies: &mut dyn FnMut(Reply));
}

impl Matching for Core {
    fn carry_out(&self, request: Request, at: Moment, mut replies: &mut dyn FnMut(Reply)) {
        Self::carry_out(self, request, at, &mut replies);
    }
}

/// Hands `input` to the shard and carries out all that follows from it.
pub fn carry_out(centre: &mut Centre, core: &impl Matching, hands: &mut impl Hands, input: Input, at: Moment) {
    let mut inputs = VecDeque::from([input]);
    let mut outbox = Vec::new();
    while let Some(input) = inputs.pop_front() {
        centre.handle(input, at, &mut outbox);
        settle((centre.shard(), centre.settings.shards), core, hands, &mut outbox, &mut inputs, at);
    }
}

/// Carries out an outbox that came about without an input (the start of the node).
pub fn carry_outbox(
    centre: &mut Centre,
    core: &impl Matching,
    hands: &mut impl Hands,
    mut outbox: Vec<Output>,
    at: Moment,
) {
    let mut inputs = VecDeque::new();
    settle((centre.shard(), centre.settings.shards), core, hands, &mut outbox, &mut inputs, at);
    while let Some(input) = inputs.pop_front() {
        carry_out(centre, core, hands, input, at);
    }
}

fn settle(
    (shard, shards): (ShardNo, u8),
    core: &impl Matching,
    hands: &mut impl Hands,
    outbox: &mut Vec<Output>,
    inputs: &mut VecDeque<Input>,
    at: Moment,
) {
    for output in outbox.drain(..) {
        match output {
            Output::Core(request) => core.carry_out(request, at, &mut |reply| match reply.for_shard(shards) {
                Some(other) if other != shard => hands.carry(Output::ToShard(other, Box::new(Input::Core(reply))), at),
                Some(_) | None => inputs.push_back(Input::Core(reply)),
            }),
            Output::ToShard(to, input) if to == shard => inputs.push_back(*input),
            Output::ToShard(..)
            | Output::Leg(_)
            | Output::Media(_)
            | Output::Fact(_)
            | Output::Person(_)
            | Output::Promise(_)
            | Output::DeskAnswer(_)
            | Output::DeskEvent(_) => hands.carry(output, at),
        }
    }
}
