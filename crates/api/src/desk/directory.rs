//! The directory as desks see it, and opening times in words.
//! Knows the plan's names and Danish days; doesn't know what may be done in a conversation.

use model::Moment;
use plan::{DirectoryEntry, DirectoryTo, HoursState, Plan, local_time};

use crate::mirror;
use crate::proto::desk as pb;

const DAYS: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

/// All entries, and which can be reached now.
pub(crate) fn directory(plan: &Plan, now: Moment) -> pb::DirectoryResponse {
    pb::DirectoryResponse { entries: plan.directory.iter().map(|entry| shown(plan, entry, now)).collect() }
}

fn shown(plan: &Plan, entry: &DirectoryEntry, now: Moment) -> pb::DirectoryEntry {
    let state = plan.reaches(entry, now);
    let (open, opens_at, closes_at) = match state {
        HoursState::Open { until } => (true, None, until),
        HoursState::Closed { opens_at } => (false, opens_at, None),
    };
    pb::DirectoryEntry {
        id: entry.id.to_string(),
        title: entry.title.to_string(),
        to: Some(leads(plan, &entry.to)),
        municipality_code: mirror::municipality(entry.municipality),
        open,
        opens_at_unix_ms: opens_at.map(Moment::as_millis),
        closes_at_unix_ms: closes_at.map(Moment::as_millis),
        text_da: in_words(state),
    }
}

fn leads(plan: &Plan, to: &DirectoryTo) -> pb::directory_entry::To {
    use pb::directory_entry::To;
    match to {
        DirectoryTo::Number(number) => To::Number(number.to_string()),
        DirectoryTo::Line { line, .. } => To::LineId(plan.lines[line.at()].id.to_string()),
        DirectoryTo::Agent(agent) => To::AgentId(plan.agents[agent.at()].id.to_string()),
    }
}

fn in_words(state: HoursState) -> String {
    match state {
        HoursState::Open { until: None } => "Åbent".to_owned(),
        HoursState::Open { until: Some(until) } => format!("Åbent til {}", day_and_time(until)),
        HoursState::Closed { opens_at: None } => "Lukket".to_owned(),
        HoursState::Closed { opens_at: Some(opens_at) } => format!("Åbner {}", day_and_time(opens_at)),
    }
}

/// Why a closed one is refused, in Danish and in English.
pub(crate) fn closed(opens_at: Option<Moment>) -> (String, String) {
    let Some(at) = opens_at else { return ("Der er lukket.".to_owned(), "closed just now".to_owned()) };
    let english = local_time(at).strftime("closed just now; opens on %A %Y-%m-%d at %H:%M").to_string();
    (format!("Der er lukket. Der åbnes {}.", day_and_time(at)), english)
}

/// `mandag den 23. november kl. 8.00`.
fn day_and_time(at: Moment) -> String {
    let at = local_time(at);
    let day = DAYS[at.weekday().to_monday_zero_offset() as usize];
    let month = MONTHS[at.month() as usize - 1];
    format!("{day} den {}. {month} kl. {}.{:02}", at.day(), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_target_is_refused_with_its_next_opening_in_danish() {
        // 2026-11-23 07:00 UTC is eight o'clock in Copenhagen.
        let opens = Moment::from_millis(1_795_417_200_000);
        let (danish, english) = closed(Some(opens));
        assert_eq!(danish, "Der er lukket. Der åbnes mandag den 23. november kl. 8.00.");
        assert_eq!(english, "closed just now; opens on Monday 2026-11-23 at 08:00");
        assert_eq!(closed(None).0, "Der er lukket.");
    }
}
