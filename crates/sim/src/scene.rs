//! What a day is like: the plan of the municipalities and its outlook, drawn by the seed.
//! Makes plan files as coordinators write them; the plan's own compiler reads them.

use std::sync::Arc;

use forecast::{ClassOutlook, Outlook};
use plan::file::{
    AgentEntry, AnnouncementEntry, BotEntry, CalendarEntry, DiallingEntry, LineEntry, MunicipalityEntry, NamedEntry,
    NumberEntry, PlanFile, QueueEntry, ReadyEntry, RecordEntry, RoutingEntry, StandbyEntry, StepEntry, SurgeEntry,
    WaitingEntry, WhoEntry,
};
use plan::{Plan, compile};

use crate::lot::Lot;
use crate::offers;

const MUNICIPALITIES: [(&str, &str); 6] = [
    ("0751", "Aarhus"),
    ("0461", "Odense"),
    ("0851", "Aalborg"),
    ("0561", "Esbjerg"),
    ("0730", "Randers"),
    ("0101", "København"),
];
/// A public key, whose secret half nobody needs here.
const RECORDING_KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
const TOPICS: [&str; 4] = ["pas", "flytning", "pension", "byggeri"];

/// A plan with 3 to 8 classes and as many agents as told, and with what is offered beside the wait where `offers` draws it.
pub(crate) fn draw_plan(lot: &mut Lot, agents: usize, offers: Option<&mut Lot>, callbacks: bool) -> Arc<Plan> {
    let topics = &TOPICS[..2 + lot.below(3)];
    let members = &MUNICIPALITIES[..2 + lot.below(5)];
    let mut file = PlanFile {
        municipalities: members.iter().map(|(id, name)| draw_member(lot, id, name)).collect(),
        topics: topics.iter().map(|topic| named(topic)).collect(),
        languages: vec![named("da"), named("en")],
        calendars: vec![CalendarEntry { id: Some("never".into()), always_closed: true, ..CalendarEntry::default() }],
        ..PlanFile::default()
    };
    for topic in topics {
        for language in ["da", "en"] {
            if language == "da" || lot.one_in(2) {
                add_line(lot, &mut file, topic, language, members);
            }
        }
    }
    add_closed_lines(&mut file, topics[0]);
    for (number, (id, _)) in members.iter().enumerate() {
        let line = lot.one_in(2).then(|| file.lines[0].id.clone()).flatten();
        file.numbers.push(NumberEntry {
            number: Some(format!("8900000{number}")),
            line,
            municipality: Some((*id).to_owned()),
        });
    }
    let has_standby = lot.one_in(4);
    file.agents = (0..agents).map(|number| draw_agent(lot, number, topics, members, has_standby)).collect();
    draw_overflow(lot, &mut file, has_standby);
    file.routing = draw_routing(lot);
    file.announcements = vec![announcement()];
    let shown = *lot.pick(&[None, Some("line"), Some("municipality"), Some("70000000")]);
    let ring_time_max_s = Some(*lot.pick(&[5, 20, 45]));
    file.dialling = DiallingEntry { shown: shown.map(str::to_owned), ring_time_max_s, ..DiallingEntry::default() };
    if let Some(lot) = offers {
        offers::draw(lot, &mut file);
    }
    let mut plan = compile(&file).unwrap_or_else(|faults| panic!("a drawn plan is a good one: {faults:?}"));
    plan.lines.iter_mut().filter(|_| !callbacks).for_each(|line| line.callback = None);
    Arc::new(plan)
}

fn bot() -> BotEntry {
    BotEntry { url: Some("wss://bot.example.dk/".into()), time_max_s: Some(20), ..BotEntry::default() }
}

fn announcement() -> AnnouncementEntry {
    AnnouncementEntry { id: Some("notice".into()), title: Some("Notice".into()), prompt: Some("greeting".into()) }
}

/// Some have a key for recordings.
fn draw_member(lot: &mut Lot, id: &str, name: &str) -> MunicipalityEntry {
    let records = lot.one_in(2);
    MunicipalityEntry {
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        recording_key: records.then(|| RECORDING_KEY.to_owned()),
        recording_days: records.then(|| *lot.pick(&[1, 30, 3_650])),
        ..MunicipalityEntry::default()
    }
}

