//! What is being played to one leg: which frame of which clip comes next, and where the music is.
//!
//! The music runs by the clock alone, so that all who hear it hear the same, as from a radio: whoever comes back to it
//! hears it go on. Knows frames; doesn't know packets or who listens.

use std::sync::Arc;

use media::{PlayNo, Playlist, Prompt};
use model::Moment;

use crate::prompts::PromptStore;

/// What the store's frames last, in microseconds.
const FRAME_MICROS: u128 = 20_000;

/// A playlist with its sounds found. Names that nobody has are left out.
#[derive(Debug)]
pub(crate) struct Playing {
    play: PlayNo,
    clips: Box<[(Arc<Prompt>, u8)]>,
    music: Option<Arc<Prompt>>,
    silence: Arc<Prompt>,
    cut_by_key: bool,
    /// The clip whose turn it is; past the last: the music's.
    clip: usize,
    /// Frames of it (its gap first), or of the music, that were played. `None`: the music hasn't begun.
    next: Option<usize>,
    told: bool,
}

/// What a leg's turn is.
#[derive(Debug, Default)]
pub(crate) struct Step<'a> {
    /// The frame to send, by its number. None: it is all over.
    pub(crate) frame: Option<(&'a Prompt, usize)>,
    /// The clips have just ended: tell so.
    pub(crate) over: Option<PlayNo>,
}

impl Playing {
    /// `Err`: there is nothing to hear of it at all.
    pub(crate) fn find(play: PlayNo, list: &Playlist, store: &PromptStore) -> Result<Self, PlayNo> {
        let find = |name| {
            let found = store.find(name);
            if found.is_none() {
                tracing::warn!(prompt = %name, "there is no such prompt");
            }
            found
        };
        let clips: Box<[_]> = list.clips().iter().filter_map(|clip| Some((find(&clip.prompt)?, clip.gap))).collect();
        let music = list.then().and_then(find);
        if clips.is_empty() && music.is_none() {
            return Err(play);
        }
        let (silence, cut_by_key) = (store.silence(), list.is_cut_by_key());
        Ok(Self { play, clips, music, silence, cut_by_key, clip: 0, next: None, told: !list.is_once() })
    }

    /// The next turn. Clips follow each other without a turn between them.
    pub(crate) fn step(&mut self, at: Moment) -> Step<'_> {
        while let Some((prompt, gap)) = self.clips.get(self.clip) {
            let (next, gap) = (self.next.unwrap_or(0), usize::from(*gap));
            if next < gap + prompt.frames() {
                self.next = Some(next + 1);
                let frame = if next < gap { (&*self.silence, 0) } else { (&**prompt, next - gap) };
                return Step { frame: Some(frame), over: None };
            }
            (self.clip, self.next) = (self.clip + 1, None);
        }
        let over = (!std::mem::replace(&mut self.told, true)).then_some(self.play);
        let Some(music) = &self.music else { return Step { frame: None, over } };
        let next = self.next.unwrap_or_else(|| radio(at, music.frames()));
        self.next = Some((next + 1) % music.frames());
        Step { frame: Some((music, next)), over }
    }

    /// A key was pressed: clips that it cuts are over.
    pub(crate) fn key(&mut self) {
        if self.cut_by_key && self.clip < self.clips.len() {
            (self.clip, self.next) = (self.clips.len(), None);
        }
    }
}

/// The frame that everybody hears at a moment.
fn radio(at: Moment, frames: usize) -> usize {
    let turn = at.since(Moment::EPOCH).as_micros() / FRAME_MICROS;
    usize::try_from(turn % frames as u128).expect("less than the frames")
}
