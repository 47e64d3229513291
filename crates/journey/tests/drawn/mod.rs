//! Plans and callers that are drawn by a seed: lines, ways out and menus in any order, some of them dead ends.
//! Knows plan files; nothing of calls.

mod dress;

use model::{Dialled, Moment};
use plan::file::{
    AgentEntry, CalendarEntry, ChoiceEntry, DirectoryEntry, LineEntry, MailboxEntry, MenuEntry, MunicipalityEntry,
    NamedEntry, NumberEntry, PlanFile, QueueEntry, WayOutEntry, WeekEntry,
};
use plan::{Luck, Plan, Walk};

const NOON: Moment = Moment::from_secs(1_795_431_600); // Monday 2026-11-23 12:00 in Copenhagen
/// The rest of a plan is drawn from a lot of its own.
const DRESSED: u64 = 0x5eed;
const TOPICS: [&str; 2] = ["pas", "skat"];
const LANGUAGES: [&str; 2] = ["da", "en"];

/// What is drawn, by a seed.
pub(crate) struct Lot(pub(crate) u64);

impl Lot {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn maybe<T>(&mut self, count: u64, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(count).then(|| draw(self))
    }
}

#[allow(clippy::unnecessary_wraps, reason = "every field of a plan file may be missing")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A plan file that may be a good one, or have dead ends.
pub(crate) fn drawn(lot: &mut Lot) -> PlanFile {
    let named = |id: &&str| NamedEntry { id: text(id), title: text(id) };
    let week = WeekEntry { mon: vec!["08:00-16:00".into()], ..WeekEntry::default() };
    let day = CalendarEntry { id: text("dag"), week, ..CalendarEntry::default() };
    let never = CalendarEntry { id: text("aldrig"), always_closed: true, ..CalendarEntry::default() };
    let member = |id: &str, codes: &str| MunicipalityEntry {
        id: text(id),
        name: text(id),
        postal_codes: vec![codes.to_owned()],
        ..MunicipalityEntry::default()
    };
    let lines = 2 + lot.below(5);
    let file = PlanFile {
        municipalities: vec![member("0751", "8000-8220"), member("0730", "8900")],
        topics: TOPICS.iter().map(named).collect(),
        languages: LANGUAGES.iter().map(named).collect(),
        calendars: vec![day, never],
        queues: vec![QueueEntry { id: text("q"), title: text("q"), ..QueueEntry::default() }],
        directory: vec![DirectoryEntry {
            id: text("ude"),
            title: text("ude"),
            number: text("20222222"),
            calendar: text("dag"),
            ..DirectoryEntry::default()
        }],
        mailboxes: vec![MailboxEntry { id: text("post"), title: text("post"), ..MailboxEntry::default() }],
        menus: vec![of_languages(lot), of_postal_codes(lot), of_topics(lot, lines)],
        lines: (0..lines).map(|no| line(lot, no, lines)).collect(),
        numbers: vec![NumberEntry { number: text("89402222"), line: text("l0"), municipality: text("0751") }],
        agents: vec![agent(lot)],
        ..PlanFile::default()
    };
    dress::dressed(&mut Lot(lot.0 ^ DRESSED), file)
}

/// Mostly one who can everything.
fn agent(lot: &mut Lot) -> AgentEntry {
    let topics = if lot.one_in(10) { &TOPICS[..1] } else { &TOPICS[..] };
    AgentEntry {
        id: text("anna"),
        password: text("hemmeligt"),
        languages: Some(LANGUAGES.map(str::to_owned).to_vec()),
        skills: topics.iter().map(|topic| ((*topic).to_owned(), 1)).collect(),
        ..AgentEntry::default()
    }
}

fn menu(lot: &mut Lot, id: &str, choices: Vec<ChoiceEntry>) -> MenuEntry {
    MenuEntry {
        id: text(id),
        prompt: text(id),
        times: lot.maybe(2, |lot| 1 + lot.below(3)),
        choices,
        ..MenuEntry::default()
    }
}

