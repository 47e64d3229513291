//! Tables keyed by numbers that we draw ourselves (tags, branches, keyed hashes, leg ids).
//!
//! Such keys can't be chosen by a stranger, so one multiplication is hash enough. Values lie boxed:
//! a table that grows moves pointers, not transactions.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by a number of our own.
pub(crate) type Table<V> = HashMap<u64, V, BuildHasherDefault<Mixed>>;

/// Multiplies by an odd constant and folds the high half down; keys must not be chosen by strangers.
#[derive(Default)]
pub(crate) struct Mixed(u64);

/// 2^64 divided by the golden ratio, odd (Knuth's multiplicative hashing).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }
    fn write_u64(&mut self, number: u64) {
        let product = number.wrapping_mul(GOLDEN);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_spread() {
        let mut table: Table<u64> = Table::default();
        for shard in 0..4u64 {
            for counter in 0..1_000 {
                table.insert((shard << 56) | counter, counter);
            }
        }
        assert_eq!(table.len(), 4_000);
        assert_eq!(table.get(&((3 << 56) + 999)), Some(&999));
    }
}
