//! What an agent writes freely about a call: personal data, so it has a place of its own and stands in no fact and no log.
//! Knows its bounds and that no CPR number stays in it; doesn't know where it is kept, or for how long.

use std::fmt;
use std::sync::Arc;

use crate::{AgentId, CallId, LineId, Moment, MunicipalityId, mask_cpr};

/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// A note's text: CPR numbers masked, at most [`NOTE_CHARS_MAX`] characters, no control characters but line breaks. It can't be
/// had otherwise. Masked in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteText(Arc<str>);

/// The note is too long; nothing of it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a note has at most {NOTE_CHARS_MAX} characters")]
pub struct NoteTooLong;

impl NoteText {
    /// The text as it may be kept; none where there is nothing to keep.
    pub fn new(text: &str) -> Result<Option<Self>, NoteTooLong> {
        if text.chars().count() > NOTE_CHARS_MAX {
            return Err(NoteTooLong);
        }
        let plain: String = text.chars().filter(|c| *c == '\n' || is_seen(*c)).collect();
        let plain = plain.trim();
        Ok((!plain.is_empty()).then(|| Self(Arc::from(mask_cpr(plain)))))
    }

    /// A text that was kept before: masked once more, which changes nothing of what was masked then.
    pub fn from_kept(text: &str) -> Self {
        Self(Arc::from(mask_cpr(text)))
    }

    /// The text, for the screen of whoever may read it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NoteText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoteText(masked)")
    }
}

/// What a reader sees: neither control nor format characters, behind which a number could hide.
fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A note about a call. There is at most one of each agent about a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Which call.
    pub call: CallId,
    /// Who wrote it.
    pub agent: AgentId,
    /// Whose citizen rang: the municipality whose note it is. None: unknown.
    pub municipality: Option<MunicipalityId>,
    /// The line of the call.
    pub line: LineId,
    /// When it was written.
    pub written: Moment,
    /// What.
    pub text: NoteText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cpr_number_is_ever_in_a_note() {
        let note = NoteText::new(" Borger 010203-1234 venter på pas\n\u{7}sag 12 ").expect("short").expect("something");
        assert_eq!(note.reveal(), "Borger ******-**** venter på pas\nsag 12");
        // A control character that stood between the digits hides none.
        let hidden = NoteText::new("0102\u{0}03-1234").expect("short").expect("something");
        assert_eq!(hidden.reveal(), "******-****");
        let hidden = NoteText::new("010203\u{200b}12\u{ad}34").expect("short").expect("something");
        assert_eq!(hidden.reveal(), "**********");
        assert_eq!(format!("{note:?}"), "NoteText(masked)");
    }

    #[test]
    fn a_note_has_a_length_and_nothing_is_no_note() {
        assert_eq!(NoteText::new(" \n "), Ok(None));
        assert!(NoteText::new(&"æ".repeat(NOTE_CHARS_MAX)).is_ok());
        assert_eq!(NoteText::new(&"æ".repeat(NOTE_CHARS_MAX + 1)), Err(NoteTooLong));
    }
}
