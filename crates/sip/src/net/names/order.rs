//! In which order a name's servers are tried (RFC 2782): by priority, among equals by weight, those that rest last.
//! Pure: the same seed gives the same order, so that a message's repetitions go where it went.

use std::net::SocketAddr;

use super::Addresses;

/// One server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::net) struct Choice {
    pub(in crate::net) address: SocketAddr,
    /// Lower ones first.
    pub(in crate::net) priority: u16,
    /// How often, among equals.
    pub(in crate::net) weight: u16,
}

/// All of them, best first.
pub(super) fn in_order(choices: &[Choice], seed: u64, rests: impl Fn(SocketAddr) -> bool) -> Addresses {
    if let [only] = choices {
        return Addresses::from_slice(&[only.address]);
    }
    let mut left: Vec<Choice> = choices.to_vec();
    left.sort_by_key(|choice| choice.priority);
    let mut draw = seed;
    let (mut awake, mut resting) = (Addresses::new(), Addresses::new());
    while let Some(first) = left.first() {
        let equals = left.iter().take_while(|choice| choice.priority == first.priority).count();
        draw = mixed(draw);
        let address = left.remove(drawn(&left[..equals], draw)).address;
        if rests(address) { resting.push(address) } else { awake.push(address) }
    }
    awake.extend(resting);
    awake
}

/// One of equals: as often as its weight says. A weight of 0 is a small one.
fn drawn(equals: &[Choice], draw: u64) -> usize {
    let weight = |choice: &Choice| u64::from(choice.weight) * 100 + 1;
    let mut point = draw % equals.iter().map(weight).sum::<u64>().max(1);
    for (at, choice) in equals.iter().enumerate() {
        match point.checked_sub(weight(choice)) {
            Some(rest) => point = rest,
            None => return at,
        }
    }
    0
}

/// SplitMix64: spreads neighbouring seeds.
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(last: u8, priority: u16, weight: u16) -> Choice {
        Choice { address: SocketAddr::from(([192, 0, 2, last], 5060)), priority, weight }
    }

    fn lasts(addresses: &Addresses) -> Vec<u8> {
        addresses
            .iter()
            .map(|address| address.to_string().split(['.', ':']).nth(3).map_or(0, |n| n.parse().expect("n")))
            .collect()
    }

    #[test]
    fn the_lowest_priority_is_tried_first_and_weights_share_it() {
        let choices = [choice(3, 20, 0), choice(1, 10, 75), choice(2, 10, 25)];
        let mut firsts = [0; 4];
        for seed in 0..10_000 {
            let order = lasts(&in_order(&choices, seed, |_| false));
            assert_eq!((order.len(), order[2]), (3, 3));
            firsts[order[0] as usize] += 1;
        }
        assert!((7_200..7_800).contains(&firsts[1]), "{firsts:?}");
    }

    #[test]
    fn who_rests_is_tried_last_and_the_same_seed_gives_the_same_order() {
        let choices = [choice(1, 10, 1), choice(2, 20, 1), choice(3, 30, 1)];
        let resting = choices[0].address;
        let order = in_order(&choices, 7, |address| address == resting);
        assert_eq!(lasts(&order), [2, 3, 1]);
        assert_eq!(order, in_order(&choices, 7, |address| address == resting));
    }
}
