//! What agents can write down after a conversation: codes shared by all, and those of one municipality.
//! Knows which code a call may have; doesn't know calls.

use std::sync::Arc;

use model::MunicipalityId;

use super::Plan;

/// A code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrapUpCode {
    /// The code: 1 to 32 letters, digits, `-` and `_`.
    pub id: Arc<str>,
    /// Its name, as agents see it.
    pub title: Arc<str>,
    /// What it says something about.
    pub kind: CodeKind,
    /// Whose citizens' calls can have it; none: all calls.
    pub municipality: Option<MunicipalityId>,
}

/// What a code says something about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CodeKind {
    /// What the call was about, closer than the line's topic.
    Topic,
    /// What came of it.
    Outcome,
    /// Who rang: a citizen, a relative, a colleague.
    Role,
}

impl Plan {
    /// Whether a call of a citizen of that municipality may have the code. A plan that lists none of a kind allows any.
    pub fn allows_code(&self, kind: CodeKind, code: &str, citizens: Option<MunicipalityId>) -> bool {
        let mut of_kind = self.wrap_up_codes.iter().filter(|known| known.kind == kind).peekable();
        let is_it =
            |known: &WrapUpCode| *known.id == *code && known.municipality.is_none_or(|whose| citizens == Some(whose));
        of_kind.peek().is_none() || of_kind.any(is_it)
    }
}
