//! Everything that the API knows of agents' pages: one an agent, the newest. What rings is known behind the door, and told
//! anew to each page that is opened.
//!
//! Owned by one task and plain `&mut`; the time is handed in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::AgentId;
use page::{Calls, Says, Tells};

use crate::badges::{BADGE_AGE_MAX, BadgeHash};
use crate::doors::CentreDoor;
use crate::proto::desk::open_response;
use crate::proto::desk::{Beat, OpenResponse, Opened};
use crate::refusal::Refusal;

use super::door::ForPages;
use super::ear::{Ear, EarStream, ear};
use super::show;

/// Pages at once, of as many agents; one more is refused.
const PAGES_MAX: usize = 16_384;
/// How long an agent whose page has gone still counts as there: a reload takes less.
const RELOAD_MAX: Duration = Duration::from_secs(5);
/// Whoever goes without a word is found by a message that stays unconfirmed; so one is sent this often.
const BEAT_EVERY: Duration = Duration::from_secs(10);
/// Words of one page in a second; each may cost a session.
const WORDS_PER_SECOND_MAX: u32 = 20;

/// What a page says, from whom its token proves it to be.
#[derive(Debug)]
pub(crate) enum Word {
    /// About one of the agent's legs.
    Says(Says),
    /// It calls somebody.
    Calls(Calls),
    /// Nothing that anybody needs; it only counts.
    Nothing,
}

/// All pages.
pub(crate) struct Table {
    pages: ForPages,
    clock: Arc<dyn CentreDoor>,
    open: BTreeMap<AgentId, Page>,
    next_page: u64,
    closed: bool,
}

struct Page {
    number: u64,
    badge: BadgeHash,
    /// None once its stream has ended.
    ear: Option<Ear>,
    gone_at: Option<Instant>,
    beat_at: Instant,
    words: (Instant, u32),
}

impl Table {
    pub(crate) fn new(pages: ForPages, clock: Arc<dyn CentreDoor>) -> Self {
        Self { pages, clock, open: BTreeMap::new(), next_page: 1, closed: false }
    }

    /// A page is opened; an earlier one of the same agent is told so and ends.
    pub(crate) fn open(&mut self, agent: &AgentId, badge: BadgeHash, now: Instant) -> Result<EarStream, Refusal> {
        if self.closed {
            return Err(Refusal::Stopping);
        }
        // Pages that replace each other speak as one.
        let mut words = self.open.get(agent).map_or((now, 0), |page| page.words);
        one_word_more(&mut words, now)?;
        if let Some(ear) = self.open.get(agent).and_then(|page| page.ear.as_ref()) {
            ear.cut_off(Refusal::PageReplaced);
        } else if self.open.len() >= PAGES_MAX && !self.open.contains_key(agent) {
            return Err(Refusal::TooManyStreams);
        }
        let number = self.next_page;
        self.next_page += 1;
        let (ear, stream) = ear();
        let until = self.clock.now() + BADGE_AGE_MAX;
        let ice_servers = self.pages.ice_servers.iter().map(|server| server.told(agent, until)).collect();
        ear.tell(OpenResponse { told: Some(open_response::Told::Opened(Opened { page: number, ice_servers })) });
        let page = Page { number, badge, ear: Some(ear), gone_at: None, beat_at: now, words };
        self.open.insert(agent.clone(), page);
        self.pages.door.opened(agent);
        Ok(stream)
    }

    /// Something for an agent's page; without one it is lost, and told anew to the next.
    pub(crate) fn tell(&self, tells: &Tells) {
        if let Some(ear) = self.open.get(&tells.agent).and_then(|page| page.ear.as_ref()) {
            ear.tell(show::told(tells));
        }
    }

    /// A page says something; only the newest may.
    pub(crate) fn says(&mut self, number: u64, word: Word, agent: &AgentId, now: Instant) -> Result<(), Refusal> {
        let page = self.open.get_mut(agent).filter(|page| page.number == number).ok_or(Refusal::PageReplaced)?;
        one_word_more(&mut page.words, now)?;
        match word {
            Word::Says(says) => self.pages.door.says(says),
            Word::Calls(calls) => self.pages.door.calls(calls),
            Word::Nothing => {}
        }
        Ok(())
    }

    /// Once a second: ends what has no token any more, finds what has gone, and lets the others feel that we are here.
    pub(crate) fn sweep(&mut self, now: Instant, good: impl Fn(BadgeHash) -> bool) {
        let beat = OpenResponse { told: Some(open_response::Told::Beat(Beat {})) };
        let mut gone = Vec::new();
        for (agent, page) in &mut self.open {
            if let Some(ear) = &page.ear
                && !good(page.badge)
            {
                ear.cut_off(Refusal::TokenVoid);
            }
            if page.ear.as_ref().is_some_and(Ear::is_gone) {
                page.ear = None;
                page.gone_at = Some(now);
            }
            match &page.ear {
                Some(ear) if now.duration_since(page.beat_at) >= BEAT_EVERY => {
                    page.beat_at = now;
                    ear.tell(beat.clone());
                }
                Some(_) => {}
                None if page.gone_at.is_some_and(|since| now.duration_since(since) >= RELOAD_MAX) => {
                    gone.push(agent.clone());
                }
                None => {}
            }
        }
        for agent in gone {
            self.open.remove(&agent);
            self.pages.door.closed(&agent);
        }
        metrics::gauge!("samkald_pages_open").set(self.open.len() as f64);
    }

    /// Ends every page; nothing new is opened.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        for page in self.open.values_mut() {
            if let Some(ear) = page.ear.take() {
                ear.cut_off(Refusal::Stopping);
            }
        }
    }
}
/// Counts a word of a page within its second.
fn one_word_more((since, count): &mut (Instant, u32), now: Instant) -> Result<(), Refusal> {
    if now.duration_since(*since) >= Duration::from_secs(1) {
        (*since, *count) = (now, 0);
    }
    *count += 1;
    if *count > WORDS_PER_SECOND_MAX { Err(Refusal::TooManyWords) } else { Ok(()) }
}
