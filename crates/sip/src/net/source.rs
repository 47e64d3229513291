//! Where messages come from, and a bounded table by it.
//!
//! One source is an IPv4 address or an IPv6 network of 64 bits: whoever has one address of such a network has all of them.
//! Pure: no clock; what is kept for a source is known by who keeps it.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Bits of an IPv6 address that tell sources apart.
const V6_BITS: u32 = 64;

/// One source of messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

/// The text is no source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an address such as 192.0.2.7, nor a network such as 2001:db8::/64")]
pub struct BadSource;

impl Source {
    /// The source that an address belongs to; an IPv4 address mapped into IPv6 counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => Self(IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << V6_BITS)))),
        }
    }
    /// Its address, or the first of its network.
    pub const fn first(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => v4.fmt(f),
            IpAddr::V6(v6) => write!(f, "{v6}/{V6_BITS}"),
        }
    }
}

/// Masked: an address may be a citizen's.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(masked)")
    }
}

impl FromStr for Source {
    type Err = BadSource;
    fn from_str(text: &str) -> Result<Self, BadSource> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| BadSource)?;
        let whole = if address.is_ipv4() { "32" } else { "64" };
        if bits.is_some_and(|bits| bits != whole) { Err(BadSource) } else { Ok(Self::of(address)) }
    }
}

/// No neighbour in the order of use.
const NONE: u32 = u32::MAX;

/// Something kept for each source, for a bounded number of them: at the bound the one that was used longest ago gives way.
/// Each use costs the same, however many there are.
pub(super) struct Sources<T> {
    places: HashMap<Source, u32>,
    kept: Vec<Kept<T>>,
    max: usize,
    newest: u32,
    oldest: u32,
}

struct Kept<T> {
    source: Source,
    value: T,
    newer: u32,
    older: u32,
}

impl<T> Sources<T> {
    /// None yet; `max` at most, at least one.
    pub(super) fn new(max: usize) -> Self {
        let max = max.clamp(1, NONE as usize - 1);
        Self { places: HashMap::new(), kept: Vec::new(), max, newest: NONE, oldest: NONE }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Looks, and leaves the order of use alone.
    pub(super) fn get(&self, source: Source) -> Option<&T> {
        self.places.get(&source).map(|place| &self.kept[*place as usize].value)
    }

    /// What is kept of a source, which is now the one used last.
    pub(super) fn used(&mut self, source: Source, new: impl FnOnce() -> T) -> &mut T {
        let place = match self.places.get(&source) {
            Some(place) => *place,
            None => self.place_for(source, new()),
        };
        self.unlink(place);
        self.link_newest(place);
        &mut self.kept[place as usize].value
    }

    /// Forgets a source.
    pub(super) fn remove(&mut self, source: Source) -> Option<T> {
        let place = self.places.remove(&source)?;
        self.unlink(place);
        let last = (self.kept.len() - 1) as u32;
        let gone = self.kept.swap_remove(place as usize);
        if place != last {
            self.moved(place);
        }
        Some(gone.value)
    }

    /// All, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Source, &T)> {
        self.kept.iter().map(|kept| (kept.source, &kept.value))
    }

    fn place_for(&mut self, source: Source, value: T) -> u32 {
        if self.kept.len() >= self.max {
            let oldest = self.kept[self.oldest as usize].source;
            self.remove(oldest);
        }
        let place = self.kept.len() as u32;
        self.kept.push(Kept { source, value, newer: NONE, older: NONE });
        self.places.insert(source, place);
        self.link_newest(place);
        place
    }

    fn unlink(&mut self, place: u32) {
        let (newer, older) = (self.kept[place as usize].newer, self.kept[place as usize].older);
        match self.kept.get_mut(newer as usize) {
            Some(newer) => newer.older = older,
            None => self.newest = older,
        }
        match self.kept.get_mut(older as usize) {
            Some(older) => older.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link_newest(&mut self, place: u32) {
        let before = std::mem::replace(&mut self.newest, place);
        match self.kept.get_mut(before as usize) {
            Some(before) => before.newer = place,
            None => self.oldest = place,
        }
        self.kept[place as usize].newer = NONE;
        self.kept[place as usize].older = before;
    }

    /// What stood at the end stands at `to` now.
    fn moved(&mut self, to: u32) {
        let Kept { source, newer, older, .. } = self.kept[to as usize];
        self.places.insert(source, to);
        match self.kept.get_mut(newer as usize) {
            Some(newer) => newer.older = to,
            None => self.newest = to,
        }
        match self.kept.get_mut(older as usize) {
            Some(older) => older.newer = to,
            None => self.oldest = to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(n: u8) -> Source {
        Source::of(IpAddr::from([192, 0, 2, n]))
    }

    #[test]
    fn an_ipv6_network_is_one_source_and_a_mapped_address_is_ipv4() {
        let of = |text: &str| Source::of(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_eq!(of("2001:db8::1").to_string(), "2001:db8::/64");
        for text in ["192.0.2.7", "192.0.2.7/32", "2001:db8::/64", "2001:db8::9"] {
            let read: Source = text.parse().expect("a source");
            assert_eq!(read.to_string().parse(), Ok(read));
        }
        for text in ["", "x", "192.0.2.0/24", "2001:db8::/32", "192.0.2.7/"] {
            assert_eq!(text.parse::<Source>(), Err(BadSource), "{text}");
        }
    }

    #[test]
    fn at_the_bound_the_one_that_was_used_longest_ago_gives_way() {
        let mut sources = Sources::new(3);
        for n in 1..=3 {
            sources.used(source(n), || n);
        }
        sources.used(source(1), || 0);
        sources.used(source(4), || 4);
        assert_eq!((sources.len(), sources.get(source(2)), sources.get(source(1))), (3, None, Some(&1)));
    }

    #[test]
    fn the_table_agrees_with_a_plain_list_whatever_is_done_to_it() {
        let (mut sources, mut list) = (Sources::new(5), Vec::<u8>::new());
        let mut drawn = 7_u32;
        for _ in 0..10_000 {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (n, forget) = ((drawn >> 16) as u8 % 9, (drawn >> 28).is_multiple_of(4));
            list.retain(|known| *known != n);
            if forget {
                sources.remove(source(n));
            } else {
                assert_eq!(*sources.used(source(n), || n), n);
                list.push(n);
                if list.len() > 5 {
                    list.remove(0);
                }
            }
            let mut kept: Vec<u8> = sources.iter().map(|(_, n)| *n).collect();
            kept.sort_unstable();
            let mut wanted = list.clone();
            wanted.sort_unstable();
            assert_eq!(kept, wanted);
        }
    }
}
