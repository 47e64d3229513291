//! What a line asks before its queue: the language, the municipality where it is unknown, the topic.
//!
//! Compiled for each line by itself: prompts are in its language, and choices are indices. Knows no call.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{MenuId, MunicipalityId, PromptName};

use crate::{Plan, WayOut};

/// Says a menu again. Nobody may give it another meaning.
pub const AGAIN: char = '*';
/// Says a menu slowly, where it has a slow prompt.
pub const SLOWLY: char = '9';
/// How often one menu is said at all, with what was asked for again; then the call goes on to a person.
pub const MENU_SAID_MAX: u8 = 8;
/// Digits of a Danish postal code.
pub const POSTAL_DIGITS: usize = 4;

/// What a line asks, in the order in which it is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Menus {
    /// In which language: keys lead to the line of the same topic in that language.
    pub language: Option<Menu>,
    /// Whose citizen, where that is unknown.
    pub municipality: Option<Menu>,
    /// What about: keys lead to other lines. A call is asked this once at most.
    pub topic: Option<Menu>,
}

/// Which of the three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MenuKind {
    /// The language.
    Language,
    /// The municipality.
    Municipality,
    /// The topic.
    Topic,
}

impl MenuKind {
    /// In the order in which they are asked.
    pub const ALL: [Self; 3] = [Self::Language, Self::Municipality, Self::Topic];
}

impl Menus {
    /// The menu of that kind.
    pub fn of(&self, kind: MenuKind) -> Option<&Menu> {
        match kind {
            MenuKind::Language => self.language.as_ref(),
            MenuKind::Municipality => self.municipality.as_ref(),
            MenuKind::Topic => self.topic.as_ref(),
        }
    }

    pub(crate) fn of_mut(&mut self, kind: MenuKind) -> &mut Option<Menu> {
        match kind {
            MenuKind::Language => &mut self.language,
            MenuKind::Municipality => &mut self.municipality,
            MenuKind::Topic => &mut self.topic,
        }
    }
}

/// A question that is answered by keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Menu {
    /// Its id.
    pub id: MenuId,
    /// The question, in the line's language.
    pub prompt: PromptName,
    /// The same slowly, at [`SLOWLY`].
    pub slow_prompt: Option<PromptName>,
    /// How often it is said while nobody answers, or by a wrong key: 1 to 3. Then the call goes on to a person.
    pub times: u8,
    /// How long an answer is waited for after it was said.
    pub answer_max: Duration,
    /// Four digits tell the municipality; there are no choices then.
    pub postal_code: bool,
    /// What each key leads to.
    pub choices: BTreeMap<char, Choice>,
}

/// What a key leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// On: to another line, or on this one where it names the line itself.
    Way(WayOut),
    /// The citizen is that municipality's.
    Municipality(MunicipalityId),
    /// This is said, then the question again.
    Message(PromptName),
}

impl Menu {
    /// Every sound that it names.
    pub fn prompts(&self) -> impl Iterator<Item = &PromptName> {
        let messages = self.choices.values().filter_map(|choice| match choice {
            Choice::Message(prompt) => Some(prompt),
            Choice::Way(_) | Choice::Municipality(_) => None,
        });
        [&self.prompt].into_iter().chain(&self.slow_prompt).chain(messages)
    }
}

impl Plan {
    /// Whose citizens live at a postal code.
    pub fn at_postal_code(&self, code: u16) -> Option<MunicipalityId> {
        let (_, (last, municipality)) = self.postal_codes.range(..=code).next_back()?;
        (code <= *last).then_some(*municipality)
    }
}
