//! What a citizen is to hear, as a list of sounds: sentences become clips in the citizen's language, as the citizen's
//! municipality words them. Knows names of sounds; not whether there are files of that name.

use std::time::Duration;

use journey::{Opening, Said, Tone};
use media::{Clip, MediaCommand, Playlist};
use model::{CallId, PromptName};
use speech::{Phrase, Spoken, Wordings};

use crate::call::Call;
use crate::centre::Centre;
use crate::output::Output;

/// A frame of sound.
const FRAME: Duration = Duration::from_millis(20);
/// Between a sentence and a prompt, in frames.
const PAUSE: u8 = 15;

/// Plays to the citizen, in place of what they hear now.
pub(crate) fn play(centre: &mut Centre, id: CallId, tone: Tone, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let sound = &mut call.citizen.sound;
    sound.plays += 1;
    let play = media::PlayNo(sound.plays);
    let list = playlist(call, &centre.settings.wordings, tone);
    out.push(Output::Media(MediaCommand::Play { leg: call.citizen.leg, play, list }));
}

/// The sounds for a tone.
fn playlist(call: &Call, wordings: &Wordings, tone: Tone) -> Playlist {
    match tone {
        Tone::Greeting(prompt) => Playlist::once(prompt).cut_by_key(),
        Tone::Message(prompt, opening) => {
            let said = opening.map(|opening| say(call, wordings, &[opens(opening)])).unwrap_or_default();
            Playlist::new(std::iter::once(Clip { prompt, gap: 0 }).chain(clips(call, &said, true)))
        }
        Tone::Music(music) => Playlist::music(music),
        Tone::Announcement(phrases, music) => {
            let said = say(call, wordings, &phrases);
            Playlist::new(clips(call, &said, false)).then_music(music).cut_by_key()
        }
        Tone::Question(parts, music) => Playlist::new(question(call, wordings, &parts)).then_music(music).cut_by_key(),
    }
}

/// Several sentences, one after the other; nothing in a language that nobody taught us (the plan is refused then).
fn say(call: &Call, wordings: &Wordings, phrases: &[Phrase]) -> Spoken {
    let words = wordings.of(call.journey.language(&call.plan), call.journey.municipality());
    let Some(words) = words else { return Spoken::default() };
    phrases.iter().fold(Spoken::default(), |said, phrase| said.then(&words.say(phrase)))
}

/// Prompts and sentences, a short pause between them.
fn question(call: &Call, wordings: &Wordings, parts: &[Said]) -> Vec<Clip> {
    let mut list: Vec<Clip> = Vec::with_capacity(parts.len());
    for part in parts {
        let first = list.is_empty();
        match part {
            Said::Prompt(prompt) => list.push(Clip { prompt: prompt.clone(), gap: if first { 0 } else { PAUSE } }),
            Said::Phrase(phrase) => list.extend(clips(call, &say(call, wordings, &[*phrase]), !first)),
        }
    }
    list
}

fn opens(Opening { at, now }: Opening) -> Phrase {
    Phrase::Opens { at: plan::local_time(at), now: plan::local_time(now) }
}

/// The clips by name: `0751/number-3.da`. `paused`: something was said before them.
fn clips(call: &Call, said: &Spoken, paused: bool) -> impl Iterator<Item = Clip> {
    let line = &call.plan.lines[call.journey.line().at()];
    let language = call.journey.language(&call.plan);
    said.clips.iter().enumerate().filter_map(move |(n, clip)| {
        let shared = PromptName::new(&format!("{}.{language}", clip.name));
        let gap_ms = if n == 0 && paused { clip.gap_ms.max(speech::PAUSE_MS) } else { clip.gap_ms };
        let gap = u8::try_from(u128::from(gap_ms) / FRAME.as_millis()).unwrap_or(u8::MAX);
        line.own_or_shared(Some(&shared), call.journey.municipality()).map(|prompt| Clip { prompt, gap })
    })
}
