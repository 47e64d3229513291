//! The manual of plans is true: it names every setting, it compiles, and its defaults are the real ones.

use crate::file::{
    AgentEntry, CalendarEntry, DayEntry, LineEntry, MunicipalityEntry, NamedEntry, NumberEntry, QueueEntry, WeekEntry,
};
use crate::{Line, Plan, PlanFile, Queue};
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
        settings::<QueueEntry>(),
        settings::<LineEntry>(),
        settings::<NumberEntry>(),
        settings::<AgentEntry>(),
    ];
    for setting in tables.into_iter().flatten() {
        let stands = MANUAL.contains(&format!("{setting} = ")) || MANUAL.contains(&format!("[[calendars.{setting}]]"));
        assert!(stands, "{setting} is not in the manual");
    }
    for table in settings::<PlanFile>() {
        assert!(MANUAL.contains(&format!("[[{table}]]")), "{table} is not in the manual");
    }
}

#[test]
fn the_stated_defaults_of_queues_are_the_real_ones() {
    let plan = manual();
    let all_but_the_id = |queue: &Queue| format!("{:?}", Queue { id: "".into(), ..queue.clone() });
    assert_eq!(all_but_the_id(&plan.queues[0]), all_but_the_id(&plan.queues[1]));
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
    assert_eq!(plan.lines[2].unanswered_max.map(|max| max.as_secs()), Some(60));
}
