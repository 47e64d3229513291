//! Tags, branches and Call-IDs of ours: they carry the shard that drew them, and are drawn from a seed.
//!
//! A local tag is two hex digits of the shard and 16 random ones; a branch the same behind the
//! cookie `z9hG4bK` (RFC 3261 §8.1.1.7). So any message inside a dialog of ours finds its shard without a table.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};
use std::time::Duration;

use model::ShardNo;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// The beginning of every branch since RFC 3261.
pub(crate) const COOKIE: &str = "z9hG4bK";
/// Length of a mark: 2 digits of the shard and 16 of the number.
const MARK_CHARS: usize = 18;

/// The source of all that is random in one shard's stack.
pub(crate) struct Marks {
    shard: ShardNo,
    rng: StdRng,
    secret: u64,
}

impl Marks {
    /// The same seed draws the same marks.
    pub(crate) fn new(shard: ShardNo, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ (u64::from(shard.0) << 48));
        let secret = rng.next_u64();
        Self { shard, rng, secret }
    }
    /// A number for a new tag or branch. 64 random bits: a second one alike is not to be expected in any table of ours.
    pub(crate) fn draw(&mut self) -> u64 {
        self.rng.next_u64()
    }
    /// A whole number of seconds between `least` and `most`.
    pub(crate) fn seconds_between(&mut self, least: u64, most: u64) -> u64 {
        least + self.rng.next_u64() % (most - least + 1)
    }
    /// A span between `least` and `most`, in steps of 10 ms (RFC 3261 §14.1).
    pub(crate) fn span_between(&mut self, least: Duration, most: Duration) -> Duration {
        let (least, most) = (least.as_millis() as u64 / 10, most.as_millis() as u64 / 10);
        Duration::from_millis(self.seconds_between(least, most) * 10)
    }
    /// A new Call-ID: 24 hex digits, no host name in it.
    pub(crate) fn call_id(&mut self) -> Box<str> {
        let (high, low) = (self.rng.next_u64(), self.rng.next_u32());
        format!("{high:016x}{low:08x}").into_boxed_str()
    }
    /// How a tag or branch number is written, without the branch's cookie.
    pub(crate) fn text(&self, number: u64) -> String {
        let mut text = String::with_capacity(MARK_CHARS);
        push_mark(&mut text, self.shard, number);
        text
    }
    /// The number behind a tag, if this shard drew it.
    pub(crate) fn read_tag(&self, tag: &str) -> Option<u64> {
        read_mark(tag, self.shard)
    }
    /// The number behind a branch, if this shard drew it.
    pub(crate) fn read_branch(&self, branch: &str) -> Option<u64> {
        read_mark(branch.strip_prefix(COOKIE)?, self.shard)
    }
    /// A keyed hash of texts from strangers, for keys of our tables.
    pub(crate) fn hash(&self, texts: &[&str]) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.secret);
        for text in texts {
            hasher.write(text.as_bytes());
            hasher.write_u8(0xff);
        }
        hasher.finish()
    }
    /// The shard whose marks these are.
    pub(crate) const fn shard(&self) -> ShardNo {
        self.shard
    }
}

/// Writes a mark at the end of `text`.
pub(crate) fn push_mark(text: &mut String, shard: ShardNo, number: u64) {
    let _ = write!(text, "{:02x}{number:016x}", shard.0);
}

fn read_mark(mark: &str, shard: ShardNo) -> Option<u64> {
    if mark.len() != MARK_CHARS || !mark.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let of = u8::from_str_radix(&mark[..2], 16).ok()?;
    let number = u64::from_str_radix(&mark[2..], 16).ok()?;
    (of == shard.0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_only_by_the_shard_that_drew_it() {
        let mut marks = Marks::new(ShardNo(0x2a), 7);
        let number = marks.draw();
        let text = marks.text(number);
        assert!(text.starts_with("2a"));
        assert_eq!(marks.read_tag(&text), Some(number));
        assert_eq!(marks.read_branch(&format!("{COOKIE}{text}")), Some(number));
        assert_eq!(Marks::new(ShardNo(1), 7).read_tag(&text), None);
        for foreign in ["", "2a", "2A0000000000000000", "2a000000000000000", "2a00000000000000zz", "ææææææææææææææææææ"]
        {
            assert_eq!(marks.read_tag(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let (mut one, mut two) = (Marks::new(ShardNo(0), 1), Marks::new(ShardNo(0), 1));
        assert_eq!((one.draw(), one.call_id()), (two.draw(), two.call_id()));
        assert_eq!(one.hash(&["a", "b"]), two.hash(&["a", "b"]));
        assert_ne!(one.hash(&["a", "b"]), one.hash(&["ab"]));
        assert_ne!(one.hash(&["a"]), Marks::new(ShardNo(0), 2).hash(&["a"]));
    }
}
