//! How Danish puts numbers, times and dates together.
//!
//! Units come before tens (`enogtyve`); one has two genders; "et" falls away before a leading hundred or thousand. Clock
//! times are said as public services write them, in 24 hours and digits (`klokken otte tredive`), for "halv ni" is half an
//! hour off in the ears of many who learnt Danish late.

use jiff::civil::{Date, Time};

use crate::spoken::Spoken;

/// The largest number that is said.
const NUMBER_MAX: u32 = 999_999;
const TO_TWENTY: [&str; 21] = [
    "nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten", "fjorten",
    "femten", "seksten", "sytten", "atten", "nitten", "tyve",
];
const TENS: [&str; 10] = ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];
const ORDINALS: [&str; 31] = [
    "første",
    "anden",
    "tredje",
    "fjerde",
    "femte",
    "sjette",
    "syvende",
    "ottende",
    "niende",
    "tiende",
    "ellevte",
    "tolvte",
    "trettende",
    "fjortende",
    "femtende",
    "sekstende",
    "syttende",
    "attende",
    "nittende",
    "tyvende",
    "enogtyvende",
    "toogtyvende",
    "treogtyvende",
    "fireogtyvende",
    "femogtyvende",
    "seksogtyvende",
    "syvogtyvende",
    "otteogtyvende",
    "niogtyvende",
    "tredivte",
    "enogtredivte",
];
const WEEKDAYS: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
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

/// What is counted: it decides between `en` and `et`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gender {
    /// `en time`, `en person`.
    Common,
    /// `et minut`, and bare counting: `nummer et`.
    Neuter,
}

/// A number up to 999,999; more is said as that.
pub(crate) fn number(number: u32, gender: Gender) -> Spoken {
    let number = number.min(NUMBER_MAX);
    let (thousands, rest) = (number / 1000, number % 1000);
    let mut said = Spoken::default();
    match thousands {
        0 => {}
        1 => said.add("tusind", "thousand"),
        _ => {
            below_thousand(&mut said, thousands, Gender::Neuter, true);
            said.add("tusind", "thousand");
        }
    }
    if rest > 0 || thousands == 0 {
        if thousands > 0 && rest < 100 {
            said.add("og", "and");
        }
        below_thousand(&mut said, rest, gender, thousands == 0);
    }
    said
}

/// `leads`: nothing stands before it, so that one hundred is just `hundrede`.
fn below_thousand(said: &mut Spoken, number: u32, gender: Gender, leads: bool) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 0 {
        if hundreds > 1 || !leads {
            below_hundred(said, hundreds, Gender::Neuter);
        }
        said.add("hundrede", "hundred");
        if rest == 0 {
            return;
        }
        said.add("og", "and");
    }
    below_hundred(said, rest, gender);
}

fn below_hundred(said: &mut Spoken, number: u32, gender: Gender) {
    let (tens, units) = (number / 10, number % 10);
    if number == 1 && gender == Gender::Common {
        said.add("en", "number-1-common");
    } else if number <= 20 {
        said.add(TO_TWENTY[number as usize], &format!("number-{number}"));
    } else if units == 0 {
        said.add(TENS[tens as usize], &format!("number-{number}"));
    } else {
        let unit = if units == 1 { "en" } else { TO_TWENTY[units as usize] };
        said.add(&format!("{unit}og{}", TENS[tens as usize]), &format!("number-{units}-and"));
        said.clip(&format!("number-{}", tens * 10), false);
    }
}

/// `klokken ti`, `klokken otte tredive`, `klokken ti nul fem`; midnight is `ved midnat`.
pub(crate) fn time(time: Time) -> Spoken {
    let (hour, minute) = (time.hour() as u32, time.minute() as u32);
    if (hour, minute) == (0, 0) {
        return Spoken::word("ved midnat", "at-midnight");
    }
    let mut said = Spoken::word("klokken", "at-oclock");
    said.append(&number(hour, Gender::Neuter));
    if (1..10).contains(&minute) {
        said.add("nul", "number-0");
    }
    if minute > 0 {
        said.append(&number(minute, Gender::Neuter));
    }
    said
}

/// A weekday within a week from now: `på mandag`.
pub(crate) fn coming_weekday(day: Date) -> Spoken {
    let mut said = Spoken::word("på", "on");
    weekday(&mut said, day);
    said
}

/// `mandag den tredje august`.
pub(crate) fn date(day: Date) -> Spoken {
    let mut said = Spoken::default();
    weekday(&mut said, day);
    said.add(&format!("den {}", ORDINALS[day.day() as usize - 1]), &format!("date-{}", day.day()));
    said.add(MONTHS[day.month() as usize - 1], &format!("month-{}", day.month()));
    said
}

fn weekday(said: &mut Spoken, day: Date) {
    let number = day.weekday().to_monday_one_offset();
    said.add(WEEKDAYS[number as usize - 1], &format!("weekday-{number}"));
}
