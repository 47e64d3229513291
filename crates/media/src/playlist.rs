//! What is played to a leg: clips one after the other, then music without end, or nothing.
//!
//! Knows the order, the pauses, and whether a key cuts the clips short. Doesn't know sounds: names are looked up by the
//! packet worker, each clip by itself, the first that exists.

use model::PromptName;

/// Most clips of one list; those beyond are not played. The longest sentence of `speech` has about a dozen.
pub const CLIPS_MAX: usize = 64;

/// One clip of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clip {
    /// Which; one that nobody has is left out.
    pub prompt: PromptName,
    /// Silence before it, in frames of 20 ms.
    pub gap: u8,
}

/// What is played to a leg.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Playlist {
    clips: Box<[Clip]>,
    music: Option<PromptName>,
    cut_by_key: bool,
    stays: bool,
}

impl Playlist {
    /// Clips in order, once; at most [`CLIPS_MAX`].
    pub fn new(clips: impl IntoIterator<Item = Clip>) -> Self {
        Self { clips: clips.into_iter().take(CLIPS_MAX).collect(), music: None, cut_by_key: false, stays: false }
    }

    /// One message, once.
    pub fn once(prompt: PromptName) -> Self {
        Self::new([Clip { prompt, gap: 0 }])
    }

    /// Music without end, from where it is by now: all who hear it hear the same.
    pub fn music(prompt: PromptName) -> Self {
        Self::new([]).then_music(prompt)
    }

    /// Music after the clips.
    #[must_use]
    pub fn then_music(self, prompt: PromptName) -> Self {
        Self { music: Some(prompt), ..self }
    }

    /// A key ends the clips: what follows them follows at once.
    #[must_use]
    pub fn cut_by_key(self) -> Self {
        Self { cut_by_key: true, ..self }
    }

    /// Goes on when the leg is joined or mixed with others, who are heard after it: an announcement over a talk.
    #[must_use]
    pub fn over_a_talk(self) -> Self {
        Self { stays: true, ..self }
    }

    /// Whether it goes on when the leg is joined or mixed with others.
    pub fn is_over_a_talk(&self) -> bool {
        self.stays
    }

    /// What is played once, in order.
    pub fn clips(&self) -> &[Clip] {
        &self.clips
    }

    /// What is played after the clips, without end.
    pub fn then(&self) -> Option<&PromptName> {
        self.music.as_ref()
    }

    /// Whether a key ends the clips.
    pub fn is_cut_by_key(&self) -> bool {
        self.cut_by_key
    }

    /// Whether it has an end of which is told.
    pub fn is_once(&self) -> bool {
        !self.clips.is_empty()
    }
}
