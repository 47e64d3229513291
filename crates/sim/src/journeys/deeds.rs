//! What the words of an event mean: who does what, as the input that reaches the heart.
//! Knows the words of `docs/journeys.md`; what follows is the heart's.

use centre::{DeskCommand, InCallWish, Supervision, Wanted};
use media::{MessageTold, StreamEvent};
use model::{CalledParty, Caller, CallerText, Dialled, Hearer, LegEnd, Listening, PhoneNumber, Refusal, WrapUp};
use plan::Plan;

use crate::parties::Session;

/// Something that somebody does.
#[derive(Debug)]
pub(crate) enum Deed {
    Rings {
        dialled: Dialled,
        caller: Caller,
        via: Vec<Dialled>,
        offer: Option<Session>,
    },
    Confirms(Option<Session>),
    Ends(LegEnd),
    PhoneRings(Option<Session>),
    /// An agent's phone calls a number, or a colleague.
    Calls {
        to: String,
        offer: Option<Session>,
    },
    /// A phone hands on: to a number, a colleague, or whoever is on another call of the same agent.
    Transfers(String),
    Answers(Option<Session>),
    Refuses(Refusal),
    Reinvites(Option<Session>),
    AnswersSession(Session),
    Silent,
    Away,
    Back,
    /// Packets come from a leg that is measured.
    Comes,
    /// It is heard.
    Sounds,
    PortTaken,
    MessageOver,
    /// A key, and whether the sound tells it; else the signalling does.
    Presses(char, bool),
    RecordingFails(u16),
    /// There is room for a citizen's message, or none; it is kept, or lost.
    OfMessage(MessageTold),
    /// The bot that a citizen talks with comes, wishes something, or goes.
    Bot(StreamEvent),
    Desk(DeskCommand),
    /// An agent's desk: somebody is to be asked.
    Asks(String),
    /// An agent's desk: the citizen is to be handed on.
    HandsOn(String),
    /// A supervisor, and in whose call.
    Supervises(String, Supervision),
    Registers(bool),
    /// An agent's page is there that was not there before.
    OpensPage,
}

/// Whom a word means: an agent or an entry of the directory by id, or a number.
pub(crate) fn called(plan: &Plan, to: &str) -> Option<CalledParty> {
    if plan.in_directory(to).is_some() {
        return Some(CalledParty::Agent(to.into()));
    }
    match plan.agents_by_id.get_key_value(to) {
        Some((agent, _)) => Some(CalledParty::Agent(agent.clone())),
        None => Some(CalledParty::Number(Dialled::parse(to).ok()?)),
    }
}

/// Reads the words behind the name.
pub(crate) fn read(words: &[&str]) -> Option<Deed> {
    Some(match words {
        ["rings", "with", text] => Deed::PhoneRings(session(text)?.0),
        ["calls", to] => Deed::Calls { to: (*to).to_owned(), offer: Some(Session::Both) },
        ["calls", to, "with", text] => Deed::Calls { to: (*to).to_owned(), offer: session(text)?.0 },
        ["transfers", "to", to] => Deed::Transfers((*to).to_owned()),
        ["rings", number, rest @ ..] => rings(number, rest)?,
        ["confirms"] => Deed::Confirms(None),
        ["confirms", text] => Deed::Confirms(session(text)?.0),
        ["hangs", "up"] => Deed::Ends(LegEnd::HungUp),
        ["is", "lost"] => Deed::Ends(LegEnd::Lost),
        ["never", "confirms"] => Deed::Ends(LegEnd::NeverConfirmed),
        ["is", "silent"] => Deed::Silent,
        ["is", "away"] => Deed::Away,
        ["is", "back"] => Deed::Back,
        ["sends", "packets"] => Deed::Comes,
        ["is", "heard"] => Deed::Sounds,
        ["finds", "the", "port", "taken"] => Deed::PortTaken,
        ["hears", "the", "message", "end"] => Deed::MessageOver,
        ["presses", key] => Deed::Presses(key.chars().next()?, true),
        ["presses", key, "by", "info"] => Deed::Presses(key.chars().next()?, false),
        ["recording", number, "fails"] => Deed::RecordingFails(number.parse().ok()?),
        ["finds", "the", "mailbox", "ready"] => Deed::OfMessage(MessageTold::Ready),
        ["finds", "the", "mailbox", "full"] | ["has", "the", "message", "lost"] => Deed::OfMessage(MessageTold::Failed),
        ["has", "the", "message", "kept"] => Deed::OfMessage(MessageTold::Kept),
        ["hears", "the", "bot", "begin"] => Deed::Bot(StreamEvent::Began),
        ["is", "sent", "to", "a", "person"] => Deed::Bot(StreamEvent::WantsPerson),
        ["is", "let", "go", "by", "the", "bot"] => Deed::Bot(StreamEvent::WantsEnd),
        ["loses", "the", "bot"] => Deed::Bot(StreamEvent::Gone),
        ["holds"] => Deed::Reinvites(Some(Session::Hold)),
        ["resumes"] => Deed::Reinvites(Some(Session::Both)),
        ["asks", "for", "an", "offer"] => Deed::Reinvites(None),
        ["offers", text] => Deed::Reinvites(session(text)?.0),
        ["agrees", text] => Deed::AnswersSession(session(text)?.0?),
        ["rings"] => Deed::PhoneRings(None),
        ["answers"] => Deed::Answers(Some(Session::Both)),
        ["answers", text] => Deed::Answers(session(text)?.0),
        ["refuses", why] => Deed::Refuses(refusal(why)?),
        ["registers"] => Deed::Registers(true),
        ["opens", "her", "page", "anew"] => Deed::OpensPage,
        ["is", "gone"] => Deed::Registers(false),
        ["desk:", "hand", "on", "to", whom] => Deed::HandsOn((*whom).to_owned()),
        ["desk:", "ask", whom] => Deed::Asks((*whom).to_owned()),
        ["supervises", whose, how @ ..] => Deed::Supervises((*whose).to_owned(), supervision(how)?),
        ["desk:", command @ ..] => Deed::Desk(desk(command)?),
        _ => return None,
    })
}

