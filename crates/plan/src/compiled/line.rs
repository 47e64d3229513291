//! A line of the compiled plan: what can be rung for, what is said on it, and how its callers wait.
//!
//! Only names and indices; who rings, and what comes of it, is known in a journey.

use std::sync::Arc;
use std::time::Duration;

use model::{Language, LineId, MunicipalityId, PromptName, TopicId, WaitingStage};

use crate::{Booking, Bot, CalendarNo, Callback, ClassNo, Menus, PlaceEntry, QueueNo, SameAgent, Ways};

/// What can be rung for.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// Its name, as agents see it: `Pas og kørekort`.
    pub title: Arc<str>,
    /// Whose it is; none for a shared line, whose callers may come from anywhere.
    pub municipality: Option<MunicipalityId>,
    /// What its calls are about.
    pub topic: TopicId,
    /// In which language.
    pub language: Language,
    /// The pair of both.
    pub class: ClassNo,
    /// Where its calls wait.
    pub queue: QueueNo,
    /// When it is open.
    pub calendar: CalendarNo,
    /// Said when open, first that exists: the municipality's, then the shared one. Empty: no greeting.
    pub greeting: Option<PromptName>,
    /// What is asked after it, by keys.
    pub menus: Menus,
    /// The bot that callers talk with before any person; none: a person at once.
    pub bot: Option<Bot>,
    /// The question whether the call may be recorded. None: it is never asked, and nobody is ever recorded.
    pub consent_message: Option<PromptName>,
    /// Said when closed. None: refused without being answered.
    pub closed_message: Option<PromptName>,
    /// Said when the queue is full. None: refused as busy.
    pub full_message: Option<PromptName>,
    /// How the wait sounds.
    pub waiting: WaitingStage,
    /// An unanswered wait is answered into music after this long; none: never (`may_wait_for_ever`).
    pub unanswered_max: Option<Duration>,
    /// The music.
    pub music: PromptName,
    /// What is told while waiting; none: music alone.
    pub announce: Option<Announce>,
    /// When it offers to call back; none: never.
    pub callback: Option<Callback>,
    /// Which times may be chosen to be called in; none: none.
    pub booking: Option<Booking>,
    /// Whether who rings again is first for the agent whom they talked with.
    pub same_agent: Option<SameAgent>,
    /// What is told between the music, beside place and time.
    pub meanwhile: Meanwhile,
    /// Whether a caller who finds it closed is told when it opens.
    pub announce_opening: bool,
    /// The longest wait, after which the citizen is told and let go; none: no end (`may_wait_for_ever`).
    pub wait_max: Option<Duration>,
    /// Said when the longest wait is over. None: let go without a word.
    pub gave_up_message: Option<PromptName>,
    /// What comes after those three messages.
    pub ways: Ways,
}

/// What a waiting citizen is told, and how often.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Announce {
    /// How the place in the queue is told; none: not at all.
    pub place: Option<PlaceEntry>,
    /// Whether it is told how long the wait may be.
    pub wait: bool,
    /// From one telling to the next.
    pub every: Duration,
}

/// What a waiting citizen is told beside place and time. Nothing of it is cut, and nothing is said into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meanwhile {
    /// Said once when the line closes, to who is served all the same; none: nothing.
    pub closing: Option<PromptName>,
    /// Said in turn; after the last the first again. Empty: none.
    pub messages: Box<[PromptName]>,
    /// From one message to the next.
    pub every: Duration,
}

impl Meanwhile {
    /// Nothing is told.
    pub fn none() -> Self {
        Self { closing: None, messages: Box::default(), every: Duration::ZERO }
    }
}

impl Line {
    /// The greeting for a citizen of that municipality: `0751/greeting.da`. Where there is no such sound, the store
    /// falls back to `greeting.da`, and then to `greeting`.
    pub fn greeting_for(&self, municipality: Option<MunicipalityId>) -> Option<PromptName> {
        self.own_or_shared(self.greeting.as_ref(), municipality)
    }

    /// Any of the line's prompts, as that municipality says it; a prompt that names its folder stays what it is.
    pub fn own_or_shared(
        &self,
        prompt: Option<&PromptName>,
        municipality: Option<MunicipalityId>,
    ) -> Option<PromptName> {
        let prompt = prompt?;
        Some(match municipality.or(self.municipality) {
            Some(municipality) if !prompt.contains('/') => PromptName::new(&format!("{municipality}/{prompt}")),
            Some(_) | None => prompt.clone(),
        })
    }
}
