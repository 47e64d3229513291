//! How opening hours look: a board of all lines now, and a line's calendar day by day; for people and for programs.
//! Knows Danish weekdays and months; decides nothing.

use std::fmt::Write as _;

use jiff::civil::Date;
use model::Moment;
use plan::{Calendar, DayHours, DayWhy, HoursState, Line, Plan, local_time};
use serde_json::json;

const WEEKDAYS: [&str; 7] = ["man", "tir", "ons", "tor", "fre", "lør", "søn"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];

/// Every line as it is now, and when that changes.
pub(super) fn board(plan: &Plan, now: Moment, in_json: bool) -> String {
    let width = plan.lines.iter().map(|line| line.id.chars().count()).max().unwrap_or(0);
    let rows = plan.lines.iter().map(|line| {
        let state = calendar_of(plan, line).state(now);
        let (open, turns) = match state {
            HoursState::Open { until } => (true, until),
            HoursState::Closed { opens_at } => (false, opens_at),
        };
        if in_json {
            let turns_at = turns.map(|turns| turns.as_micros() / 1000);
            return json!({ "line": &*line.id, "title": &*line.title, "open": open, "turns_unix_ms": turns_at })
                .to_string();
        }
        let when = turns.map(|turns| wall(turns, now));
        let said = match (open, when) {
            (true, Some(when)) => format!("åben til {when}"),
            (true, None) => "altid åben".to_owned(),
            (false, Some(when)) => format!("lukket, åbner {when}"),
            (false, None) => "lukket, åbner ikke inden for 400 dage".to_owned(),
        };
        format!("{:width$}  {said}", &*line.id)
    });
    in_lines(rows)
}

/// So many days of one line.
pub(super) fn calendar(plan: &Plan, line: &Line, (first, days): (Date, u16), in_json: bool) -> String {
    let calendar = calendar_of(plan, line);
    let dates = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(days.into());
    in_lines(dates.map(|date| {
        let day = calendar.day(date);
        if in_json { day_in_json(line, &day) } else { day_in_words(&day) }
    }))
}

fn calendar_of<'p>(plan: &'p Plan, line: &Line) -> &'p Calendar {
    &plan.calendars[line.calendar.at()]
}

fn in_lines(rows: impl Iterator<Item = String>) -> String {
    rows.fold(String::new(), |mut all, row| {
        let _infallible = writeln!(all, "{}", row.trim_end());
        all
    })
}

fn day_in_words(day: &DayHours) -> String {
    let spans: Vec<String> =
        day.open.iter().map(|(from, to)| format!("{}–{}", minute(*from), end_minute(*to))).collect();
    let open = if spans.is_empty() { "lukket".to_owned() } else { spans.join(", ") };
    format!("{}  {open:<28}{}", date_in_words(day.date, true), reasons(day).join("; "))
}

/// Why the day is as it is, beyond the ordinary week.
fn reasons(day: &DayHours) -> Vec<String> {
    let of_day = match &day.why {
        DayWhy::Week => None,
        DayWhy::Holiday(name) => Some((*name).to_owned()),
        DayWhy::OwnHours(why) => Some(why.as_deref().unwrap_or("egne tider").to_owned()),
    };
    let of_changes = day.changes.iter().map(|change| {
        let kind = if change.open { "ekstra åbent" } else { "midlertidigt lukket" };
        change.why.as_deref().map_or_else(|| kind.to_owned(), |why| format!("{kind}: {why}"))
    });
    of_day.into_iter().chain(of_changes).collect()
}

fn day_in_json(line: &Line, day: &DayHours) -> String {
    let ms = |at: Moment| at.as_micros() / 1000;
    let open: Vec<_> = day.open.iter().map(|(from, to)| json!([ms(*from), ms(*to)])).collect();
    json!({ "line": &*line.id, "date": day.date.to_string(), "open_unix_ms": open, "why": reasons(day) }).to_string()
}

/// A moment as people here say it: the time alone today, else with its day.
fn wall(at: Moment, now: Moment) -> String {
    let (day, today) = (local_time(at).date(), local_time(now).date());
    if day == today {
        return format!("kl. {}", minute(at));
    }
    format!("{} kl. {}", date_in_words(day, day.year() != today.year()).trim_start(), minute(at))
}

fn date_in_words(date: Date, with_year: bool) -> String {
    let weekday = WEEKDAYS[date.weekday().to_monday_zero_offset() as usize];
    let month = MONTHS[date.month() as usize - 1];
    let year = if with_year { format!(" {}", date.year()) } else { String::new() };
    format!("{weekday} {:>2}. {month}{year}", date.day())
}

fn minute(at: Moment) -> String {
    let at = local_time(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The day ends at 24:00.
fn end_minute(at: Moment) -> String {
    let text = minute(at);
    if text == "00:00" { "24:00".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = include_str!("../../../../config/plan-reference.toml");

    /// 2026-11-24, a Tuesday, at 12:30 in Copenhagen.
    const NOW: Moment = Moment::from_secs(1_795_519_800);

    fn days(from: &str, count: u16) -> Vec<String> {
        let plan = plan::read_plan(PLAN).expect("the manual's own");
        let first = from.parse().expect("a date");
        calendar(&plan, &plan.lines[0], (first, count), false).lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_coordinator_sees_each_day_and_why_it_is_not_as_usual() {
        let week = days("2026-11-23", 3);
        assert_eq!(week[0], "man 23. nov 2026  08:00–20:00");
        assert_eq!(week[1], "tir 24. nov 2026  08:00–12:00, 14:00–20:00    midlertidigt lukket: Strømafbrydelse");
        assert_eq!(days("2027-03-26", 1)[0], "fre 26. mar 2027  lukket                      Langfredag");
        assert_eq!(
            days("2027-05-07", 1)[0],
            "fre  7. maj 2027  lukket                      Fredag efter Kristi himmelfart"
        );
        assert_eq!(days("2026-12-24", 1)[0], "tor 24. dec 2026  lukket                      egne tider");
    }

    #[test]
    fn the_board_says_when_each_line_opens_or_closes() {
        let plan = plan::read_plan(PLAN).expect("the manual's own");
        let now = board(&plan, NOW, false);
        let first = now.lines().next().expect("a line");
        assert!(first.ends_with("lukket, åbner kl. 14:00"), "{first}");
        let evening = board(&plan, NOW + std::time::Duration::from_secs(10 * 3600), false);
        assert!(evening.lines().next().expect("a line").ends_with("lukket, åbner ons 25. nov kl. 08:00"), "{evening}");
    }

    #[test]
    fn programs_get_moments_in_place_of_words() {
        let plan = plan::read_plan(PLAN).expect("the manual's own");
        let line: serde_json::Value =
            serde_json::from_str(board(&plan, NOW, true).lines().next().expect("a line")).expect("JSON");
        assert_eq!((&line["open"], &line["turns_unix_ms"]), (&json!(false), &json!(1_795_525_200_000_i64)));
        let day = calendar(&plan, &plan.lines[0], ("2026-11-24".parse().expect("a date"), 1), true);
        let day: serde_json::Value = serde_json::from_str(day.trim()).expect("JSON");
        assert_eq!(day["open_unix_ms"].as_array().map(Vec::len), Some(2));
        assert_eq!(day["why"][0], "midlertidigt lukket: Strømafbrydelse");
    }
}
