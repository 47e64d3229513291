//! Lines and numbers: what can be rung for, and how its callers wait.
//!
//! Sees to it that every wait has an end, or a reason why it has none.

use std::ops::RangeInclusive;
use std::time::Duration;

use model::{Language, LineId, TopicId, WaitingStage};

use super::Work;
use super::checks::{music, prompt, seconds, title};
use crate::file::{LineEntry, NumberEntry, WaitingEntry, WayOutEntry};
use crate::{
    Announce, CLASSES_MAX, CalendarNo, Class, ClassNo, LINES_MAX, Line, LineNo, Menus, NUMBERS_MAX, QueueNo, Ways,
};

/// An unanswered wait is answered into music after so many seconds, unless the line says otherwise.
const UNANSWERED_MAX_S: u64 = 60;
/// From one announcement to the next, unless the line says otherwise; and what it may say, in seconds. Oftener, nobody
/// would hear music; after a quarter of an hour without a word, a citizen believes to be forgotten.
const ANNOUNCE_EVERY_S: u64 = 60;
const ANNOUNCE_EVERY_RANGE_S: RangeInclusive<u64> = 20..=900;
/// The longest wait that a line can set, in seconds: a day.
const WAIT_MAX_S: u64 = 86_400;

impl Work<'_> {
    pub(super) fn lines(&mut self) {
        for (i, entry) in self.bounded(&self.file.lines, "lines", LINES_MAX).iter().enumerate() {
            let at = format!("lines[{i}]");
            let no = LineNo(self.lines.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref()));
            let line = self.line(&at, entry);
            for (n, number) in entry.numbers.iter().enumerate() {
                self.number(&format!("{at}.numbers[{n}]"), number, Some(no), line.municipality);
            }
            self.plan.lines.push(line);
        }
        if self.file.lines.is_empty() {
            self.fault(
                "lines",
                "planen har ingen linjer, så ingen kan ringe; føj en til under [[lines]]",
                "the plan has no lines, so nobody can ring; add one to [[lines]]",
            );
        }
        if self.classes.len() > CLASSES_MAX {
            self.fault(
                "lines",
                format!("linjerne spørger efter mere end {CLASSES_MAX} forskellige par af emne og sprog; lad flere linjer bruge de samme"),
                format!("the lines ask for more than {CLASSES_MAX} different pairs of topic and language; let more lines use the same"),
            );
        }
    }

    fn line(&mut self, at: &str, entry: &LineEntry) -> Line {
        let municipality = self.member(&format!("{at}.municipality"), entry.municipality.as_deref());
        let class = self.class_asked_for(at, entry);
        let queue = self.queues.find(&mut self.faults, &format!("{at}.queue"), entry.queue.as_deref());
        let calendar = self.calendars.find(&mut self.faults, &format!("{at}.calendar"), entry.calendar.as_deref());
        let language = class.language.clone();
        let faults = &mut self.faults;
        let greeting = prompt(faults, &format!("{at}.greeting"), entry.greeting.as_deref(), "greeting", &language);
        let mut last = |field: &str, written: &Option<String>, usual: &str, way: &Option<WayOutEntry>| {
            Self::last_words(faults, &format!("{at}.{field}"), (written.as_deref(), usual), way.as_ref(), &language)
        };
        let closed_message = last("closed_message", &entry.closed_message, "closed", &entry.when_closed);
        let full_message = last("full_message", &entry.full_message, "full", &entry.when_full);
        let gave_up_message = last("gave_up_message", &entry.gave_up_message, "gave_up", &entry.when_gave_up);
        let waiting = self.waiting(at, entry);
        let consent_message = self.consent_message(at, entry, municipality, &class.language);
        Line {
            id: LineId::new(entry.id.as_deref().unwrap_or_default()),
            title: title(&mut self.faults, &format!("{at}.title"), entry.title.as_deref()),
            municipality,
            class: self.class_no(class.clone()),
            topic: class.topic,
            language: class.language,
            queue: QueueNo(queue.unwrap_or(0)),
            calendar: CalendarNo(calendar.unwrap_or(0)),
            greeting,
            consent_message,
            closed_message,
            full_message,
            waiting,
            unanswered_max: self.unanswered_max(at, entry, waiting),
            music: music(&mut self.faults, &format!("{at}.music"), entry.music.as_deref()),
            announce: self.announce(at, entry),
            callback: self.callback(at, entry),
            booking: self.booking(at, entry),
            same_agent: self.same_agent(at, entry),
            meanwhile: self.meanwhile(at, entry, &language),
            announce_opening: entry.announce_opening,
            wait_max: self.wait_max(at, entry),
            gave_up_message,
            menus: Menus::default(),
            bot: self.bot(at, entry),
            ways: Ways::default(),
        }
    }

    fn class_asked_for(&mut self, at: &str, entry: &LineEntry) -> Class {
        let (topic, language) = (entry.topic.as_deref(), entry.language.as_deref());
        self.topics.find(&mut self.faults, &format!("{at}.topic"), topic);
        self.languages.find(&mut self.faults, &format!("{at}.language"), language);
        Class { topic: TopicId::new(topic.unwrap_or("")), language: Language::new(language.unwrap_or("")) }
    }

    fn class_no(&mut self, class: Class) -> ClassNo {
        let next = ClassNo(self.plan.classes.len() as u32);
        let classes = &mut self.plan.classes;
        *self.classes.entry(class).or_insert_with_key(|class| {
            classes.push(class.clone());
            next
        })
    }

    fn waiting(&mut self, at: &str, entry: &LineEntry) -> WaitingStage {
        match entry.waiting {
            Some(WaitingEntry::Unanswered) => WaitingStage::Unanswered,
            None | Some(WaitingEntry::Music) => {
                if entry.unanswered_max_s.is_some() {
                    self.fault(
                        format!("{at}.unanswered_max_s"),
                        "linjen svarer straks; slet indstillingen, eller skriv waiting = \"unanswered\"",
                        "the line answers at once; delete the setting, or write waiting = \"unanswered\"",
                    );
                }
                WaitingStage::Music
            }
        }
    }

    /// An unanswered wait ends in music, unless a reason is given why it may last for ever.
    fn unanswered_max(&mut self, at: &str, entry: &LineEntry, waiting: WaitingStage) -> Option<Duration> {
        let default = (entry.may_wait_for_ever.is_none()).then_some(UNANSWERED_MAX_S);
        let written = entry.unanswered_max_s.or(default).filter(|_| waiting == WaitingStage::Unanswered)?;
        Some(Duration::from_secs(seconds(&mut self.faults, &format!("{at}.unanswered_max_s"), written, 1..=WAIT_MAX_S)))
    }

    /// What is told while waiting. An interval alone tells nothing.
    fn announce(&mut self, at: &str, entry: &LineEntry) -> Option<Announce> {
        let told = entry.announce_place.is_some() || entry.announce_wait;
        if entry.announce_every_s.is_some() && !told && entry.callback.is_none() {
            self.fault(
                format!("{at}.announce_every_s"),
                "der er intet at sige: skriv announce_place eller announce_wait = true, eller slet linjen",
                "there is nothing to tell: write announce_place or announce_wait = true, or delete the line",
            );
        }
        let every = entry.announce_every_s.unwrap_or(ANNOUNCE_EVERY_S);
        let every = seconds(&mut self.faults, &format!("{at}.announce_every_s"), every, ANNOUNCE_EVERY_RANGE_S);
        // What is offered is said with it.
        (told || entry.callback.is_some()).then(|| Announce {
            place: entry.announce_place,
            wait: entry.announce_wait,
            every: Duration::from_secs(every),
        })
    }

    fn wait_max(&mut self, at: &str, entry: &LineEntry) -> Option<Duration> {
        match (entry.wait_max_s, entry.may_wait_for_ever.as_deref()) {
            (Some(secs), None) => {
                Some(Duration::from_secs(seconds(&mut self.faults, &format!("{at}.wait_max_s"), secs, 10..=WAIT_MAX_S)))
            }
            (Some(_), Some(_)) => {
                self.fault(
                    format!("{at}.may_wait_for_ever"),
                    "linjens ventetid har en ende (wait_max_s) og kan ikke også vare evigt; slet det ene",
                    "the line's wait has an end (wait_max_s) and can't last for ever too; delete one of them",
                );
                None
            }
            (None, None) => {
                self.fault(
                    format!("{at}.wait_max_s"),
                    "mangler: ventetiden har ingen ende; skriv fx wait_max_s = 3600, eller en grund i may_wait_for_ever",
                    "is missing: the wait has no end; write wait_max_s = 3600, say, or a reason in may_wait_for_ever",
                );
                None
            }
            (None, Some(reason)) => {
                title(&mut self.faults, &format!("{at}.may_wait_for_ever"), Some(reason));
                None
            }
        }
    }

    pub(super) fn numbers(&mut self) {
        for (i, entry) in self.bounded(&self.file.numbers, "numbers", NUMBERS_MAX).iter().enumerate() {
            self.number_entry(&format!("numbers[{i}]"), entry);
        }
    }

    fn number_entry(&mut self, at: &str, entry: &NumberEntry) {
        let municipality = self.member(&format!("{at}.municipality"), entry.municipality.as_deref());
        let line = match entry.line.as_deref() {
            None => None,
            named => self.lines.find(&mut self.faults, &format!("{at}.line"), named).map(LineNo),
        };
        if entry.line.is_none() && entry.municipality.is_none() {
            self.fault(
                at,
                "nummeret bruges ikke til noget; skriv line, municipality eller begge",
                "the number is for nothing; write line, municipality or both",
            );
        }
        let owner = line.and_then(|line| self.plan.lines[line.at()].municipality);
        if let (Some(municipality), Some(owner)) = (municipality, owner)
            && municipality != owner
        {
            self.fault(
                format!("{at}.municipality"),
                format!("nummeret er kommunen {municipality}s, men linjen er kommunen {owner}s; slet municipality, eller led til en fælles linje"),
                format!("the number is municipality {municipality}'s, but the line is municipality {owner}'s; delete municipality, or lead to a shared line"),
            );
        }
        self.number(&format!("{at}.number"), entry.number.as_deref().unwrap_or(""), line, municipality.or(owner));
    }

    /// Classes of a topic in some languages, as far as lines ask for them.
    pub(super) fn classes_of<'a>(
        &'a self,
        topic: &'a str,
        languages: &'a [String],
    ) -> impl Iterator<Item = ClassNo> + 'a {
        languages.iter().filter_map(move |language| {
            self.classes.get(&Class { topic: TopicId::new(topic), language: Language::new(language) }).copied()
        })
    }
}
