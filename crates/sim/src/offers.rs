//! What municipalities offer on a drawn day beside the wait: hours that end, menus, ways on, callbacks, names in the directory.
//! Drawn from a stream of its own, and into the plan file, whose own compiler says whether it holds together.
//! Knows what leads where, so that no way leads back; nothing of who rings.

use plan::file::{
    BookingEntry, CalendarEntry, CallbackEntry, ChoiceEntry, DirectoryEntry, LineEntry, MailboxEntry, MenuEntry,
    PlanFile, SameAgentEntry, WaitingEntry, WayOutEntry, WeekEntry,
};

use crate::lot::Lot;

/// Hours of the day, which is a Friday and begins at ten.
const HOURS: [(&str, &str); 5] = [
    ("soon", "09:00-10:02"),
    ("later", "09:00-10:15"),
    (MORNING, "09:00-11:30"),
    ("evening", "10:05-22:00"),
    ("long", "08:00-22:00"),
];
/// Hours in which there are times to be called in, and which are over before the day is.
const MORNING: &str = "morning";
/// How the sound of every menu begins.
pub(crate) const MENU: &str = "menu/";

/// Puts what is offered into the file; on a third of all days nothing is.
pub(crate) fn draw(lot: &mut Lot, file: &mut PlanFile) {
    if lot.one_in(3) {
        return;
    }
    add_calendars(file);
    add_mailbox(lot, file);
    add_menus(lot, file);
    add_directory(lot, file);
    for no in 0..file.lines.len() {
        let calendar = lot.one_in(4).then(|| lot.pick(&HOURS).0.to_owned());
        let is_closed = is_closed(&file.lines[no]);
        if let Some(calendar) = calendar.filter(|_| !is_closed) {
            file.lines[no].calendar = Some(calendar);
        }
        add_ways(lot, file, no);
        if !is_closed && file.lines[no].waiting != Some(WaitingEntry::Unanswered) {
            add_keys(lot, file, no);
        }
    }
}

fn is_closed(line: &LineEntry) -> bool {
    line.calendar.as_deref() == Some("never")
}

fn add_calendars(file: &mut PlanFile) {
    for (id, hours) in HOURS {
        let week = WeekEntry { fri: vec![hours.to_owned()], ..WeekEntry::default() };
        file.calendars.push(CalendarEntry { id: Some(id.to_owned()), week, ..CalendarEntry::default() });
    }
}

fn add_mailbox(lot: &mut Lot, file: &mut PlanFile) {
    let id = || Some("post".to_owned());
    let length_max_s = Some(*lot.pick(&[10, 60]));
    file.mailboxes = vec![MailboxEntry { id: id(), title: id(), length_max_s, ..MailboxEntry::default() }];
}

fn add_menus(lot: &mut Lot, file: &mut PlanFile) {
    for (no, member) in file.municipalities.iter_mut().enumerate() {
        member.postal_codes = vec![format!("8{no}00-8{no}99")];
    }
    let choice = |key: usize| ChoiceEntry { key: Some(key.to_string()), ..ChoiceEntry::default() };
    let message = ChoiceEntry { message: Some("menu/message".to_owned()), ..choice(8) };
    let english = ChoiceEntry { language: Some("en".to_owned()), ..choice(2) };
    let members = file.municipalities.iter().enumerate();
    let members = members.map(|(no, member)| ChoiceEntry { municipality: member.id.clone(), ..choice(no) }).collect();
    let shared = file.lines.iter().enumerate().filter(|(no, line)| no % 2 == 1 && line.municipality.is_none());
    let topics = shared.take(6).map(|(no, line)| ChoiceEntry { line: line.id.clone(), ..choice(no % 8) });
    let mut topics: Vec<ChoiceEntry> = topics.collect();
    topics.sort_by(|a, b| a.key.cmp(&b.key));
    topics.dedup_by(|a, b| a.key == b.key);
    topics.retain(|choice| choice.key.as_deref() != Some("7"));
    topics.push(ChoiceEntry { voicemail: Some("post".to_owned()), ..choice(7) });
    topics.push(ChoiceEntry { directory: Some("entry-number".to_owned()), ..choice(9) });
    topics.push(message.clone());
    file.menus = vec![
        menu(lot, "language", vec![english, message]),
        menu(lot, "member", members),
        MenuEntry { postal_code: true, ..menu(lot, "postal", Vec::new()) },
        menu(lot, "topic", topics),
    ];
}

