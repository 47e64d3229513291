//! The manual of plans is true: it names every setting, it compiles, and its defaults are the real ones. And the demo
//! has what it promises.

use crate::file::{
    AgentEntry, AnnouncementEntry, BotEntry, CalendarEntry, CallbackEntry, ChangeEntry, ChoiceEntry, DayEntry,
    DirectoryEntry, LineEntry, MailboxEntry, MenuEntry, MunicipalityEntry, NamedEntry, NumberEntry, OverflowEntry,
    QueueEntry, RoutingEntry, StandbyEntry, StepEntry, SurgeEntry, WayOutEntry, WeekEntry, WrapUpCodeEntry,
    YearlyEntry,
};
use crate::{Line, Plan, PlanFile, Queue, Routing};
use serde::de::DeserializeOwned;

const MANUAL: &str = include_str!("../../../../config/plan-reference.toml");

fn manual() -> Plan {
    super::plan(MANUAL)
}

/// The settings of a table, as serde lists them when it meets an unknown one.
fn settings<T: DeserializeOwned>() -> Vec<String> {
    let told = toml::from_str::<T>("there-is-no-such-setting = 1").err().expect("an unknown setting");
    told.message().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_setting_is_in_the_manual() {
    let tables = [
        settings::<MunicipalityEntry>(),
        settings::<NamedEntry>(),
        settings::<CalendarEntry>(),
        settings::<WeekEntry>(),
        settings::<DayEntry>(),
        settings::<YearlyEntry>(),
        settings::<ChangeEntry>(),
        settings::<QueueEntry>(),
        settings::<StepEntry>(),
        settings::<StandbyEntry>(),
        settings::<OverflowEntry>(),
        settings::<LineEntry>(),
        settings::<MailboxEntry>(),
        settings::<MenuEntry>(),
        settings::<ChoiceEntry>(),
        settings::<CallbackEntry>(),
        settings::<WayOutEntry>(),
        settings::<NumberEntry>(),
        settings::<AgentEntry>(),
        settings::<AnnouncementEntry>(),
        settings::<BotEntry>(),
        settings::<RoutingEntry>(),
        settings::<SurgeEntry>(),
        settings::<DirectoryEntry>(),
        settings::<WrapUpCodeEntry>(),
    ];
    let headings: Vec<&str> = MANUAL.lines().filter_map(|line| line.strip_prefix('[')).collect();
    let heads_a_table = |name: &str| {
        let is_it = |heading: &&str| heading.trim_matches(['[', ']']).rsplit('.').next() == Some(name);
        headings.iter().any(is_it)
    };
    for setting in tables.into_iter().flatten() {
        let stands = MANUAL.contains(&format!("{setting} = ")) || heads_a_table(&setting);
        assert!(stands, "{setting} is not in the manual");
    }
    for table in settings::<PlanFile>() {
        assert!(heads_a_table(&table), "{table} is not in the manual");
    }
}

#[test]
fn the_stated_defaults_of_queues_are_the_real_ones() {
    let plan = manual();
    let all_but_the_id = |queue: &Queue| format!("{:?}", Queue { id: "".into(), ..queue.clone() });
    assert_eq!(all_but_the_id(&plan.queues[0]), all_but_the_id(&plan.queues[1]));
}

#[test]
fn the_stated_constants_of_routing_are_the_real_ones() {
    assert_eq!(manual().routing, Routing::default());
    let said: toml::Table = MANUAL.parse().expect("a table");
    let routing = said["routing"].as_table().expect("[routing]");
    let surge = routing["surge"].as_table().expect("[routing.surge]");
    assert_eq!(routing.len(), settings::<RoutingEntry>().len(), "each constant is said");
    assert_eq!(surge.len(), settings::<SurgeEntry>().len(), "each constant is said");
}

#[test]
fn the_stated_defaults_of_lines_are_the_real_ones() {
    let plan = manual();
    let sounds = |line: &Line, language: &str| {
        let said = [&line.greeting, &line.closed_message, &line.full_message, &line.gave_up_message];
        let said = said.map(|name| name.as_ref().map(|name| name.replace(language, "")));
        (said, line.music.to_string(), line.waiting, line.unanswered_max)
    };
    assert_eq!(sounds(&plan.lines[0], ".da"), sounds(&plan.lines[1], ".en"));
    assert_eq!(plan.lines[4].unanswered_max.map(|max| max.as_secs()), Some(60));
}

#[test]
fn the_demo_has_37_members_with_their_own_numbers_and_250_agents() {
    let plan = super::plan(include_str!("../../../../config/demo/plan.toml"));
    assert_eq!((plan.municipalities.len(), plan.topics.len(), plan.languages.len()), (37, 8, 3));
    assert_eq!((plan.agents.len(), plan.classes.len()), (250, 24));
    let dialled = |number: &str| model::Dialled::parse(number).expect("a number");
    for id in plan.municipalities.keys() {
        let found = plan.find(&dialled(&format!("7020{id}")), &[]).expect("a member's own number");
        assert_eq!((&*plan.lines[found.line.at()].id, found.municipality), ("borgerservice-da", Some(*id)));
    }
    let shared = plan.find(&dialled("70201000"), &[dialled("70200751")]).expect("the shared number");
    assert_eq!(shared.municipality, Some(model::MunicipalityId(751)));
    assert!(plan.agents.iter().all(|agent| agent.skills.len() >= 2 && agent.password.is_some()));
    let everything = &plan.agents[plan.agents_by_id["agent0001"].at()];
    assert_eq!(everything.skills.len(), plan.classes.len());
}

#[test]
fn a_damaged_plan_is_refused_in_words_and_never_by_a_panic() {
    let characters: Vec<char> = MANUAL.chars().collect();
    let strange: Vec<char> = "\"'[]{}=.,#\n0-:æ\u{0}\u{202e}".chars().collect();
    let mut state = 2026_u64;
    let mut roll = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % sides
    };
    let mut refused = 0;
    for _ in 0..400 {
        let mut damaged = characters.clone();
        for _ in 0..=roll(4) {
            let at = roll(damaged.len());
            match roll(3) {
                0 => damaged[at] = strange[roll(strange.len())],
                1 => damaged.insert(at, strange[roll(strange.len())]),
                _ => drop(damaged.drain(at..(at + roll(200)).min(damaged.len()))),
            }
        }
        if let Err(faults) = crate::read_plan(&damaged.into_iter().collect::<String>()) {
            assert!(faults.iter().all(|fault| !fault.da.is_empty() && !fault.en.is_empty()));
            refused += 1;
        }
    }
    assert!(refused > 100, "most damage is noticed: {refused}");
}
