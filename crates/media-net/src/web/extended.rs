//! Sequence numbers that don't wrap: what SRTP counts with (RFC 3711 §3.3.1).
//! Knows the last number; knows no packet.

/// The 16 bits of a packet, extended by how often they wrapped.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extended {
    last: Option<u64>,
}

impl Extended {
    /// The extended number that lies nearest to the last one. `None`: it would lie before the beginning.
    pub(crate) fn extend(&mut self, sequence: u16) -> Option<u64> {
        let number = match self.last {
            None => u64::from(sequence),
            Some(last) => last.checked_add_signed(i64::from(sequence.wrapping_sub(last as u16) as i16))?,
        };
        self.last = self.last.max(Some(number));
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_number_goes_on_and_a_late_one_keeps_its_place() {
        let mut sent = Extended::default();
        let numbers = [65_534, 65_535, 0, 1, 65_535, 2].map(|n| sent.extend(n));
        assert_eq!(numbers, [65_534, 65_535, 65_536, 65_537, 65_535, 65_538].map(Some));
        let mut early = Extended::default();
        assert_eq!((early.extend(3), early.extend(65_535)), (Some(3), None));
    }
}