fn rings(number: &str, mut rest: &[&str]) -> Option<Deed> {
    let dialled = Dialled::parse(number).ok()?;
    let (mut caller, mut via, mut offer) = (Caller::Withheld, Vec::new(), Some(Session::Both));
    while let [name, tail @ ..] = rest {
        rest = tail;
        match (*name, tail) {
            ("withheld", _) => caller = Caller::Withheld,
            ("from", [number, tail @ ..]) => {
                caller =
                    PhoneNumber::parse(number).map_or_else(|_| Caller::Text(CallerText::new(number)), Caller::Number);
                rest = tail;
            }
            ("via", [number, tail @ ..]) => {
                via.push(Dialled::parse(number).ok()?);
                rest = tail;
            }
            ("with", [text, tail @ ..]) => {
                offer = session(text)?.0;
                rest = tail;
            }
            _ => return None,
        }
    }
    Some(Deed::Rings { dialled, caller, via, offer })
}

/// A session that somebody offers or answers with; or none at all.
struct Given(Option<Session>);

fn session(text: &str) -> Option<Given> {
    Some(Given(Some(match text {
        "both" => Session::Both,
        "alaw" => Session::Alaw,
        "ulaw" => Session::Ulaw,
        "hold" => Session::Hold,
        "inactive" => Session::Inactive,
        "foreign" => Session::Foreign,
        "nonsense" => Session::Nonsense,
        "nothing" => return Some(Given(None)),
        _ => return None,
    })))
}

fn refusal(text: &str) -> Option<Refusal> {
    Some(match text {
        "busy" => Refusal::Busy,
        "declined" => Refusal::Declined,
        "no-answer" => Refusal::NoAnswer,
        "unreachable" => Refusal::Unreachable,
        "not-acceptable" => Refusal::NotAcceptable,
        _ => return None,
    })
}

fn supervision(words: &[&str]) -> Option<Supervision> {
    Some(match words {
        ["and", "listens"] => Supervision::TakePart(Listening::Listen),
        ["and", "whispers"] => Supervision::TakePart(Listening::Whisper),
        ["and", "joins"] => Supervision::TakePart(Listening::Join),
        ["and", "takes", "over"] => Supervision::TakeOver,
        ["no", "more"] => Supervision::Stop,
        ["and", "plays", what, "to", to] => Supervision::Announce((*what).into(), hearer(to)?),
        ["and", "stops", "playing"] => Supervision::StopAnnouncement,
        _ => return None,
    })
}

fn hearer(word: &str) -> Option<Hearer> {
    match word {
        "citizen" => Some(Hearer::Citizen),
        "agent" => Some(Hearer::Agent),
        _ => None,
    }
}

fn desk(words: &[&str]) -> Option<DeskCommand> {
    Some(match words {
        ["log", "in"] => DeskCommand::LogIn,
        ["log", "out"] => DeskCommand::LogOut,
        ["ready"] => DeskCommand::SetState(Wanted::Ready),
        ["pause", code] => DeskCommand::SetState(Wanted::Paused((*code).into())),
        ["next", "ready"] => DeskCommand::SetNextState(Wanted::Ready),
        ["next", "pause", code] => DeskCommand::SetNextState(Wanted::Paused((*code).into())),
        ["test", "sound"] => DeskCommand::TestSound,
        ["decline"] => DeskCommand::Decline,
        ["hang", "up"] => DeskCommand::HangUp,
        ["hold"] => DeskCommand::InCall(InCallWish::Hold),
        ["resume"] => DeskCommand::InCall(InCallWish::Resume),
        ["mute"] => DeskCommand::InCall(InCallWish::Mute(true)),
        ["unmute"] => DeskCommand::InCall(InCallWish::Mute(false)),
        ["pause", "the", "recording"] => DeskCommand::InCall(InCallWish::PauseRecording(true)),
        ["record", "again"] => DeskCommand::InCall(InCallWish::PauseRecording(false)),
        ["toggle"] => DeskCommand::InCall(InCallWish::Toggle),
        ["conference"] => DeskCommand::InCall(InCallWish::Conference),
        ["back"] => DeskCommand::InCall(InCallWish::Back),
        ["hand", "over"] => DeskCommand::InCall(InCallWish::HandOver),
        ["play", what, "to", to] => DeskCommand::InCall(InCallWish::Announce((*what).into(), hearer(to)?)),
        ["stop", "playing"] => DeskCommand::InCall(InCallWish::StopAnnouncement),
        ["more", "time"] => DeskCommand::ExtendWrapUp,
        ["wrap", "up", "as", code] => DeskCommand::WrapUp(WrapUp { code: Some((*code).into()), ..WrapUp::default() }),
        ["wrap", "up"] => DeskCommand::WrapUp(WrapUp { solved: Some(true), ..WrapUp::default() }),
        _ => return None,
    })
}
