//! The RTP ports of one shard: even numbers, each with the odd one above it for RTCP (RFC 3550 §11).
//!
//! Knows numbers, not sockets. What is given back goes to the end of the line, so that a port's late packets have
//! died out before another call gets it. Bounded by its range: an empty pool answers `None`, and the call is refused.

use std::collections::VecDeque;

use model::Moment;

/// Ports that may be used for sound, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortRange {
    /// Lowest port; an odd one is left out.
    pub from: u16,
    /// Highest port, RTCP included; the last pair is (`to` − 1, `to`) when `to` is odd.
    pub to: u16,
}

/// The port pairs of one shard, named by their even RTP port.
#[derive(Clone, Debug)]
pub struct PortPool {
    range: PortRange,
    free: VecDeque<u16>,
    /// In use, one flag for each pair of the range.
    used: Vec<bool>,
    in_use: usize,
    /// Taken by another program, until then; in the order in which they were found.
    resting: VecDeque<(Moment, u16)>,
}

impl PortPool {
    /// Every `shards`th pair of the range, beginning with the `shard`th (from 0).
    pub fn for_shard(range: PortRange, shard: u8, shards: u8) -> Self {
        let pairs = range.pairs();
        let free = pairs.clone().skip(usize::from(shard)).step_by(usize::from(shards.max(1))).collect();
        Self { range, free, used: vec![false; pairs.count()], in_use: 0, resting: VecDeque::new() }
    }

    /// The even port of a free pair: the one that has been free longest. `None`: all are in use or rest.
    pub fn take(&mut self, at: Moment) -> Option<u16> {
        while self.resting.front().is_some_and(|(until, _)| *until <= at) {
            self.free.extend(self.resting.pop_front().map(|(_, port)| port));
        }
        let port = self.free.pop_front()?;
        self.mark(port, true);
        Some(port)
    }

    /// A pair may be used again (after `MediaEvent::Closed`). One that isn't in use is left as it is.
    pub fn give_back(&mut self, port: u16) {
        if self.mark(port, false) {
            self.free.push_back(port);
        }
    }

    /// Another program has the pair (`MediaEvent::PortTaken`): not given out again before `until`.
    pub fn rest(&mut self, port: u16, until: Moment) {
        if self.mark(port, false) {
            self.resting.push_back((until, port));
        }
    }

    /// Pairs that are given out.
    pub const fn in_use(&self) -> usize {
        self.in_use
    }

    /// Sets whether a pair is in use; says whether that changed anything.
    fn mark(&mut self, port: u16, used: bool) -> bool {
        let place = usize::from(port.saturating_sub(self.range.first_even())) / 2;
        let Some(flag) = self.used.get_mut(place).filter(|flag| **flag != used) else { return false };
        *flag = used;
        if used {
            self.in_use += 1;
        } else {
            self.in_use -= 1;
        }
        true
    }
}

impl PortRange {
    const fn first_even(self) -> u16 {
        self.from.saturating_add(self.from % 2)
    }

    fn pairs(self) -> impl Iterator<Item = u16> + Clone {
        (self.first_even()..self.to).step_by(2).filter(|port| port % 2 == 0 && *port != 0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOON: Moment = Moment::from_secs(43_200);

    #[test]
    fn shards_share_a_range_without_overlap() {
        let range = PortRange { from: 11_999, to: 12_009 };
        let mut all = Vec::new();
        for shard in 0..3 {
            let mut pool = PortPool::for_shard(range, shard, 3);
            while let Some(port) = pool.take(NOON) {
                all.push(port);
            }
        }
        all.sort_unstable();
        assert_eq!(all, [12_000, 12_002, 12_004, 12_006, 12_008]);
    }

    #[test]
    fn the_port_freed_first_is_used_first_and_the_newest_last() {
        let mut pool = PortPool::for_shard(PortRange { from: 4000, to: 4005 }, 0, 1);
        assert_eq!([pool.take(NOON), pool.take(NOON)], [Some(4000), Some(4002)]);
        pool.give_back(4002);
        pool.give_back(4000);
        let next: Vec<_> = std::iter::from_fn(|| pool.take(NOON)).collect();
        assert_eq!(next, [4004, 4002, 4000]);
        assert_eq!((pool.take(NOON), pool.in_use()), (None, 3));
    }

    #[test]
    fn a_port_given_back_twice_is_given_out_once() {
        let mut pool = PortPool::for_shard(PortRange { from: 4000, to: 4001 }, 0, 1);
        assert_eq!(pool.take(NOON), Some(4000));
        for port in [4000, 4000, 9998, 0] {
            pool.give_back(port);
        }
        assert_eq!(pool.in_use(), 0);
        assert_eq!([pool.take(NOON), pool.take(NOON)], [Some(4000), None]);
    }

    #[test]
    fn a_port_of_another_program_rests() {
        let mut pool = PortPool::for_shard(PortRange { from: 4000, to: 4001 }, 0, 1);
        assert_eq!(pool.take(NOON), Some(4000));
        pool.rest(4000, NOON + Duration::from_mins(1));
        assert_eq!((pool.take(NOON), pool.in_use()), (None, 0));
        assert_eq!(pool.take(NOON + Duration::from_mins(1)), Some(4000));
    }
}
