//! The compiled plan: what everyone reads, and nobody can change.
//!
//! Made by [`crate::compile`] from a plan file; every reference in it is an index that is known to exist.
//! Knows nothing of calls in progress or of storage.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use model::{AgentId, AnnouncementId, Dialled, Language, MunicipalityId, PromptName, RecordingKey, TopicId};

use crate::{Announcement, Dialling, Routing};

mod booking;
mod bot;
mod callback;
mod directory;
mod last_words;
mod line;
mod mailboxes;
mod menus;
mod queue;
mod same_agent;
mod ways;
mod wrap_up;

pub use booking::{BOOKED_AGAIN_AFTER, BOOKED_ATTEMPTS, BOOKED_KEEP, Booking};
pub use bot::Bot;
pub use callback::{Callback, CallbackSaid, may_ring_from};
pub use directory::{DirectoryEntry, DirectoryTo};
pub use last_words::LastWords;
pub use line::{Announce, Line, Meanwhile};
pub use mailboxes::{Mailbox, VoicemailSaid};
pub use menus::{AGAIN, Choice, MENU_SAID_MAX, Menu, MenuKind, Menus, POSTAL_DIGITS, SLOWLY};
pub use queue::{OverflowRule, Queue, StandbyRule, Step, StepWho};
pub use same_agent::SameAgent;
pub use ways::{WayOut, Ways};
pub use wrap_up::{CodeKind, WrapUpCode};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index into the plan's table.
            pub const fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A line's place in [`Plan::lines`].
    LineNo
);
index!(
    /// A queue's place in [`Plan::queues`].
    QueueNo
);
index!(
    /// An agent's place in [`Plan::agents`]; also the number of the agent's seat in the routing core.
    AgentNo
);
index!(
    /// A class's place in [`Plan::classes`]: one pair of topic and language that some line asks for.
    ClassNo
);
index!(
    /// An entry's place in [`Plan::directory`]; another in the next plan.
    DirectoryNo
);
index!(
    /// An announcement's place in [`Plan::announcements`].
    AnnouncementNo
);
index!(
    /// A mailbox's place in [`Plan::mailboxes`].
    MailboxNo
);
index!(
    /// A calendar's place in [`Plan::calendars`].
    CalendarNo
);

/// The whole plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Members, by kommunekode.
    pub municipalities: BTreeMap<MunicipalityId, Municipality>,
    /// From when to when members with dates are members.
    pub memberships: BTreeMap<MunicipalityId, crate::Membership>,
    /// Whose citizens live where: the last postal code of each span, by its first.
    pub postal_codes: BTreeMap<u16, (u16, MunicipalityId)>,
    /// What can be rung for.
    pub lines: Vec<Line>,
    /// Where citizens' messages go.
    pub mailboxes: Vec<Mailbox>,
    /// Where calls wait.
    pub queues: Vec<Queue>,
    /// Pairs of topic and language, which are what agents are matched by.
    pub classes: Vec<Class>,
    /// Everyone who may take calls.
    pub agents: Vec<Agent>,
    /// Opening hours, shared by lines.
    pub calendars: Vec<crate::Calendar>,
    /// Every number, in the plan's own form.
    pub numbers: BTreeMap<Dialled, NumberUse>,
    /// An agent's number by id.
    pub agents_by_id: BTreeMap<AgentId, AgentNo>,
    /// Names of the topics.
    pub topics: BTreeMap<TopicId, Arc<str>>,
    /// Names of the languages.
    pub languages: BTreeMap<Language, Arc<str>>,
    /// How calls and agents find each other.
    pub routing: Routing,
    /// Whom agents' phones may call.
    pub dialling: Dialling,
    /// To whom citizens are handed on by name, by id.
    pub directory: Vec<DirectoryEntry>,
    /// What agents can write down after a conversation.
    pub wrap_up_codes: Vec<WrapUpCode>,
    /// What is only there for the numbers' sake ([`Plan::after`]).
    pub gone: crate::Gone,
    /// What may be played to one side of a conversation.
    pub announcements: Vec<Announcement>,
}

