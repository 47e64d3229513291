//! What is said: a text, and the clips that say it, grown side by side so that they can't differ.
//! Knows words and names of clips; no grammar.

/// A pause between two sentences, or where a wording has a comma: 160 ms, eight frames.
pub const PAUSE_MS: u16 = 160;

/// What is said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spoken {
    /// As a person would write it down.
    pub text: String,
    /// The sounds, in order.
    pub clips: Vec<SpokenClip>,
}

/// One sound of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpokenClip {
    /// Its name without language and municipality: `number-3`.
    pub name: Box<str>,
    /// Silence before it, in milliseconds.
    pub gap_ms: u16,
}

impl Spoken {
    /// One word, said by one clip.
    pub(crate) fn word(text: &str, clip: &str) -> Self {
        let mut said = Self::default();
        said.add(text, clip);
        said
    }

    /// Adds a word, with a space before it if it isn't the first.
    pub(crate) fn add(&mut self, text: &str, clip: &str) {
        self.space();
        self.text.push_str(text);
        self.clip(clip, false);
    }

    /// Adds what is said of something else.
    pub(crate) fn append(&mut self, other: &Self) {
        self.space();
        self.text.push_str(&other.text);
        self.clips.extend_from_slice(&other.clips);
    }

    /// Adds one clip.
    pub(crate) fn clip(&mut self, name: &str, after_a_pause: bool) {
        let gap_ms = if after_a_pause { PAUSE_MS } else { 0 };
        self.clips.push(SpokenClip { name: name.into(), gap_ms });
    }

    /// Another sentence after this one, with a pause between them.
    #[must_use]
    pub fn then(mut self, next: &Self) -> Self {
        let from = self.clips.len();
        self.append(next);
        if from > 0
            && let Some(first) = self.clips.get_mut(from)
        {
            first.gap_ms = first.gap_ms.max(PAUSE_MS);
        }
        self
    }

    fn space(&mut self) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}