fn of_languages(lot: &mut Lot) -> MenuEntry {
    let english = ChoiceEntry { key: text("2"), language: text("en"), ..ChoiceEntry::default() };
    menu(lot, "sprog", vec![english])
}

fn of_postal_codes(lot: &mut Lot) -> MenuEntry {
    MenuEntry { postal_code: true, ..menu(lot, "postnummer", Vec::new()) }
}

fn of_topics(lot: &mut Lot, lines: u64) -> MenuEntry {
    let mut choices: Vec<ChoiceEntry> = (0..=lot.below(3))
        .map(|key| ChoiceEntry {
            key: text(&key.to_string()),
            line: Some(format!("l{}", lot.below(lines))),
            ..ChoiceEntry::default()
        })
        .collect();
    if lot.one_in(2) {
        choices.push(ChoiceEntry { key: text("7"), voicemail: text("post"), ..ChoiceEntry::default() });
        choices.push(ChoiceEntry { key: text("6"), directory: text("ude"), ..ChoiceEntry::default() });
        choices.push(ChoiceEntry { key: text("8"), message: text("adresser"), ..ChoiceEntry::default() });
    }
    MenuEntry { slow_prompt: lot.maybe(2, |_| "langsomt".to_owned()), ..menu(lot, "emner", choices) }
}

fn line(lot: &mut Lot, no: u64, lines: u64) -> LineEntry {
    let silent = |lot: &mut Lot| lot.maybe(12, |_| "none".to_owned());
    let way = |lot: &mut Lot| {
        lot.maybe(4, |lot| match lot.below(4) {
            1 => WayOutEntry { directory: Some("ude".to_owned()), ..WayOutEntry::default() },
            0 => WayOutEntry { voicemail: Some("post".to_owned()), ..WayOutEntry::default() },
            _ => WayOutEntry { line: Some(format!("l{}", lot.below(lines))), ..WayOutEntry::default() },
        })
    };
    let unanswered = lot.one_in(8);
    let asks = |lot: &mut Lot, menu: &str| if unanswered { None } else { lot.maybe(3, |_| menu.to_owned()) };
    LineEntry {
        id: Some(format!("l{no}")),
        title: text("En linje"),
        numbers: vec![format!("7000000{no}")],
        topic: text(lot.of(&TOPICS)),
        language: text(lot.of(&LANGUAGES)),
        queue: text("q"),
        calendar: text(lot.of(&["always", "always", "dag", "aldrig"])),
        greeting: if unanswered { text("none") } else { lot.maybe(3, |_| "none".to_owned()) },
        waiting: unanswered.then_some(plan::file::WaitingEntry::Unanswered),
        choose_language: asks(lot, "sprog"),
        ask_municipality: asks(lot, "postnummer"),
        topic_menu: if no == 0 { asks(lot, "emner") } else { None },
        closed_message: silent(lot),
        full_message: silent(lot),
        gave_up_message: silent(lot),
        when_closed: way(lot),
        when_full: way(lot),
        when_gave_up: way(lot),
        wait_max_s: Some(600),
        ..LineEntry::default()
    }
}

/// Somebody who rings a number of the plan, and presses keys.
pub(crate) fn caller(lot: &mut Lot, plan: &Plan) -> Walk {
    let rung: Vec<&Dialled> = plan.numbers.keys().collect();
    let keys = ['0', '1', '2', '8', '9', '0', '0', '*', '#', '7'];
    Walk {
        dialled: rung[lot.below(rung.len() as u64) as usize].clone(),
        reached_by: Vec::new(),
        at: NOON + std::time::Duration::from_secs(3_600 * lot.below(24)),
        keys: (0..lot.below(14)).map(|_| lot.of(&keys)).collect(),
        luck: lot.of(&[Luck::Served, Luck::Full, Luck::NobodyComes]),
    }
}
