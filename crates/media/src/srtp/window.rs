//! Which number a packet has in its whole stream, and whether it came before (RFC 3711 §3.3.1, §3.3.2).
//!
//! A few sources for each direction; only authentic packets are noted. Knows no key.

/// Sources that are remembered for one direction; beyond, the one heard longest ago is forgotten. A phone has one, and
/// a trunk takes a new one with each announcement or diversion of its own.
const SOURCES_MAX: usize = 8;
/// How far behind the newest a packet may come, in packets.
const WINDOW: u64 = 128;
/// Half the range of a sequence number.
const HALF: u16 = 1 << 15;

/// The sources of one direction.
#[derive(Debug, Default)]
pub(super) struct Sources {
    known: [Source; SOURCES_MAX],
    /// Counts what was noted, so that the oldest is known.
    time: u64,
}

/// One source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    ssrc: u32,
    /// When it was noted last; 0: never.
    noted: u64,
    pub(super) rtp: Window,
    pub(super) rtcp: Window,
}

/// The numbers of one stream that have come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// The highest, plus one; 0: none has come.
    end: u64,
    /// Bit n: the number n below the highest has come.
    seen: u128,
}

impl Sources {
    /// What is known of a source; a new one is not noted yet.
    pub(super) fn of(&self, ssrc: u32) -> Source {
        let known = self.known.iter().find(|source| source.noted > 0 && source.ssrc == ssrc);
        known.copied().unwrap_or(Source { ssrc, ..Source::default() })
    }

    /// Notes a source after an authentic packet of its.
    pub(super) fn keep(&mut self, mut source: Source, note: impl FnOnce(&mut Source)) {
        note(&mut source);
        self.time += 1;
        source.noted = self.time;
        let same = self.known.iter().position(|known| known.noted > 0 && known.ssrc == source.ssrc);
        let oldest = || (0..SOURCES_MAX).min_by_key(|place| self.known[*place].noted);
        let place = same.or_else(oldest).unwrap_or(0);
        self.known[place] = source;
    }
}

impl Window {
    /// The whole number of a packet with this sequence number: nearest to the highest that has come. `None`: before the first.
    pub(super) fn index_of(&self, sequence: u16) -> Option<u64> {
        let Some(highest) = self.end.checked_sub(1) else { return Some(u64::from(sequence)) };
        let (rounds, last) = (highest >> 16, highest as u16);
        let rounds = if last < HALF && sequence.saturating_sub(last) > HALF {
            rounds.checked_sub(1)?
        } else if last >= HALF && last - HALF > sequence {
            rounds + 1
        } else {
            rounds
        };
        Some(rounds << 16 | u64::from(sequence))
    }

    /// Whether that number has not come, and is not too old to tell.
    pub(super) fn is_new(&self, index: u64) -> bool {
        match (self.end.checked_sub(1), index) {
            (None, _) => true,
            (Some(highest), index) if index > highest => true,
            (Some(highest), index) => highest - index < WINDOW && self.seen >> (highest - index) & 1 == 0,
        }
    }

    /// It has come.
    pub(super) fn note(&mut self, index: u64) {
        let end = index + 1;
        if end > self.end {
            let ahead = end - self.end;
            self.seen = if ahead < WINDOW && self.end > 0 { self.seen << ahead | 1 } else { 1 };
            self.end = end;
        } else if self.end - end < WINDOW {
            self.seen |= 1 << (self.end - end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_comes_once_in_any_order_and_too_late_is_too_late() {
        let mut window = Window::default();
        for index in [5_u64, 7, 6, 200, 73, 199] {
            assert!(window.is_new(index), "{index}");
            window.note(index);
            assert!(!window.is_new(index), "{index} twice");
        }
        assert!(!window.is_new(72) && window.is_new(74) && window.is_new(201));
    }

    #[test]
    fn rounds_are_counted_over_the_edge_and_back_by_late_packets() {
        let mut window = Window::default();
        assert_eq!(window.index_of(65_534), Some(65_534));
        window.note(65_534);
        assert_eq!(window.index_of(1), Some(65_537));
        window.note(65_537);
        assert_eq!((window.index_of(65_535), window.index_of(2)), (Some(65_535), Some(65_538)));
        let mut early = Window::default();
        early.note(3);
        assert_eq!(early.index_of(65_535), None, "before the first");
    }

    #[test]
    fn the_source_heard_longest_ago_is_forgotten() {
        let mut sources = Sources::default();
        for ssrc in 0..=SOURCES_MAX as u32 {
            sources.keep(sources.of(ssrc), |source| source.rtp.note(9));
            sources.keep(sources.of(1), |source| source.rtp.note(u64::from(ssrc) + 10));
        }
        assert!(sources.of(0).rtp.is_new(9), "forgotten");
        assert!(!sources.of(1).rtp.is_new(9) && !sources.of(SOURCES_MAX as u32).rtp.is_new(9));
    }
}
