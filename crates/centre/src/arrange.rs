//! Who hears whom in a conversation beside which somebody or something is: worked out anew from who is there after each
//! change, and told to the packet workers as far as it is new.
//!
//! Knows legs, holds and roles; no rule of who may come or go. A plain pair never comes here.

use journey::{Company, Listener};
use media::{MediaCommand, Mixed, PlayNo, Playlist};
use model::{CallId, Hearer, LegId, Listening, PromptName, ThirdStage};
use plan::AnnouncementNo;

use crate::call::{Beside, Call};
use crate::centre::Centre;
use crate::leg_sound::LegSound;
use crate::output::Output;

/// What an agent hears while whoever they ask is being called.
const RINGING: &str = "ringing";

/// What each leg hears, in the order of [`Role`].
pub(crate) type Heard = Vec<(LegId, Hears)>;

/// What a leg hears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hears {
    Nothing,
    Music,
    Ringing,
    /// Bit n: the leg at place n.
    Voices(u8),
    /// An announcement; after it again those voices, if any.
    Announced(AnnouncementNo, u8),
}

impl Hears {
    /// Whom it hears, an announcement left out of account.
    fn voices(self) -> u8 {
        match self {
            Self::Voices(voices) | Self::Announced(_, voices) => voices,
            Self::Nothing | Self::Music | Self::Ringing => 0,
        }
    }

