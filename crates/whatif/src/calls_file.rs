//! A file of calls: CSV with a heading, one call a row; every bad row is told with its line, what is wrong and what to write.
//! Knows columns and forms; opens no file.

use std::collections::BTreeMap;
use std::fmt;

use plan::suggestion;

use crate::day::Call;
use crate::draw::{Draw, Stream};
use crate::given::{Given, GivenDay};
use crate::scenario::{Scenario, kommunekode};

/// Faults that are told; of more, only how many.
pub const FAULTS_TOLD_MAX: usize = 50;
/// Rows that are read.
pub const ROWS_MAX: usize = 5_000_000;
/// The columns, in any order. `municipality`, `talk_s` and `patience_s` may be empty, or missing as a whole.
pub const COLUMNS: [&str; 6] = ["arrival", "topic", "language", "municipality", "talk_s", "patience_s"];
const NEEDED: usize = 3;

/// A bad row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowFault {
    /// Line in the file, from 1.
    pub line: u64,
    /// Which column.
    pub column: &'static str,
    /// What is wrong, and what to write.
    pub what: String,
}

/// All that is wrong with a file of calls.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BadCalls {
    /// The first of them.
    pub told: Vec<RowFault>,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for BadCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.told {
            writeln!(f, "linje {}, {}: {}", fault.line, fault.column, fault.what)?;
        }
        if self.more > 0 {
            writeln!(f, "og {} til (and {} more)", self.more, self.more)?;
        }
        Ok(())
    }
}

impl BadCalls {
    fn tell(&mut self, line: u64, column: &'static str, what: impl Into<String>) {
        if self.told.len() < FAULTS_TOLD_MAX {
            self.told.push(RowFault { line, column, what: what.into() });
        } else {
            self.more += 1;
        }
    }
}

/// Reads calls: `arrival` (`2026-11-02T09:15:30`, or `09:15:30` on one day), `topic` and `language` of the scenario,
/// `municipality` (kommunekode; empty or no member: a citizen of a non-member), `talk_s` with an agent of mean pace at home, and
/// `patience_s`. What is empty of the last two is drawn from the scenario.
pub fn read_calls(text: &str, scenario: &Scenario) -> Result<Given, BadCalls> {
    let mut faults = BadCalls::default();
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let Some(places) = places(&mut reader, &mut faults) else { return Err(faults) };
    let mut row = Row { scenario, places, draw: Draw::new(scenario.seed, Stream::Given), faults: &mut faults };
    let mut days: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for (number, record) in reader.records().enumerate() {
        if number == ROWS_MAX {
            row.faults.tell(
                number as u64 + 2,
                COLUMNS[0],
                format!("mere end {ROWS_MAX} rækker; del filen (split the file)"),
            );
            break;
        }
        match record {
            Ok(record) => {
                if let Some((day, call)) = row.call(&record) {
                    days.entry(day).or_default().push(call);
                }
            }
            Err(error) => {
                let line = error.position().map_or(number as u64 + 2, csv::Position::line);
                row.faults.tell(line, COLUMNS[0], format!("rækken kan ikke læses (can't be read): {error}"));
            }
        }
    }
    if faults.told.is_empty() && days.is_empty() {
        faults.tell(2, COLUMNS[0], "ingen opkald; skriv mindst ét (no calls; write one at least)");
    }
    if !faults.told.is_empty() {
        return Err(faults);
    }
    let day = |mut calls: Vec<Call>| {
        calls.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        GivenDay { calls, presences: None }
    };
    Ok(Given { days: days.into_values().map(day).collect(), world: None })
}