fn menu(lot: &mut Lot, id: &str, choices: Vec<ChoiceEntry>) -> MenuEntry {
    MenuEntry {
        id: Some(id.to_owned()),
        prompt: Some(format!("{MENU}{id}")),
        times: Some(lot.between(1, 3)),
        answer_max_s: Some(*lot.pick(&[2, 5])),
        choices,
        ..MenuEntry::default()
    }
}

/// A line, a number outside and a colleague, some with hours.
fn add_directory(lot: &mut Lot, file: &mut PlanFile) {
    let calendar = |lot: &mut Lot| lot.one_in(2).then(|| lot.pick(&HOURS).0.to_owned());
    let mut entry = |id: &str| DirectoryEntry {
        id: Some(format!("entry-{id}")),
        title: Some(id.to_owned()),
        calendar: calendar(lot),
        ..DirectoryEntry::default()
    };
    let line = DirectoryEntry { line: file.lines[0].id.clone(), ..entry("line") };
    let number = DirectoryEntry { number: Some("20222222".to_owned()), ..entry("number") };
    let agent = DirectoryEntry { agent: file.agents[0].id.clone(), ..entry("agent") };
    file.directory = vec![line, number, agent];
}

/// Ways lead to lines further on: those that are never open come first, then the others as they stand in the file.
fn add_ways(lot: &mut Lot, file: &mut PlanFile, no: usize) {
    let rank = |no: usize| (!is_closed(&file.lines[no]), no);
    let owner = file.lines[no].municipality.clone();
    let fits = |to: &usize| {
        let line = &file.lines[*to];
        rank(*to) > rank(no) && (line.municipality.is_none() || line.municipality == owner)
    };
    let further: Vec<usize> = (0..file.lines.len()).filter(fits).collect();
    let books = file.lines[no].calendar.as_deref() == Some(MORNING);
    let mut way = |one_in: usize| {
        if books && lot.one_in(2) {
            return Some(WayOutEntry { callback: true, ..WayOutEntry::default() });
        }
        if lot.one_in(5) {
            return Some(WayOutEntry { voicemail: Some("post".to_owned()), ..WayOutEntry::default() });
        }
        if lot.one_in(8) {
            return Some(WayOutEntry { directory: Some("entry-number".to_owned()), ..WayOutEntry::default() });
        }
        let leads = !further.is_empty() && lot.one_in(one_in);
        leads.then(|| WayOutEntry { line: file.lines[*lot.pick(&further)].id.clone(), ..WayOutEntry::default() })
    };
    let (closed, full, gave_up) = (way(2), way(3), way(3));
    let booking = BookingEntry {
        slot_min: Some(15),
        per_slot: Some(lot.between(1, 4)),
        days_ahead: Some(1),
        not_before_min: Some(*lot.pick(&[0, 10])),
    };
    let line = &mut file.lines[no];
    line.booking = books.then_some(booking);
    (line.when_closed, line.when_full, line.when_gave_up) = (closed, full, gave_up);
}

/// What a citizen who was answered may choose by keys.
fn add_keys(lot: &mut Lot, file: &mut PlanFile, no: usize) {
    let is_sister = |line: &LineEntry| {
        let here = &file.lines[no];
        let owner = line.municipality.is_none() || line.municipality == here.municipality;
        line.topic == here.topic && line.language.as_deref() == Some("en") && owner && !is_closed(line)
    };
    let has_sister = file.lines.iter().any(is_sister);
    let callback = lot.one_in(2).then(|| CallbackEntry {
        again_after_s: None,
        offer_over_s: Some(30),
        before_closing_s: Some(*lot.pick(&[0, 60])),
        attempts: Some(lot.between(1, 3)),
        keep_h: Some(1),
    });
    let same_agent = lot.one_in(2).then(|| SameAgentEntry { within_min: Some(lot.between(1, 30)), wait_s: Some(20) });
    let line = &mut file.lines[no];
    line.same_agent = same_agent;
    line.choose_language = (has_sister && lot.one_in(3)).then(|| "language".to_owned());
    line.ask_municipality = lot.one_in(3).then(|| (*lot.pick(&["member", "postal"])).to_owned());
    line.topic_menu = (no.is_multiple_of(2) && lot.one_in(2)).then(|| "topic".to_owned());
    line.announce_every_s = callback.is_some().then_some(20);
    line.callback = callback;
}
