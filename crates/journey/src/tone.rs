//! What a citizen hears: prompts, sentences, music.
//! Knows names of sounds and values that are said; no wording, no file.

use model::{Moment, PromptName};
use speech::Phrase;

/// When a closed line opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opening {
    /// When.
    pub at: Moment,
    /// When this is told.
    pub now: Moment,
}

/// What a citizen hears.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tone {
    /// A greeting, once; a key cuts it short.
    Greeting(PromptName),
    /// A message, once, and then perhaps a sentence.
    Message(PromptName, Option<Opening>),
    /// Music without end.
    Music(PromptName),
    /// Sentences, a pause between them, then music without end; a key cuts them short.
    Announcement(Box<[Phrase]>, PromptName),
    /// The same with prompts in between, where a key is expected.
    Question(Box<[Said]>, PromptName),
}

/// A part of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// A sentence that is put together.
    Phrase(Phrase),
    /// A prompt.
    Prompt(PromptName),
}
