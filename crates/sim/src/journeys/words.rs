//! The rungs of the ladder: what the heart puts out, in words. Numbers of persons never stand there.
//! Knows names of legs by a table that the stage keeps; decides nothing.

use std::collections::BTreeMap;

use centre::{DeskAnswer, Shown};
use media::{MediaCommand, Mixed, Secured};
use model::{About, BotFact, CallId, Fact, LegCommand, LegId, MenuAnswer, OfferedWhy, Outcome, OverflowWhy, What};

use crate::journeys::wording::{
    called_back, handed, in_call, now_in_call, offer_end, plain, played, recording, seconds, sound_path, state_name,
    voicemail,
};

/// Who is behind which leg and call.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) legs: BTreeMap<LegId, String>,
    pub(crate) calls: BTreeMap<CallId, String>,
}

impl Names {
    pub(crate) fn leg(&self, leg: LegId) -> &str {
        self.legs.get(&leg).map_or("?", String::as_str)
    }

    pub(crate) fn call(&self, call: CallId) -> &str {
        self.calls.get(&call).map_or("?", String::as_str)
    }

    pub(crate) fn leg_command(&self, command: &LegCommand) -> String {
        let who = self.leg(command.leg());
        match command {
            LegCommand::Ring { .. } => format!("{who}: ring"),
            LegCommand::Answer { .. } => format!("{who}: answer"),
            LegCommand::Refuse { cause, .. } => format!("{who}: refuse, {}", plain(cause)),
            LegCommand::CallAgent { shown, ring_time_max, .. } => {
                let goes_on = if shown.goes_on { " again" } else { "" };
                format!("{who}: call{goes_on}, \"{}\", for {} s at most", shown.title, ring_time_max.as_secs())
            }
            LegCommand::HangUp { cause, .. } => format!("{who}: hang up, {}", plain(cause)),
            LegCommand::AcceptSession { .. } => format!("{who}: accept the session"),
            LegCommand::RejectSession { .. } => format!("{who}: reject the session"),
            LegCommand::RingWithSound { .. } => format!("{who}: ring with sound"),
            LegCommand::CallOut { caller, emergency, ring_time_max, .. } => {
                let shown = if *caller == model::Caller::Withheld { "no number" } else { "a number" };
                let urgent = if *emergency { ", an emergency" } else { "" };
                format!("{who}: call outside with {shown}{urgent}, for {} s at most", ring_time_max.as_secs())
            }
            LegCommand::AnswerTransfer { answer: Ok(()), .. } => format!("{who}: transfer begun"),
            LegCommand::AnswerTransfer { answer: Err(cause), .. } => format!("{who}: no transfer, {}", plain(cause)),
            LegCommand::TellTransfer { end: Ok(()), .. } => format!("{who}: transfer done"),
            LegCommand::TellTransfer { end: Err(cause), .. } => format!("{who}: transfer failed, {}", plain(cause)),
        }
    }

