//! How English puts numbers, times and dates together.
//!
//! As in Britain: "one hundred and ten", "the third of August"; times have twelve hours with am and pm, for most of
//! those who choose English are used to that. Noon and midnight have names of their own, which nobody mistakes.

use jiff::civil::{Date, Time};

use crate::spoken::Spoken;

/// The largest number that is said.
const NUMBER_MAX: u32 = 999_999;
const TO_TWENTY: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: [&str; 31] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A number up to 999,999; more is said as that.
pub(crate) fn number(number: u32) -> Spoken {
    let number = number.min(NUMBER_MAX);
    let (thousands, rest) = (number / 1000, number % 1000);
    let mut said = Spoken::default();
    if thousands > 0 {
        below_thousand(&mut said, thousands);
        said.add("thousand", "thousand");
        if (1..100).contains(&rest) {
            said.add("and", "and");
        }
    }
    if rest > 0 || thousands == 0 {
        below_thousand(&mut said, rest);
    }
    said
}

fn below_thousand(said: &mut Spoken, number: u32) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 0 {
        below_hundred(said, hundreds);
        said.add("hundred", "hundred");
        if rest == 0 {
            return;
        }
        said.add("and", "and");
    }
    below_hundred(said, rest);
}

fn below_hundred(said: &mut Spoken, number: u32) {
    let (tens, units) = (number / 10, number % 10);
    if number <= 20 {
        said.add(TO_TWENTY[number as usize], &format!("number-{number}"));
    } else if units == 0 {
        said.add(TENS[tens as usize], &format!("number-{number}"));
    } else {
        let text = format!("{}-{}", TENS[tens as usize], TO_TWENTY[units as usize]);
        said.add(&text, &format!("number-{}", tens * 10));
        said.clip(&format!("number-{units}"), false);
    }
}

/// `at ten am`, `at eight thirty am`, `at ten oh five pm`, `at noon`, `at midnight`.
pub(crate) fn time(time: Time) -> Spoken {
    let (hour, minute) = (time.hour() as u32, time.minute() as u32);
    match (hour, minute) {
        (0, 0) => return Spoken::word("at midnight", "at-midnight"),
        (12, 0) => return Spoken::word("at noon", "at-noon"),
        _ => {}
    }
    let mut said = Spoken::word("at", "at-oclock");
    said.append(&number((hour + 11) % 12 + 1));
    if (1..10).contains(&minute) {
        said.add("oh", "oh");
    }
    if minute > 0 {
        said.append(&number(minute));
    }
    if hour < 12 {
        said.add("am", "am");
    } else {
        said.add("pm", "pm");
    }
    said
}

/// A weekday within a week from now: `on Monday`.
pub(crate) fn coming_weekday(day: Date) -> Spoken {
    let mut said = Spoken::word("on", "on");
    weekday(&mut said, day);
    said
}

/// A date further ahead: `on Monday the third of August`.
pub(crate) fn coming_date(day: Date) -> Spoken {
    let mut said = Spoken::word("on", "on");
    said.append(&date(day));
    said
}

/// `Monday the third of August`.
pub(crate) fn date(day: Date) -> Spoken {
    let mut said = Spoken::default();
    weekday(&mut said, day);
    said.add(&format!("the {}", ORDINALS[day.day() as usize - 1]), &format!("date-{}", day.day()));
    said.add("of", "of");
    said.add(MONTHS[day.month() as usize - 1], &format!("month-{}", day.month()));
    said
}

fn weekday(said: &mut Spoken, day: Date) {
    let number = day.weekday().to_monday_one_offset();
    said.add(WEEKDAYS[number as usize - 1], &format!("weekday-{number}"));
}