    fn is_announced(self) -> bool {
        matches!(self, Self::Announced(..))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Citizen,
    Agent,
    Third,
    Listener,
}

impl Role {
    fn of(hearer: Hearer) -> Self {
        match hearer {
            Hearer::Citizen => Self::Citizen,
            Hearer::Agent => Self::Agent,
        }
    }
}

/// Lets everybody hear whom they should, now that something has changed.
pub(crate) fn arrange(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if call.beside.is_none() && call.journey.company().is_none() {
        return;
    }
    let company = call.journey.company().cloned().unwrap_or_default();
    let wanted = heard(call, &company);
    let before = match &call.beside {
        Some(beside) => beside.heard.clone(),
        None => heard(call, &Company::default()),
    };
    if wanted != before {
        let mixed = tell_voices(&wanted, &before, out);
        for (leg, hears) in &wanted {
            // Who is put into a conversation hears no tone any more, until told again; but an announcement to its end.
            let is_still_so = |had: Hears| had.is_announced() || !mixed.contains(leg);
            let had = before.iter().find(|(known, had)| known == leg && is_still_so(*had));
            tell_tone(call, (*leg, *hears, had.map_or(Hears::Nothing, |(_, hears)| *hears)), out);
        }
    }
    call.beside.get_or_insert_default().heard = wanted;
}

/// As it should be, with this company.
pub(crate) fn heard(call: &Call, company: &Company) -> Heard {
    let Some(agent) = call.partner() else { return Vec::new() };
    let mut legs = vec![(Role::Citizen, call.citizen.leg, &call.citizen.sound), (Role::Agent, agent.leg, &agent.sound)];
    let (third, listener) = call.beside.as_deref().map_or((None, None), Beside::legs);
    if let (Some((_, ThirdStage::Asked | ThirdStage::Aside | ThirdStage::Joined)), Some(third)) =
        (&company.third, third)
    {
        legs.push((Role::Third, third.leg, &third.sound));
    }
    if let (Some(Listener { there: true, .. }), Some(listener)) = (&company.listener, listener) {
        legs.push((Role::Listener, listener.leg, &listener.sound));
    }
    let voices = |(role, _, sound): &(Role, LegId, &LegSound)| {
        let heard = legs
            .iter()
            .enumerate()
            .filter(|(_, (other, _, theirs))| !holds(sound) && !holds(theirs) && may_hear(*role, *other, company));
        heard.fold(0, |voices, (place, _)| voices | 1 << place)
    };
    let announcing = company.announcing.as_ref().and_then(|(what, to)| Some((call.plan.announcement(what)?, *to)));
    let announced = |role: Role| announcing.filter(|(_, to)| role == Role::of(*to)).map(|(no, _)| no);
    let hears = |leg: &(Role, LegId, &LegSound)| match (voices(leg), announced(leg.0)) {
        (0, _) if holds(leg.2) => Hears::Nothing,
        (voices, Some(no)) => Hears::Announced(no, voices),
        (0, None) => alone(leg.0, company, holds(&call.citizen.sound)),
        (voices, None) => Hears::Voices(voices),
    };
    legs.iter().map(|leg| (leg.1, hears(leg))).collect()
}

/// A phone that holds doesn't listen, and what it sends is music, if anything (RFC 3264 §8.4).
fn holds(sound: &LegSound) -> bool {
    sound.settled.is_some_and(|settled| !settled.send)
}

/// Whether the citizen is kept apart from what is said.
fn is_apart(company: &Company) -> bool {
    let asking = matches!(&company.third, Some((_, ThirdStage::Called | ThirdStage::Asked)));
    company.held || asking
}

fn may_hear(hearer: Role, speaker: Role, company: &Company) -> bool {
    let together = !is_apart(company);
    // The agent has turned to the citizen: nobody hears the third party, nor they anybody.
    let aside = matches!(&company.third, Some((_, ThirdStage::Aside)));
    let how = company.listener.map(|listener| listener.how);
    match (hearer, speaker) {
        (Role::Third, _) | (_, Role::Third) if aside => false,
        (Role::Citizen | Role::Listener, Role::Citizen) => hearer != speaker && together,
        (Role::Agent | Role::Third, Role::Citizen) | (Role::Citizen, Role::Agent | Role::Third) => together,
        (Role::Agent, Role::Third) | (Role::Third, Role::Agent) | (Role::Listener, Role::Agent | Role::Third) => true,
        (Role::Citizen, Role::Listener) => together && how == Some(Listening::Join),
        (Role::Agent, Role::Listener) => how != Some(Listening::Listen),
        (Role::Third, Role::Listener) => how == Some(Listening::Join),
        (Role::Agent, Role::Agent) | (Role::Third, Role::Third) | (Role::Listener, Role::Listener) => false,
    }
}

/// What somebody hears who hears nobody. `citizen_holds`: the citizen's own phone does.
fn alone(role: Role, company: &Company, citizen_holds: bool) -> Hears {
    match role {
        Role::Agent if matches!(&company.third, Some((_, ThirdStage::Called))) => Hears::Ringing,
        Role::Agent if citizen_holds && !is_apart(company) => Hears::Music,
        Role::Agent | Role::Listener => Hears::Nothing,
        Role::Citizen | Role::Third => Hears::Music,
    }
}

/// Pairs and mixes: legs that are in neither any more are parted first. Gives who is in a new one.
fn tell_voices(wanted: &Heard, before: &Heard, out: &mut Vec<Output>) -> Vec<LegId> {
    let (now, then) = (spoken(wanted), spoken(before));
    if now == then {
        return Vec::new();
    }
    let is_in = |voices: &[(LegId, u8)], leg: &LegId| voices.iter().any(|(known, _)| known == leg);
    let parted = wanted.iter().map(|(leg, _)| leg).filter(|leg| is_in(&then, leg) && !is_in(&now, leg));
    out.extend(parted.map(|leg| Output::Media(MediaCommand::Part { leg: *leg })));
    match now.as_slice() {
        [] => {}
        [(a, 0b10), (b, 0b01)] => out.push(Output::Media(MediaCommand::Join { a: *a, b: *b })),
        [(leg, _), ..] => {
            let members = now.iter().map(|(leg, hears)| Mixed { leg: *leg, hears: *hears }).collect();
            out.push(Output::Media(MediaCommand::Mix { leg: *leg, members }));
        }
    }
    now.iter().map(|(leg, _)| *leg).collect()
}

/// Those who hear somebody or are heard, and whom, by their places among these.
fn spoken(heard: &Heard) -> Vec<(LegId, u8)> {
    let all = heard.iter().fold(0, |all, (_, hears)| all | hears.voices());
    let is_in = |place: usize| heard[place].1.voices() != 0 || all & (1 << place) != 0;
    let places: Vec<usize> = (0..heard.len()).filter(|place| is_in(*place)).collect();
    let renumbered = |hears: &Hears| {
        let heard = places.iter().enumerate().filter(|(_, place)| hears.voices() & (1 << **place) != 0);
        heard.fold(0, |new, (place, _)| new | 1 << place)
    };
    places.iter().map(|place| (heard[*place].0, renumbered(&heard[*place].1))).collect()
}

fn tell_tone(call: &mut Call, (leg, hears, had): (LegId, Hears, Hears), out: &mut Vec<Output>) {
    let was_played = matches!(had, Hears::Music | Hears::Ringing | Hears::Announced(..));
    let list = match (hears, had) {
        (Hears::Voices(_), Hears::Announced(..)) => return out.push(Output::Media(MediaCommand::Hush { leg })),
        (Hears::Voices(_), _) => return,
        (Hears::Nothing, _) if was_played => return out.push(Output::Media(MediaCommand::Hush { leg })),
        (Hears::Nothing, _) => return,
        (Hears::Announced(no, _), Hears::Announced(known, _)) if no == known => return,
        (Hears::Announced(no, _), _) => match announced(call, no) {
            Some(list) => list,
            None => return,
        },
        (Hears::Music | Hears::Ringing, _) if hears == had => return,
        (Hears::Music, _) => Playlist::music(call.plan.lines[call.journey.line().at()].music.clone()),
        (Hears::Ringing, _) => Playlist::music(PromptName::new(RINGING)),
    };
    let Some(sound) = call.sound_of(leg) else { return };
    sound.plays += 1;
    let play = PlayNo(sound.plays);
    out.push(Output::Media(MediaCommand::Play { leg, play, list }));
}

/// An announcement in the citizen's language, as the citizen's municipality says it.
fn announced(call: &Call, no: AnnouncementNo) -> Option<Playlist> {
    let spoken = call.plan.announcements.get(no.at())?.prompt_in(call.journey.language(&call.plan));
    let line = &call.plan.lines[call.journey.line().at()];
    let own = line.own_or_shared(Some(&spoken), call.journey.municipality());
    Some(Playlist::once(own.unwrap_or(spoken)).over_a_talk())
}

/// Whether that play is an announcement that somebody hears.
pub(crate) fn is_announced(call: &mut Call, leg: LegId, play: PlayNo) -> bool {
    let hears = |beside: &Beside| beside.heard.iter().any(|(known, hears)| *known == leg && hears.is_announced());
    call.beside.as_deref().is_some_and(hears) && call.sound_of(leg).is_some_and(|sound| sound.plays == play.0)
}

/// Nothing is beside the conversation any more: nobody hears an announcement on.
pub(crate) fn hush(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let heard = call.beside.as_deref().map(|beside| beside.heard.clone()).unwrap_or_default();
    for (leg, _) in heard.iter().filter(|(_, hears)| hears.is_announced()) {
        if call.sound_of(*leg).is_some() {
            out.push(Output::Media(MediaCommand::Hush { leg: *leg }));
        }
    }
}