    pub(crate) fn media_command(&self, command: &MediaCommand) -> String {
        let who = self.leg(command.leg());
        match command {
            MediaCommand::Open { .. } => format!("{who} sound: open"),
            MediaCommand::Secure { keys, .. } => match **keys {
                Secured::Sdes(_) => format!("{who} sound: encrypted"),
                Secured::Web(_) => format!("{who} sound: encrypted, as a browser"),
            },
            MediaCommand::Settle { sound, .. } => {
                let way = match (sound.send, sound.receive) {
                    (true, true) => "both ways",
                    (true, false) => "only to them",
                    (false, true) => "only from them",
                    (false, false) => "no way",
                };
                format!("{who} sound: {}, {way}", sound.codec.name())
            }
            MediaCommand::Play { list, .. } => format!("{who} hears: {}", played(list)),
            MediaCommand::Hush { .. } => format!("{who} hears: nothing"),
            MediaCommand::Join { a, b } => format!("{} and {} hear each other", self.leg(*a), self.leg(*b)),
            MediaCommand::Part { .. } => format!("{who} is parted"),
            MediaCommand::Mix { members, .. } => self.mixed(members),
            MediaCommand::Key { key, .. } => format!("{who} sound: key {key}, cuts what a key cuts, and is passed on"),
            MediaCommand::Mute { muted: true, .. } => format!("{who} is muted"),
            MediaCommand::Record { tape, .. } => format!("{who} is recorded for {}", tape.municipality),
            MediaCommand::PauseRecording { paused: true, .. } => format!("{who}'s recording pauses"),
            MediaCommand::PauseRecording { paused: false, .. } => format!("{who}'s recording goes on"),
            MediaCommand::EndRecording { .. } => format!("{who}'s recording ends"),
            MediaCommand::Mute { muted: false, .. } => format!("{who} is muted no more"),
            MediaCommand::Listen { in_band: true, .. } => format!("{who} may press keys, as sound too"),
            MediaCommand::Listen { in_band: false, .. } => format!("{who} is not listened to for keys any more"),
            MediaCommand::Watch { silence_max, .. } => match silence_max.map(|span| span.as_secs()) {
                Some(span) => format!("{who} sound: may be silent for {span} s"),
                None => format!("{who} sound: may be silent"),
            },
            MediaCommand::Stream { to, .. } => format!("{who} talks with the bot at {}", to.url),
            MediaCommand::EndStream { .. } => format!("{who} no longer talks with a bot"),
            MediaCommand::Measure { loud: Some(loud), .. } => {
                format!("{who} sound: is it heard, at {} dBov?", loud.as_dbov())
            }
            MediaCommand::Measure { loud: None, .. } => format!("{who} sound: no matter whether it is heard"),
            MediaCommand::TakeMessage { message, .. } => format!("{who} may leave a message in {}", message.mailbox),
            MediaCommand::BeginMessage { .. } => format!("{who}'s message begins"),
            MediaCommand::EndMessage { keep: true, .. } => format!("{who}'s message is to be kept"),
            MediaCommand::EndMessage { keep: false, .. } => format!("{who} leaves no message"),
            MediaCommand::Close { .. } => format!("{who} sound: close"),
        }
    }