/// Where each column stands; none for one that is left out.
fn places(reader: &mut csv::Reader<&[u8]>, faults: &mut BadCalls) -> Option<[Option<usize>; 6]> {
    let heading = match reader.headers() {
        Ok(heading) => heading.clone(),
        Err(error) => {
            faults.tell(1, COLUMNS[0], format!("overskriften kan ikke læses (heading can't be read): {error}"));
            return None;
        }
    };
    let places = COLUMNS.map(|name| heading.iter().position(|written| written == name));
    for (name, _) in COLUMNS.iter().zip(&places).take(NEEDED).filter(|(_, place)| place.is_none()) {
        let all = COLUMNS.join(",");
        faults.tell(1, name, format!("kolonnen mangler; første linje er (column is missing; the first line is) {all}"));
    }
    for written in heading.iter().filter(|written| !COLUMNS.contains(written)) {
        let (da, en) = suggestion(written, COLUMNS);
        faults.tell(1, COLUMNS[0], format!("kolonnen \"{written}\" kendes ikke{da} (unknown column{en})"));
    }
    faults.told.is_empty().then_some(places)
}

struct Row<'r> {
    scenario: &'r Scenario,
    places: [Option<usize>; 6],
    draw: Draw,
    faults: &'r mut BadCalls,
}

impl Row<'_> {
    fn call(&mut self, record: &csv::StringRecord) -> Option<(String, Call)> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| self.places[column].and_then(|place| record.get(place)).unwrap_or_default();
        let (arrival, topic, language) = (cell(0), cell(1), cell(2));
        let (municipality, talk, patience) = (cell(3), cell(4), cell(5));
        let arrival = self.arrival(line, arrival);
        let topics = self.scenario.topics.iter().map(|one| one.id.as_str());
        let topic = self.place(line, COLUMNS[1], topic, &topics.collect::<Vec<_>>());
        let languages = self.scenario.languages.iter().map(|one| one.id.as_str());
        let language = self.place(line, COLUMNS[2], language, &languages.collect::<Vec<_>>());
        let municipality = match municipality {
            "" => Some(None),
            code => kommunekode(code).map(Some).or_else(|| {
                let what =
                    format!("\"{code}\" er ikke en kommunekode; fire cifre eller ingenting (four digits, or nothing)");
                self.faults.tell(line, COLUMNS[3], what);
                None
            }),
        };
        let (talk_s, patience_s) = (self.seconds(line, COLUMNS[4], talk), self.seconds(line, COLUMNS[5], patience));
        let ((day, at_s), topic, language) = (arrival?, topic?, language?);
        let (municipality, talk_s, patience_s) = (municipality?, talk_s?, patience_s?);
        let mean_s = self.scenario.talk.mean_s * self.scenario.topics[topic].talk;
        let drawn = (self.draw.lognormal(self.scenario.talk.sigma), self.draw.patience_s(&self.scenario.patience));
        let class = (topic * self.scenario.languages.len() + language) as u32;
        let is_member = |id| self.scenario.members.iter().any(|member| member.id == id);
        let call = Call {
            at_s,
            class,
            municipality: municipality.filter(|id| is_member(*id)),
            luck: talk_s.map_or(drawn.0, |talk_s| talk_s / mean_s),
            patience_s: patience_s.unwrap_or(drawn.1),
            is_flooded: false,
        };
        Some((day, call))
    }

    /// Day and seconds since midnight.
    fn arrival(&mut self, line: u64, text: &str) -> Option<(String, f64)> {
        let (day, time) = text.split_once(['T', ' ']).unwrap_or(("", text));
        let Some(at_s) = time_of_day(time).filter(|_| day.is_empty() || is_date(day)) else {
            let what =
                format!("\"{text}\" er ikke et tidspunkt; skriv (write) 2026-11-02T09:15:30 eller (or) 09:15:30");
            self.faults.tell(line, COLUMNS[0], what);
            return None;
        };
        let (opens, closes) = (self.scenario.opens, self.scenario.closes);
        if !(opens.seconds()..closes.seconds()).contains(&at_s) {
            let what = format!(
                "{time} er uden for åbningstiden {opens}–{closes}; ret rækken eller days.opens og days.closes (outside opening hours)"
            );
            self.faults.tell(line, COLUMNS[0], what);
            return None;
        }
        Some((day.to_owned(), at_s))
    }

    fn place(&mut self, line: u64, column: &'static str, written: &str, known: &[&str]) -> Option<usize> {
        let place = known.iter().position(|name| *name == written);
        if place.is_none() {
            let (da, en) = suggestion(written, known.iter().copied());
            let list = known.join(", ");
            self.faults.tell(line, column, format!("\"{written}\" findes ikke{da} (unknown{en}); {list}"));
        }
        place
    }

    /// Seconds; none inside for an empty cell.
    #[allow(clippy::option_option, reason = "bad, empty and given are three things")]
    fn seconds(&mut self, line: u64, column: &'static str, text: &str) -> Option<Option<f64>> {
        if text.is_empty() {
            return Some(None);
        }
        let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=86_400.0).contains(seconds));
        if seconds.is_none() {
            let what = format!("\"{text}\" går ikke; sekunder fra 0 til 86400, eller ingenting (seconds, or nothing)");
            self.faults.tell(line, column, what);
        }
        seconds.map(Some)
    }
}