/// Whether a line may ask for consent: somebody could seal what is recorded.
fn may_record(file: &PlanFile, owner: Option<&str>) -> bool {
    let is_it = |entry: &&MunicipalityEntry| owner.is_none_or(|owner| entry.id.as_deref() == Some(owner));
    file.municipalities.iter().filter(is_it).any(|entry| entry.recording_key.is_some())
}

fn add_line(lot: &mut Lot, file: &mut PlanFile, topic: &str, language: &str, members: &[(&str, &str)]) {
    let number = file.lines.len();
    let queue = format!("q{number}");
    file.queues.push(QueueEntry {
        id: Some(queue.clone()),
        title: Some(queue.clone()),
        waiting_max: Some(*lot.pick(&[1, 3, 10, 50, 200])),
        ring_time_max_s: Some(*lot.pick(&[5, 10, 20])),
        wrap_up_s: Some(*lot.pick(&[0, 0, 2, 15, 40])),
        target_s: Some(*lot.pick(&[5, 20, 60])),
        surge_guard: Some(!lot.one_in(4)),
        steps: draw_steps(lot),
        ..QueueEntry::default()
    });
    let unanswered = lot.one_in(3);
    let municipality = (number > 0 && lot.one_in(3)).then(|| lot.pick(members).0.to_owned());
    let asks = !unanswered && lot.one_in(2) && may_record(file, municipality.as_deref());
    let silent = |lot: &mut Lot, one_in| lot.one_in(one_in).then(|| "none".to_owned());
    file.lines.push(LineEntry {
        id: Some(format!("{topic}-{language}-{number}")),
        title: Some(format!("{topic} {language}")),
        numbers: vec![format!("7000{number:04}")],
        municipality,
        record: asks.then_some(RecordEntry::Consent),
        bot: (!unanswered && number % 3 == 1).then(bot),
        topic: Some(topic.into()),
        language: Some(language.into()),
        queue: Some(queue),
        calendar: Some("always".into()),
        greeting: if unanswered { Some("none".into()) } else { silent(lot, 2) },
        full_message: silent(lot, 2),
        gave_up_message: silent(lot, 2),
        may_end_in_silence: Some("drawn".into()),
        may_have_nobody: Some("drawn".into()),
        waiting: Some(if unanswered { WaitingEntry::Unanswered } else { WaitingEntry::Music }),
        unanswered_max_s: unanswered.then(|| *lot.pick(&[5, 30, 60])),
        wait_max_s: Some(*lot.pick(&[10, 60, 300, 900])),
        ..LineEntry::default()
    });
}

/// One that says that it is closed, and one that says nothing.
fn add_closed_lines(file: &mut PlanFile, topic: &str) {
    for (number, message) in [(8_000, None), (8_001, Some("none".into()))] {
        file.lines.push(LineEntry {
            id: Some(format!("closed-{number}")),
            title: Some("Lukket".into()),
            numbers: vec![format!("7000{number}")],
            topic: Some(topic.into()),
            language: Some("da".into()),
            queue: file.queues[0].id.clone(),
            calendar: Some("never".into()),
            closed_message: message,
            may_end_in_silence: Some("drawn".into()),
            wait_max_s: Some(60),
            ..LineEntry::default()
        });
    }
}

/// Mostly everybody from the start; else the best, or the citizen's own municipality, first.
fn draw_steps(lot: &mut Lot) -> Vec<StepEntry> {
    let step = |after_s: u64, level_max: u64, who: WhoEntry| StepEntry {
        after_s: Some(after_s),
        level_max: Some(level_max),
        who: Some(who),
    };
    match lot.below(6) {
        0 => vec![step(0, 3, WhoEntry::Everyone), step(7, 6, WhoEntry::Everyone), step(20, 9, WhoEntry::Everyone)],
        1 => vec![step(0, 9, WhoEntry::Home), step(12, 9, WhoEntry::Everyone)],
        2 => vec![step(0, 5, WhoEntry::Home), step(5, 7, WhoEntry::Everyone)],
        _ => Vec::new(),
    }
}

