//! From a plan file to a plan: every reference resolved, every bound checked, all faults told at once.
//!
//! Knows what may stand in a plan; knows nothing of the sound files that prompts name, or of phones.

mod agents;
mod announcements;
mod booking;
mod bot;
mod calendars;
mod callback;
mod checks;
mod choices;
mod dialling;
mod directory;
mod ends;
mod lines;
mod mailboxes;
mod meanwhile;
mod membership;
mod menus;
mod names;
mod organisations;
mod queues;
mod reach;
mod recording;
mod routing;
mod same_agent;
mod ways;
mod wrap_up;

pub use agents::agent_range;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Dialled, Language, MunicipalityId, TopicId};

use crate::compile::checks::title;
use crate::compile::names::{Kind, Names};
use crate::file::{MunicipalityEntry, NamedEntry, PlanFile};
use crate::{Class, ClassNo, Fault, LineNo, Municipality, NumberUse, Plan};

/// Members of one plan. Denmark has 98 municipalities.
pub const MUNICIPALITIES_MAX: usize = 256;
/// Topics of one plan.
pub const TOPICS_MAX: usize = 256;
/// Languages of one plan.
pub const LANGUAGES_MAX: usize = 64;
/// Calendars of one plan.
pub const CALENDARS_MAX: usize = 1_024;
/// Menus of one plan.
pub const MENUS_MAX: usize = 1_024;
/// Queues of one plan.
pub const QUEUES_MAX: usize = 1_024;
/// Lines of one plan.
pub const LINES_MAX: usize = 4_096;
/// Numbers of one plan.
pub const NUMBERS_MAX: usize = 16_384;
/// Agents of one plan.
pub const AGENTS_MAX: usize = 16_384;
/// Pairs of topic and language that lines ask for.
pub const CLASSES_MAX: usize = 1_024;
/// Faults that are told at once; a file with more is told the first ones and how many there are.
pub const FAULTS_MAX: usize = 200;
/// Announcements of one plan.
pub const ANNOUNCEMENTS_MAX: usize = 256;
/// Steps of one queue.
pub const STEPS_MAX: usize = 8;
/// Calls that may wait in one queue: the core's slab.
pub const WAITING_MAX: u64 = 131_072;

pub use directory::DIRECTORY_MAX;
pub use mailboxes::MAILBOXES_MAX;
pub use wrap_up::WRAP_UP_CODES_MAX;

/// Compiles a plan file, or says everything that is wrong with it.
pub fn compile(file: &PlanFile) -> Result<Plan, Vec<Fault>> {
    let mut work = Work::new(file);
    work.municipalities();
    work.organisations();
    work.topics = work.named(&file.topics, "topics", Kind::TOPIC, TOPICS_MAX);
    work.languages = work.named(&file.languages, "languages", Kind::LANGUAGE, LANGUAGES_MAX);
    work.plan.topics = titles(&file.topics, TopicId::new);
    work.plan.languages = titles(&file.languages, Language::new);
    work.calendars();
    work.queues();
    work.lines();
    work.mailboxes();
    work.ways();
    work.postal_codes();
    work.menus();
    work.numbers();
    work.agents();
    work.routing();
    work.dialling();
    work.announcements();
    work.directory();
    work.wrap_up_codes();
    work.lines_of_members();
    work.ends();
    work.finish()
}

/// A plan that is being compiled.
struct Work<'f> {
    file: &'f PlanFile,
    plan: Plan,
    faults: Vec<Fault>,
    topics: Names,
    languages: Names,
    calendars: Names,
    queues: Names,
    lines: Names,
    mailbox_names: Names,
    classes: BTreeMap<Class, ClassNo>,
}

impl<'f> Work<'f> {
    fn new(file: &'f PlanFile) -> Self {
        Self {
            file,
            plan: Plan::default(),
            faults: Vec::new(),
            topics: Names::new(Kind::TOPIC),
            languages: Names::new(Kind::LANGUAGE),
            calendars: Names::new(Kind::CALENDAR),
            queues: Names::new(Kind::QUEUE),
            lines: Names::new(Kind::LINE),
            mailbox_names: mailboxes::no_mailboxes(),
            classes: BTreeMap::new(),
        }
    }

