//! Resume tokens: where a reader of the event stream stands. Text that is opaque to readers and checks itself.
//! Knows a node's data by its mark; doesn't know what is behind a number.

use std::fmt;

use crate::spool::SpoolId;

/// A place in the facts of one spool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResumeToken {
    /// Which spool's numbers it means.
    pub spool: SpoolId,
    /// The last fact that the reader has; 0: none.
    pub fact_no: u64,
}

/// The text is no token of ours, or of another spool. The reader starts from a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadToken {
    /// Not a token, or changed on its way.
    #[error("this is no resume token")]
    Unreadable,
    /// A token of another node, or of a spool that is gone.
    #[error("this resume token belongs to another node")]
    OtherSpool,
}

impl ResumeToken {
    /// Reads a token that must be of this spool.
    pub fn read(text: &str, spool: SpoolId) -> Result<Self, BadToken> {
        let token = Self::parse(text).ok_or(BadToken::Unreadable)?;
        if token.spool == spool { Ok(token) } else { Err(BadToken::OtherSpool) }
    }

    fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("f1")?;
        if hex.len() != 40 || !hex.is_ascii() {
            return None;
        }
        let part = |from: usize, to: usize| u64::from_str_radix(&hex[from..to], 16).ok();
        let token = Self { spool: SpoolId(part(0, 16)?), fact_no: part(16, 32)? };
        (u64::from(token.check()) == part(32, 40)?).then_some(token)
    }

    fn check(&self) -> u32 {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.spool.0.to_be_bytes());
        bytes[8..].copy_from_slice(&self.fact_no.to_be_bytes());
        crc32fast::hash(&bytes)
    }
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "f1{:016x}{:016x}{:08x}", self.spool.0, self.fact_no, self.check())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place_and_to_no_other_spool() {
        let token = ResumeToken { spool: SpoolId(7), fact_no: u64::MAX };
        assert_eq!(ResumeToken::read(&token.to_string(), SpoolId(7)), Ok(token));
        assert_eq!(ResumeToken::read(&token.to_string(), SpoolId(8)), Err(BadToken::OtherSpool));
    }

    #[test]
    fn a_token_that_was_changed_is_refused() {
        let text = ResumeToken { spool: SpoolId(7), fact_no: 1 }.to_string();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'3' { b'4' } else { b'3' };
            let changed = String::from_utf8(changed).expect("still ASCII");
            assert!(ResumeToken::read(&changed, SpoolId(7)).is_err(), "{changed}");
        }
        for text in ["", "f1", "øøøø", "f1+000000000000070000000000000001"] {
            assert_eq!(ResumeToken::read(text, SpoolId(7)), Err(BadToken::Unreadable));
        }
    }
}
