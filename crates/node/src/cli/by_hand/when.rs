//! Times as coordinators write and read them: `14:00` is the next such time on the wall in Copenhagen.
//! Knows the wall clock of whoever asks.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use model::Moment;
use plan::{end_by_the_wall, local_time};

/// Now, on the wall, to the minute.
pub(super) fn now() -> DateTime {
    let now = local_time(Moment::from_micros(Timestamp::now().as_microsecond()));
    now.date().at(now.hour(), now.minute(), 0, 0)
}

/// A time as it is written: `14:00` (today, or tomorrow where that is over), or `2026-11-24T14:00`.
pub(super) fn read(written: &str, now: DateTime) -> Result<DateTime, String> {
    let whole = written.trim().replace(' ', "T");
    // The time of day is looked for last: a day and a time would be read as one, too.
    if let Ok(at) = whole.parse::<DateTime>() {
        return Ok(at);
    }
    if let Ok(time) = whole.parse::<Time>() {
        let today = now.date().to_datetime(time);
        let day = if today > now { now.date() } else { now.date().tomorrow().unwrap_or(now.date()) };
        return Ok(day.to_datetime(time));
    }
    Err(format!(
        "\"{written}\" er intet tidspunkt; skriv 14:00 eller 2026-11-24T14:00 (write 14:00 or a day and a time)"
    ))
}

/// How long: `2h` or `2t` or `2 timer`, `90m` or `90 min`, `30s`, `1d`.
pub(super) fn span(written: &str) -> Result<Duration, String> {
    let written = written.trim();
    let digits = written.find(|one: char| !one.is_ascii_digit()).unwrap_or(written.len());
    let (number, unit) = written.split_at(digits);
    let seconds = match unit.trim() {
        "s" | "sek" | "sekunder" => 1,
        "m" | "min" | "minut" | "minutter" => 60,
        "h" | "t" | "time" | "timer" => 3_600,
        "d" | "dag" | "dage" => 86_400,
        _ => 0,
    };
    match number.parse::<u32>() {
        Ok(number) if number > 0 && seconds > 0 => Ok(Duration::from_secs(u64::from(number) * seconds)),
        Ok(_) | Err(_) => {
            Err(format!("\"{written}\" er intet tidsrum; skriv fx 2h, 90m eller \"2 timer\" (write 2h or 90m)"))
        }
    }
}

/// Until when: by `--until`, or by `--for` from a moment on.
pub(super) fn until(until: Option<&str>, for_: Option<Duration>, from: DateTime) -> Result<DateTime, String> {
    match (until, for_) {
        (Some(until), _) => read(until, from),
        (None, Some(span)) => Ok(local_time(end_by_the_wall(from) + span)),
        (None, None) => Err("skriv --until eller --for (write --until or --for)".to_owned()),
    }
}

/// As the plan file has it.
pub(super) fn for_the_plan(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// When that is, in milliseconds since 1970.
pub(super) fn unix_ms(at: DateTime) -> i64 {
    end_by_the_wall(at).as_millis()
}

/// A moment on the wall.
pub(crate) fn wall(unix_ms: i64) -> String {
    local_time(Moment::from_millis(unix_ms)).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_time_is_the_next_one_and_a_whole_one_is_itself() {
        let now: DateTime = "2026-11-24T10:00".parse().expect("a time");
        let told = |written: &str| read(written, now).map(for_the_plan);
        assert_eq!(told("14:00").as_deref(), Ok("2026-11-24T14:00"));
        assert_eq!(told("09:30").as_deref(), Ok("2026-11-25T09:30"));
        assert_eq!(told("2026-12-24 12:00").as_deref(), Ok("2026-12-24T12:00"));
        assert!(told("i aften").is_err_and(|why| why.contains("14:00")));
        assert_eq!(wall(unix_ms(now)), "2026-11-24 10:00");
    }

    #[test]
    fn two_hours_may_be_written_as_people_say_them_and_nonsense_is_told() {
        for written in ["2h", "2t", "2 timer", "120m", "120 min"] {
            assert_eq!(span(written), Ok(Duration::from_secs(7_200)), "{written}");
        }
        for written in ["", "2", "0h", "timer", "2 uger"] {
            assert!(span(written).is_err_and(|why| why.contains("2h")), "{written}");
        }
        let now: DateTime = "2026-10-25T02:30".parse().expect("a time");
        let later = until(None, Some(Duration::from_secs(7_200)), now).map(for_the_plan);
        assert_eq!(later.as_deref(), Ok("2026-10-25T04:30"));
    }
}