/// `09:15:30`, with or without seconds and their fraction.
fn time_of_day(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next().unwrap_or("0");
    let whole = |part: &str, most: u32| part.parse::<u32>().ok().filter(|number| part.len() == 2 && *number <= most);
    let second: f64 = second.parse().ok().filter(|second| (0.0..60.0).contains(second))?;
    if parts.next().is_some() {
        return None;
    }
    Some(f64::from(whole(hour, 23)? * 3_600 + whole(minute, 59)? * 60) + second)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::built_in;

    fn read(text: &str) -> Result<Given, BadCalls> {
        read_calls(text, &built_in("benchmark").expect("it is there").expect("it can be read"))
    }

    #[test]
    fn each_bad_row_is_told_with_its_line_and_a_remedy_and_good_rows_are_not() {
        let told = read(
            "arrival,topic,language,municipality,talk_s,patience_s\n\
             2026-11-02T09:15:30,pas,da,0751,300,600\n\
             2026-11-02T25:15:30,pas,da,0751,300,600\n\
             2026-11-02T09:15:30,psa,da,0751,300,600\n\
             2026-11-02T09:15:30,pas,dk,751,ti,-1\n\
             2026-11-02T07:00:00,pas,da,,,\n",
        )
        .expect_err("four bad rows");
        let places: Vec<(u64, &str)> = told.told.iter().map(|fault| (fault.line, fault.column)).collect();
        let bad =
            [(3, "arrival"), (4, "topic"), (5, "language"), (5, "municipality"), (5, "talk_s"), (5, "patience_s")];
        assert_eq!(places[..6], bad);
        assert_eq!(places[6..], [(6, "arrival")]);
        assert!(told.to_string().contains("mente du \"pas\"?"), "{told}");
    }

    #[test]
    fn faults_without_end_are_counted_not_listed() {
        let rows = "x,y,z\n".repeat(1_000);
        let told = read(&format!("arrival,topic,language\n{rows}")).expect_err("all bad");
        assert_eq!((told.told.len(), told.more), (FAULTS_TOLD_MAX, 3_000 - FAULTS_TOLD_MAX));
    }

    #[test]
    fn a_missing_or_misspelt_column_is_told_before_any_row() {
        let told = read("arrival,topik,language\n09:00:00,pas,da\n").expect_err("no topic");
        assert_eq!(told.told.len(), 2, "{told}");
        assert!(told.to_string().contains("mente du \"topic\"?"), "{told}");
    }

    #[test]
    fn calls_are_dealt_to_their_days_and_what_is_empty_is_drawn() {
        let given = read("arrival,topic,language,talk_s\n2026-11-03 10:00,pas,da,450\n2026-11-02T09:00:00,skat,en,\n");
        let given = given.expect("good rows");
        let calls: Vec<_> = given.days.iter().map(|day| day.calls.as_slice()).collect();
        assert_eq!(calls.iter().map(|calls| calls.len()).collect::<Vec<_>>(), [1, 1]);
        assert!((calls[1][0].luck - 1.0).abs() < 1e-12 && calls[0][0].luck > 0.0 && calls[0][0].patience_s > 0.0);
        assert!((calls[1][0].at_s - 36_000.0).abs() < 1e-9);
    }
}
