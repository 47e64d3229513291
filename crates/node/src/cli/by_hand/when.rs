//! Times as coordinators write and read them: `14:00` is the next such time on the wall in Copenhagen.
//! Knows the wall clock of whoever asks.

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
}
