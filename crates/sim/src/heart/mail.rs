//! Mail between shards: in order from one shard to another, in an order that the seed draws otherwise.
//! Bounded by what the shards send in a step; knows nothing of what is written.

use std::collections::VecDeque;

use centre::Input;
use model::ShardNo;

use crate::lot::Lot;

/// Mail under way at once; above it the world is declared broken, for no step of a shard sends so much.
pub(crate) const MAIL_MAX: usize = 100_000;

/// One queue for each pair of shards.
#[derive(Debug)]
pub(crate) struct Mail {
    shards: usize,
    links: Vec<VecDeque<Input>>,
    under_way: usize,
}

impl Mail {
    pub(crate) fn new(shards: usize) -> Self {
        Self { shards, links: (0..shards * shards).map(|_| VecDeque::new()).collect(), under_way: 0 }
    }

    pub(crate) fn post(&mut self, from: ShardNo, to: ShardNo, input: Input) {
        self.under_way += 1;
        self.links[usize::from(from.0) * self.shards + usize::from(to.0)].push_back(input);
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// The oldest letter of any one link.
    pub(crate) fn take(&mut self, lot: &mut Lot) -> Option<(ShardNo, Input)> {
        let busy = self.links.iter().filter(|link| !link.is_empty()).count();
        if busy == 0 {
            return None;
        }
        let drawn = if busy == 1 { 0 } else { lot.below(busy) };
        let (number, link) = self.links.iter_mut().enumerate().filter(|(_, link)| !link.is_empty()).nth(drawn)?;
        self.under_way -= 1;
        link.pop_front().map(|input| (ShardNo((number % self.shards) as u8), input))
    }
}