    fn fault(&mut self, at: impl Into<String>, da: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault::new(at, da, en));
    }

    /// Tells that a table is too long. What is beyond the bound is not looked at.
    fn bounded<T>(&mut self, entries: &'f [T], at: &str, max: usize) -> &'f [T] {
        if entries.len() <= max {
            return entries;
        }
        let count = entries.len();
        self.fault(
            at,
            format!("{count} er for mange; slet nogle, højst {max} er tilladt"),
            format!("{count} are too many; delete some, at most {max} are allowed"),
        );
        &entries[..max]
    }

    fn municipalities(&mut self) {
        let members = self.bounded(&self.file.municipalities, "municipalities", MUNICIPALITIES_MAX);
        for (i, entry) in members.iter().enumerate() {
            let at = format!("municipalities[{i}]");
            match entry.id.as_deref().and_then(kommunekode) {
                Some(id) => self.add_member(&at, id, entry),
                None => self.bad_municipality(&format!("{at}.id"), entry.id.as_deref()),
            }
        }
    }

    /// A municipality, or an organisation that takes part as one does.
    fn add_member(&mut self, at: &str, id: MunicipalityId, entry: &MunicipalityEntry) {
        let name = title(&mut self.faults, &format!("{at}.name"), entry.name.as_deref());
        let recordings = self.recordings(at, entry);
        self.membership(at, id, entry);
        if self.plan.municipalities.insert(id, Municipality { id, name, recordings }).is_some() {
            self.fault(
                format!("{at}.id"),
                format!("{id} står her to gange; slet den ene"),
                format!("{id} is here twice; delete one"),
            );
        }
    }

    fn bad_municipality(&mut self, at: &str, written: Option<&str>) {
        let written = written.unwrap_or("");
        self.fault(
            at,
            format!("\"{written}\" er ingen kommunekode; skriv fire cifre, fx \"0751\""),
            format!("\"{written}\" is no kommunekode; write four digits, such as \"0751\""),
        );
    }

    /// A reference to a municipality.
    fn member(&mut self, at: &str, written: Option<&str>) -> Option<MunicipalityId> {
        let written = written?;
        let Some(id) = kommunekode(written) else {
            self.bad_municipality(at, Some(written));
            return None;
        };
        if !self.plan.municipalities.contains_key(&id) {
            self.fault(
                at,
                format!("kommunen {id} er ikke med i planen; føj den til under [[municipalities]]"),
                format!("the municipality {id} is not in the plan; add it to [[municipalities]]"),
            );
        }
        Some(id)
    }

    fn named(&mut self, entries: &'f [NamedEntry], at: &str, kind: Kind, max: usize) -> Names {
        let mut names = Names::new(kind);
        for (i, entry) in self.bounded(entries, at, max).iter().enumerate() {
            names.add(&mut self.faults, &format!("{at}[{i}].id"), entry.id.as_deref());
            title(&mut self.faults, &format!("{at}[{i}].title"), entry.title.as_deref());
        }
        names
    }

    /// Gives a number its use, unless it has one already.
    fn number(&mut self, at: &str, written: &str, line: Option<LineNo>, municipality: Option<MunicipalityId>) {
        let dialled = match Dialled::parse(written) {
            Ok(dialled) if is_emergency(&dialled) => {
                self.fault(
                    at,
                    format!("{dialled} er et alarmnummer, og det ringer aldrig her; slet det"),
                    format!("{dialled} is an emergency number and never rings here; delete it"),
                );
                return;
            }
            Ok(dialled) => dialled,
            Err(why) => {
                self.fault(
                    at,
                    format!("\"{written}\" er intet telefonnummer; skriv cifre, fx \"70101010\""),
                    format!("\"{written}\" is no telephone number ({why}); write digits, such as \"70101010\""),
                );
                return;
            }
        };
        if self.plan.numbers.len() == NUMBERS_MAX {
            self.fault(
                at,
                format!("planen har mere end {NUMBERS_MAX} numre; slet dem, der ikke bruges"),
                format!("the plan has more than {NUMBERS_MAX} numbers; delete those out of use"),
            );
            return;
        }
        let before = self.plan.numbers.insert(dialled.clone(), NumberUse { line, municipality });
        if before.is_some() {
            self.fault(
                at,
                format!("nummeret {dialled} er brugt før i planen, og et nummer kan kun stå ét sted; slet det ene"),
                format!("the number {dialled} is used before in the plan, and a number can stand in one place only; delete one"),
            );
        }
    }

    fn finish(mut self) -> Result<Plan, Vec<Fault>> {
        if self.faults.is_empty() {
            return Ok(self.plan);
        }
        // What several lines use is looked at for each of them.
        let mut told = BTreeSet::new();
        self.faults.retain(|fault| told.insert(fault.clone()));
        let more = self.faults.len().saturating_sub(FAULTS_MAX);
        self.faults.truncate(FAULTS_MAX);
        if more > 0 {
            self.fault("…", format!("og {more} fejl til"), format!("and {more} more faults"));
        }
        Err(self.faults)
    }
}

fn titles<K: Ord>(entries: &[NamedEntry], key: impl Fn(&str) -> K) -> BTreeMap<K, Arc<str>> {
    let both = |entry: &NamedEntry| Some((key(entry.id.as_deref()?), Arc::from(entry.title.as_deref()?)));
    entries.iter().filter_map(both).collect()
}

/// Nobody's line, whatever a plan says.
fn is_emergency(dialled: &Dialled) -> bool {
    crate::dialling::EMERGENCY.contains(&dialled.as_str())
}

fn kommunekode(text: &str) -> Option<MunicipalityId> {
    let four_digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let code: u16 = four_digits.then(|| text.parse().ok())??;
    (code > 0).then_some(MunicipalityId(code))
}