impl Plan {
    /// Lines that put sentences together: these must be in a language whose numbers somebody taught us.
    pub fn lines_that_announce(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.announce.is_some() || line.announce_opening || line.booking.is_some())
    }

    /// Whose recording of such a call it would be, and how it is sealed and kept; none: nobody is asked. Of a line of one
    /// municipality that municipality's, else of the citizen's.
    pub fn recordings(&self, line: LineNo, citizens: Option<MunicipalityId>) -> Option<(MunicipalityId, &Recordings)> {
        let line = &self.lines[line.at()];
        line.consent_message.as_ref()?;
        let owner = self.municipalities.get(&line.municipality.or(citizens)?)?;
        Some((owner.id, owner.recordings.as_ref()?))
    }

    /// An announcement by its id.
    pub fn announcement(&self, id: &AnnouncementId) -> Option<AnnouncementNo> {
        let place = self.announcements.iter().position(|one| one.id == *id)?;
        u32::try_from(place).ok().map(AnnouncementNo)
    }

    /// The announcements' sounds in every language that is spoken on some line.
    fn announced(&self) -> impl Iterator<Item = PromptName> {
        let languages: BTreeSet<&Language> = self.lines.iter().map(|line| &line.language).collect();
        let said =
            move |one: &Announcement| -> Vec<_> { languages.iter().map(|spoken| one.prompt_in(spoken)).collect() };
        self.announcements.iter().flat_map(said)
    }

    /// Every sound that the plan names, once each, so that it can be checked that there is one.
    pub fn prompts(&self) -> BTreeSet<PromptName> {
        let of_line = |line: &Line| {
            let said = [&line.greeting, &line.closed_message, &line.full_message, &line.gave_up_message];
            let asked = MenuKind::ALL.into_iter().filter_map(|kind| line.menus.of(kind)).flat_map(Menu::prompts);
            let said =
                said.into_iter().chain([&line.consent_message, &line.meanwhile.closing]).flatten().chain([&line.music]);
            let calls = line.callback.is_some() || line.booking.is_some();
            let callback = calls.then_some(CallbackSaid::ALL).into_iter().flatten();
            let outside = line.leads_outside().then(|| [true, false].map(|called| line.outside_said(called)));
            said.chain(asked)
                .chain(&line.meanwhile.messages)
                .cloned()
                .chain(callback.map(|said| line.callback_said(said)))
                .chain(outside.into_iter().flatten())
                .collect::<Vec<_>>()
        };
        self.lines.iter().flat_map(of_line).chain(self.announced()).chain(self.said_at_mailboxes()).collect()
    }
}

/// What a number is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberUse {
    /// The line that it rings; none for a number that only tells the municipality (when calls are forwarded from it).
    pub line: Option<LineNo>,
    /// The municipality that it belongs to; none for a shared number.
    pub municipality: Option<MunicipalityId>,
}

/// A member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Municipality {
    /// Its kommunekode.
    pub id: MunicipalityId,
    /// Its name, as citizens know it: `Aarhus`.
    pub name: Arc<str>,
    /// How recordings are sealed and kept; none: its citizens are never asked, and never recorded.
    pub recordings: Option<Recordings>,
}

/// How a municipality's recordings are sealed and kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recordings {
    /// Who can open them: nobody here.
    pub key: RecordingKey,
    /// After so many days they are deleted.
    pub keep_days: u16,
}

/// A pair of topic and language.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Class {
    /// What about.
    pub topic: TopicId,
    /// In which language.
    pub language: Language,
}

/// Someone who may take calls.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Id, which is also the user name of the phone.
    pub id: AgentId,
    /// Name, as colleagues and supervisors see it.
    pub name: Arc<str>,
    /// The employer; none for staff of the joint centre.
    pub home: Option<MunicipalityId>,
    /// Classes that the agent may take, with the skill's level 1 (best) to 9; ascending by class.
    pub skills: Vec<(ClassNo, u8)>,
    /// A fixed contact (`sip:agent0001@127.0.0.1:26000`), for desk phones that don't register.
    pub contact: Option<Arc<str>>,
    /// Password of phone and desk; none: the agent can't log in (fixed contact).
    pub password: Option<Secret>,
    /// What makes the agent ready.
    pub ready: ReadyRule,
    /// Whose citizens the agent may take; none: everyone's.
    pub serves: Option<BTreeSet<MunicipalityId>>,
    /// Counts nowhere and gets no calls until a queue's [`StandbyRule`] calls the agent in.
    pub standby: bool,
}

impl Agent {
    /// Whether the agent is only there for the number's sake: in no plan any more, without phone or password.
    pub fn has_left(&self) -> bool {
        self.contact.is_none() && self.password.is_none()
    }

    /// Without skills, home or phone.
    pub fn new(id: AgentId) -> Self {
        Self {
            name: id.as_str().into(),
            id,
            home: None,
            skills: Vec::new(),
            contact: None,
            password: None,
            ready: ReadyRule::AtTheDesk,
            serves: None,
            standby: false,
        }
    }
}

/// What makes an agent ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadyRule {
    /// The agent says so at the desk.
    AtTheDesk,
    /// As soon as the phone is registered (desk phones without a desktop).
    WhenRegistered,
    /// From the start of the node (fixed contacts).
    FromTheStart,
}

/// A secret that doesn't show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// From text.
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }
    /// The secret, for the one who checks it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