    /// `clara hears anna; anna hears clara and bo; bo hears clara and anna`.
    fn mixed(&self, members: &[Mixed]) -> String {
        let names = |hears: u8, own: usize| {
            let heard = members.iter().enumerate().filter(|(place, _)| *place != own && hears & (1 << place) != 0);
            let heard: Vec<&str> = heard.map(|(_, member)| self.leg(member.leg)).collect();
            if heard.is_empty() { "nobody".to_owned() } else { heard.join(" and ") }
        };
        let one =
            |(place, member): (usize, &Mixed)| format!("{} hears {}", self.leg(member.leg), names(member.hears, place));
        members.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn fact(&self, fact: &Fact) -> String {
        let who = match &fact.about {
            About::Call { call, .. } => self.call(*call).to_owned(),
            About::Agent { agent, .. } => agent.to_string(),
            About::Node => "node".to_owned(),
        };
        format!("fact {who}: {}", self.what(&fact.what))
    }

    fn what(&self, what: &What) -> String {
        match what {
            What::CallArrived { dialled, person, .. } => {
                format!("arrived, dialled {dialled}, {}", if person.is_some() { "known caller" } else { "withheld" })
            }
            What::LineFound { line, municipality, .. } => {
                format!(
                    "line {line}, {}",
                    municipality.map_or("unknown municipality".to_owned(), |code| code.to_string())
                )
            }
            What::FoundClosed { opens_at } => {
                let opens = opens_at.map_or(0, |at| at.as_micros() / 1_000_000);
                if opens == 0 { "found closed".to_owned() } else { format!("found closed, opens at {opens}") }
            }
            What::GreetingBegan => "greeted".to_owned(),
            What::Queued { queue, overflow, .. } => {
                let why = match overflow {
                    None => "",
                    Some(OverflowWhy::Full) => ", as the one before is full",
                    Some(OverflowWhy::Wait) => ", after too long a wait",
                    Some(OverflowWhy::CallsPerAgent) => ", as too many wait for each agent",
                    Some(OverflowWhy::AgentsUnder) => ", as too few agents are on duty",
                };
                format!("queued in {queue}{why}")
            }
            What::Promised { within, ahead, .. } => {
                format!("promised within {} min, {ahead} before", within.as_secs() / 60)
            }
            What::Offered { agent, why, .. } => {
                let why = match why {
                    OfferedWhy::BestFreeAgent => "the best free agent",
                    OfferedWhy::BestWaitingCall => "the best waiting call",
                };
                format!("offered to {agent}, {why}")
            }
            What::OfferEnded { agent, why } => format!("offer to {agent} ended, {}", offer_end(*why)),
            What::Answered { agent } => format!("answered by {agent}"),
            What::Talking { agent } => format!("talks with {agent}"),
            What::HungUp { by } => format!("hung up by {}", plain(by)),
            What::Ended { outcome } => format!("ended, {}", Outcome::name(*outcome)),
            What::AgentBecame { state, call } => match call {
                Some(call) => format!("{}, {}", state_name(state), self.call(*call)),
                None => state_name(state),
            },
            What::RangBefore { ago, talked } => {
                let how = if *talked { "talked" } else { "did not talk" };
                format!("rang {} min ago, {how}", ago.as_secs() / 60)
            }
            What::LedOn { entry } => format!("led on to {entry}, who is called"),
            What::WrapUpExtended { call } => format!("takes more time for {}", self.call(*call)),
            What::WrappedUp { call, .. } => format!("wrote down {}", self.call(*call)),
            What::NodeStarted { .. } => "started".to_owned(),
            What::NodeDraining => "draining".to_owned(),
            What::PlanChanged(change) => format!("plan {} decided by {}", change.version, change.who),
            What::NodeStopped => "stopped".to_owned(),
            What::TransferBegan { by, to } => format!("{by} hands over to {}, who is called", handed(to)),
            What::AgentLost { agent } => format!("has lost {agent}, who has not come back"),
            What::Transferred { by, to } => format!("handed over by {by} to {}", handed(to)),
            What::TransferFailed { why } => format!("not handed over, {}", offer_end(*why)),
            What::OwnCall { agent, to } => format!("own call of {agent} to {}", handed(to)),
            What::Connected => "connected".to_owned(),
            What::Bounced { by, line } => format!("{by} hands on to where they came from, {line}"),
            What::InCall(what) => in_call(what),
            What::Recording(what) => recording(*what),
            What::Callback(what) => called_back(*what),
            What::Bot(BotFact::Began) => "talks with the bot".to_owned(),
            What::Bot(BotFact::Ended { why }) => format!("talks with the bot no more, {}", plain(why)),
            What::Voicemail(told) => voicemail(told),
            What::MenuChosen { menu, answer } => match answer {
                MenuAnswer::Key(key) => format!("menu {menu}: {key}"),
                MenuAnswer::PostalCode => format!("menu {menu}: a postal code"),
                MenuAnswer::Nothing => format!("menu {menu}: nothing"),
            },
        }
    }

    /// Only what no fact says: the call as the agent sees it.
    pub(crate) fn shown(&self, agent: &str, shown: &Shown) -> Option<String> {
        match shown {
            Shown::Offered(offer) => {
                let whose = offer.municipality.map_or("unknown".to_owned(), |code| code.to_string());
                let caller = match offer.caller {
                    model::Caller::Withheld => "withheld",
                    model::Caller::Number(_) => "a number",
                    model::Caller::Text(_) => "a text",
                };
                let (call, waited) = (self.call(offer.call), seconds(offer.waited));
                let back = if offer.callback { ", to be called back" } else { "" };
                Some(format!("desk {agent}: {call}, {caller}, {whose}, {}, waited {waited} s{back}", offer.line))
            }
            Shown::NotHandedOn { why, .. } => Some(format!("desk {agent}: nobody took over, {}", offer_end(*why))),
            Shown::InCall { now, .. } => Some(format!("desk {agent}: {}", now_in_call(now))),
            Shown::Sound { sound } => Some(format!("desk {agent}: sound {}", sound_path(*sound))),
            Shown::SoundTested { end, .. } => Some(format!("desk {agent}: sound test over: {}", plain(end))),
            Shown::State(_)
            | Shown::Withdrawn { .. }
            | Shown::Talking { .. }
            | Shown::WrapUp { .. }
            | Shown::Phone { .. } => None,
        }
    }
}

/// Only a refusal is told: what was done is seen.
pub(crate) fn answer(agent: &str, answer: &DeskAnswer) -> Option<String> {
    answer.result.as_ref().err().map(|refusal| format!("desk {agent}: refused: {refusal}"))
}
