//! The tables of phrases: what goes in, the text, and the clips in their order (a comma is a pause).
//! Whoever speaks the language can read `phrases.da.tsv` and `phrases.en.tsv` and say what is wrong with a line.

use std::collections::BTreeSet;
use std::time::Duration;

use speech::{Phrase, Spoken, Tongue, WaitTone, Wording};

const TABLES: [(Tongue, &str); 2] =
    [(Tongue::Danish, include_str!("phrases.da.tsv")), (Tongue::English, include_str!("phrases.en.tsv"))];

fn rows(table: &str) -> impl Iterator<Item = [&str; 3]> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        cells.try_into().unwrap_or_else(|_| panic!("three cells and tabs between them: {line}"))
    })
}

fn phrase(input: &str) -> Phrase {
    let words: Vec<_> = input.split(' ').collect();
    let number = |at: usize| words[at].parse::<u32>().unwrap_or_else(|_| panic!("a number: {input}"));
    let seconds = |at| Duration::from_secs(u64::from(number(at)));
    match words[0] {
        "number" => Phrase::Number(number(1)),
        "time" => Phrase::Time(words[1].parse().expect("HH:MM")),
        "date" => Phrase::Date(words[1].parse().expect("YYYY-MM-DD")),
        "place" => Phrase::Place(number(1)),
        "ahead" => Phrase::Ahead(number(1)),
        "about" => Phrase::About(seconds(1)),
        "wait" => {
            let tone = match words.get(2) {
                None => WaitTone::AsSaid,
                Some(&"longer") => WaitTone::Longer,
                Some(_) => WaitTone::Late(seconds(3)),
            };
            Phrase::Wait { minutes: number(1), tone }
        }
        "opens" => Phrase::Opens { at: words[1].parse().expect("a moment"), now: words[3].parse().expect("a moment") },
        other => panic!("no kind of phrase: {other}"),
    }
}

fn clips(said: &Spoken) -> String {
    let clips = said.clips.iter().map(|clip| {
        let pause = if clip.gap_ms > 0 { ", " } else { "" };
        format!("{pause}{}", clip.name)
    });
    clips.collect::<Vec<_>>().join(" ")
}

/// Every number up to 9,999, and one in 997 up to a million.
fn spread() -> impl Iterator<Item = u32> {
    (0..10_000).chain((10_000..1_000_000).step_by(997))
}

#[test]
fn everything_is_said_as_the_tables_have_it() {
    for (tongue, table) in TABLES {
        let wording = Wording::built_in(tongue);
        let mut wrong = Vec::new();
        for [input, text, named] in rows(table) {
            let said = wording.say(&phrase(input));
            if (said.text.as_str(), clips(&said).as_str()) != (text, named) {
                wrong.push(format!("{input}\t{}\t{}", said.text, clips(&said)));
            }
        }
        assert!(wrong.is_empty(), "in {} it is said:\n{}", tongue.tag(), wrong.join("\n"));
        let inputs: BTreeSet<_> = rows(table).map(|[input, ..]| input).collect();
        assert!(inputs.len() >= 200 && inputs.len() == rows(table).count(), "{} phrases", inputs.len());
    }
}

#[test]
fn what_must_be_recorded_is_known_beforehand() {
    for (tongue, table) in TABLES {
        let wording = Wording::built_in(tongue);
        let known = wording.clips();
        for [input, ..] in rows(table) {
            let said = wording.say(&phrase(input));
            let unknown: Vec<_> = said.clips.iter().filter(|clip| !known.contains(&*clip.name)).collect();
            assert!(unknown.is_empty(), "{input}: {unknown:?}");
        }
        for number in spread() {
            let said = wording.say(&Phrase::Number(number));
            assert!(said.clips.iter().all(|clip| known.contains(&*clip.name)), "{number}");
        }
    }
}

#[test]
fn no_two_numbers_sound_the_same() {
    for tongue in Tongue::ALL {
        let wording = Wording::built_in(tongue);
        let texts: BTreeSet<_> = spread().map(|number| wording.say(&Phrase::Number(number)).text).collect();
        assert_eq!(texts.len(), spread().count(), "{tongue:?}");
    }
}
