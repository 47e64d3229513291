//! Danish public holidays, by rule: no list to keep up to date.
//!
//! Only what is a public holiday in law. 24 and 31 December, 1 May and 5 June are not: they are each plan's own days.

use jiff::civil::Date;

/// The last year in which Store Bededag was a holiday (Act no. 214 of 6 March 2023).
const STORE_BEDEDAG_YEAR_MAX: i16 = 2023;

/// The public holiday that a day is in Denmark, by its name.
pub(crate) fn danish_holiday(day: Date) -> Option<&'static str> {
    match (day.month(), day.day()) {
        (1, 1) => return Some("Nytårsdag"),
        (12, 25) => return Some("Juledag"),
        (12, 26) => return Some("2. juledag"),
        _ => {}
    }
    let after_easter = i32::from(day.day_of_year()) - i32::from(easter_sunday(day.year()).day_of_year());
    match after_easter {
        -3 => Some("Skærtorsdag"),
        -2 => Some("Langfredag"),
        0 => Some("Påskedag"),
        1 => Some("2. påskedag"),
        26 => (day.year() <= STORE_BEDEDAG_YEAR_MAX).then_some("Store bededag"),
        39 => Some("Kristi himmelfartsdag"),
        49 => Some("Pinsedag"),
        50 => Some("2. pinsedag"),
        _ => None,
    }
}

/// Easter Sunday of a year of the Gregorian calendar (the anonymous computus of 1876).
pub(crate) fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let golden = y % 19;
    let (century, rest) = (y / 100, y % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day = epact + weekday - 7 * late + 114;
    Date::new(year, (day / 31) as i8, (day % 31 + 1) as i8).expect("the computus gives a day of March or April")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holiday(text: &str) -> bool {
        danish_holiday(text.parse().expect("a date")).is_some()
    }

    #[test]
    fn easter_falls_where_the_almanac_has_it() {
        for text in [
            "1999-04-04",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2024-03-31",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
        ] {
            let day: Date = text.parse().expect("a date");
            assert_eq!(easter_sunday(day.year()), day);
        }
    }

    #[test]
    fn the_holidays_of_2026_are_these_and_no_others() {
        let mut day: Date = "2026-01-01".parse().expect("a date");
        let mut found = Vec::new();
        while day.year() == 2026 {
            if danish_holiday(day).is_some() {
                found.push(day.to_string()[5..].to_owned());
            }
            day = day.tomorrow().expect("2027 exists");
        }
        let expected = ["01-01", "04-02", "04-03", "04-05", "04-06", "05-14", "05-24", "05-25", "12-25", "12-26"];
        assert_eq!(found, expected);
    }

    #[test]
    fn store_bededag_is_gone_since_2024() {
        assert!(holiday("2023-05-05"));
        assert!(!holiday("2024-04-26"));
    }

    #[test]
    fn whit_monday_may_be_constitution_day_which_alone_is_none() {
        assert!(holiday("2028-06-05"));
        assert!(!holiday("2027-06-05"));
    }
}
