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
    /// Whether it goes on when the leg is joined or mixed.
    stays: bool,
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
        let (silence, cut_by_key, stays) = (store.silence(), list.is_cut_by_key(), list.is_over_a_talk());
        Ok(Self { play, clips, music, silence, cut_by_key, stays, clip: 0, next: None, told: !list.is_once() })
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

    /// Whether it goes on when the leg is joined or mixed with others.
    pub(crate) fn stays(&self) -> bool {
        self.stays
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

#[cfg(test)]
mod tests {
    use media::{Clip, Playlist};
    use model::PromptName;

    use super::*;

    const FRAME: i64 = 20_000;

    fn at(turn: i64) -> Moment {
        Moment::from_micros(turn * FRAME)
    }

    fn store() -> PromptStore {
        PromptStore::built_in()
    }

    fn clip(name: &str, gap: u8) -> Clip {
        Clip { prompt: PromptName::new(name), gap }
    }

    /// What comes next: the prompt by its length and the frame's number.
    fn turn(playing: &mut Playing, number: i64) -> Option<(usize, usize)> {
        playing.step(at(number)).frame.map(|(prompt, frame)| (prompt.frames(), frame))
    }

    #[test]
    fn clips_come_in_order_with_their_pauses_and_nothing_between() {
        let store = store();
        let (check, ring) = (50, 250);
        let list = Playlist::new([clip("sound_check", 0), clip("nobody has it", 9), clip("ringing", 3)]);
        let mut playing = Playing::find(PlayNo(1), &list, &store).expect("something");
        let heard: Vec<_> = (0..).map_while(|n| turn(&mut playing, n)).collect();
        let expected: Vec<_> =
            (0..check).map(|n| (check, n)).chain([(1, 0); 3]).chain((0..ring).map(|n| (ring, n))).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn the_end_of_the_clips_is_told_once_and_the_music_goes_on_where_it_is() {
        let store = store();
        let list = Playlist::new([clip("sound_check", 0)]).then_music(PromptName::new("music"));
        let mut playing = Playing::find(PlayNo(7), &list, &store).expect("something");
        let overs: Vec<_> = (1000..1060).map(|n| playing.step(at(n)).over).collect();
        assert_eq!(overs.iter().flatten().count(), 1);
        assert_eq!(overs[50], Some(PlayNo(7)), "with the first frame of music");
        let music = store.find(&PromptName::new("music")).expect("built in").frames();
        assert_eq!(turn(&mut playing, 1060), Some((music, 1060 % music)));
    }

    #[test]
    fn all_who_come_to_the_music_hear_the_same_and_it_begins_anew_at_its_end() {
        let store = store();
        let radio = || Playing::find(PlayNo(1), &Playlist::music(PromptName::new("music")), &store).expect("music");
        let (mut early, mut late) = (radio(), radio());
        let frames = store.find(&PromptName::new("music")).expect("built in").frames() as i64;
        for n in 0..40 {
            turn(&mut early, frames - 60 + n);
        }
        for n in 40..100 {
            let heard = turn(&mut early, frames - 60 + n);
            assert_eq!(heard, turn(&mut late, frames - 60 + n), "turn {n}");
            assert_eq!(heard.map(|(_, frame)| frame as i64), Some((frames - 60 + n) % frames));
        }
    }

    #[test]
    fn a_key_ends_the_clips_only_where_it_may() {
        let store = store();
        let long = || Playlist::new([clip("ringing", 0), clip("ringing", 0)]);
        for (list, left) in [(long().cut_by_key(), 0), (long(), 499)] {
            let mut playing = Playing::find(PlayNo(1), &list, &store).expect("something");
            turn(&mut playing, 0);
            playing.key();
            assert_eq!((1..).map_while(|n| turn(&mut playing, n)).count(), left);
        }
        assert_eq!(Playing::find(PlayNo(3), &Playlist::once(PromptName::new("none")), &store).err(), Some(PlayNo(3)));
    }
}
