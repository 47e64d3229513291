//! Who rings: a number, a text that is no number, or someone who withholds it.
//!
//! Facts hold only a [`PersonRef`]; the number behind it lies in one table that can be emptied
//! without changing a figure, a hash or a resume token.

use std::fmt;
use std::sync::Arc;

use crate::{Moment, PhoneNumber};

/// Longest text that is kept of a caller who gives no number, in characters.
const CALLER_TEXT_CHARS_MAX: usize = 64;

/// Who rings, as the trunk told us. Never a proof of identity: numbers are spoofed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// The citizen withholds the number (`Privacy: id`); it was dropped at the door.
    Withheld,
    /// A telephone number.
    Number(PhoneNumber),
    /// Something that is no telephone number, kept as text.
    Text(CallerText),
}

/// A caller's id that is no number; bounded, without control characters, masked in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct CallerText(Arc<str>);

impl CallerText {
    /// Keeps at most 64 characters and drops control and formatting characters (line breaks, right-to-left marks).
    pub fn new(text: &str) -> Self {
        let kept: String = text.chars().filter(|c| is_plain(*c)).take(CALLER_TEXT_CHARS_MAX).collect();
        Self(Arc::from(kept))
    }
    /// The text, for the agent's display.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Debug for CallerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerText(masked)")
    }
}

/// Stands for a person in facts; random or counted, never derived from the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PersonRef(pub u128);

/// What lies behind a [`PersonRef`], in the one table that can be emptied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRecord {
    /// The reference that facts carry.
    pub person: PersonRef,
    /// Who it is; never [`Caller::Withheld`].
    pub caller: Caller,
    /// When the call came, from which retention counts.
    pub seen_at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bounded_plain_and_masked() {
        let text = CallerText::new(&format!("an\r\nna\u{202e}{}", "x".repeat(4096)));
        assert!(text.reveal().starts_with("annax"));
        assert_eq!(text.reveal().chars().count(), 64);
        assert!(!format!("{text:?}").contains("anna"));
    }
}