/// Some queues overflow into a later one; where there are standby agents, some queues call them in.
fn draw_overflow(lot: &mut Lot, file: &mut PlanFile, has_standby: bool) {
    let queues = file.queues.len();
    for number in 0..queues {
        if number + 1 < queues && lot.one_in(3) {
            let later = number + 1 + lot.below(queues - number - 1);
            file.queues[number].overflow = file.queues[later].id.clone();
        }
        if has_standby && (number == 0 || lot.one_in(2)) {
            let (waiting_over, wait_over_s) = (Some(*lot.pick(&[1, 3, 10])), Some(*lot.pick(&[5, 30])));
            file.queues[number].standby = Some(StandbyEntry { waiting_over, wait_over_s });
        }
    }
}

/// Now and then constants by which a few calls are a flood, and a few agents are many.
fn draw_routing(lot: &mut Lot) -> RoutingEntry {
    if lot.one_in(2) {
        return RoutingEntry::default();
    }
    RoutingEntry {
        kept_idle_per: Some(*lot.pick(&[2, 4, 10])),
        scarce_max: Some(*lot.pick(&[1, 4])),
        surge: SurgeEntry {
            topic_on_calls: Some(3.0),
            topic_recent_s: Some(60),
            topic_burst_s: Some(30),
            municipality_on: Some(1.0),
            municipality_off: Some(1.0),
            municipality_recent_s: Some(120),
            municipality_burst_s: Some(5),
            ..SurgeEntry::default()
        },
        ..RoutingEntry::default()
    }
}

/// What is expected of the day: nothing is known, or some of it.
pub(crate) fn draw_outlook(lot: &mut Lot, plan: &Plan) -> Outlook {
    let mut outlook = Outlook::unknown();
    if lot.one_in(3) {
        return outlook;
    }
    outlook.days_known = 30;
    for class in &plan.classes {
        let expected = ClassOutlook {
            calls_an_hour: *lot.pick(&[0.0, 5.0, 60.0, 600.0]),
            talk_s: *lot.pick(&[60.0, 300.0, 450.0]),
        };
        outlook.classes.insert((class.topic.clone(), class.language.clone()), expected);
    }
    for code in plan.municipalities.keys() {
        outlook.municipalities.insert(*code, *lot.pick(&[0.0, 10.0, 300.0]));
    }
    outlook.others_an_hour = 10.0;
    outlook
}

fn draw_agent(
    lot: &mut Lot,
    number: usize,
    topics: &[&str],
    members: &[(&str, &str)],
    has_standby: bool,
) -> AgentEntry {
    let id = format!("agent{number:04}");
    let fixed = lot.one_in(3);
    let ready = if fixed {
        *lot.pick(&[ReadyEntry::FromTheStart, ReadyEntry::FromTheStart, ReadyEntry::AtTheDesk])
    } else {
        *lot.pick(&[ReadyEntry::AtTheDesk, ReadyEntry::AtTheDesk, ReadyEntry::WhenRegistered])
    };
    let mut skills = std::collections::BTreeMap::new();
    for topic in topics {
        if lot.one_in(2) {
            skills.insert((*topic).to_owned(), lot.between(1, 9));
        }
    }
    if skills.is_empty() {
        skills.insert((*lot.pick(topics)).to_owned(), 1);
    }
    AgentEntry {
        id: Some(id.clone()),
        home: Some(lot.pick(members).0.to_owned()),
        skills,
        languages: Some(if lot.one_in(2) { vec!["da".into()] } else { vec!["da".into(), "en".into()] }),
        contact: fixed.then(|| format!("sip:{id}@10.0.0.9:5060")),
        password: Some(format!("secret of {id}")),
        ready: Some(ready),
        serves: lot.one_in(6).then(|| vec![lot.pick(members).0.to_owned(), members[0].0.to_owned()]),
        standby: has_standby && lot.one_in(4),
        ..AgentEntry::default()
    }
}

fn named(id: &str) -> NamedEntry {
    NamedEntry { id: Some(id.into()), title: Some(id.into()) }
}
