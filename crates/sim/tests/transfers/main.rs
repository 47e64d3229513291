//! Every way in which an agent hands a citizen on × everybody whom they can be handed on to × everything that can happen meanwhile:
//! who has the citizen then, that they were never in silence, and whose seconds they were. The table of `docs/transfers.md`
//! is what was played; `TRANSFERS=write cargo test -p sim --test transfers` writes it anew, to be read before it is believed.

mod cells;
mod ladder;
mod script;
mod seconds;

use std::fs;
use std::path::{Path, PathBuf};

use cells::{Case, End, To, Way, right};
use ladder::{Hears, Told};
use script::{LOOKED_AT, Leaving, script};

const BEGIN: &str = "<!-- The table of transfers: written by a test -->\n";
const FINISH: &str = "<!-- … to here -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn plans(name: &str) -> Option<String> {
    fs::read_to_string(root().join("tests/journeys/plans").join(name)).ok()
}

/// Plays one cell, and says what came of it.
fn played(way: Way, to: To, case: Case, how: (Leaving, u8), right: &End) -> Result<End, String> {
    let text = script(way, to, case, (how.0, how.1, right));
    let says = |why: String| format!("{way:?}, {to:?}, {case:?}, {how:?}: {why}\n{text}");
    let played = sim::journeys::play_whole(&text, plans).map_err(says)?;
    let told = ladder::read(&played.ladder);
    let end = end(to, &told);
    let result = if end == *right {
        seconds::are_right(way, to, &played, &told)
    } else {
        Err(format!("it should come to {right:?}, and came to {end:?}"))
    };
    result.map_err(|why| format!("{}\n{}", says(why), played.ladder)).map(|()| end)
}

fn end(to: To, told: &Told) -> End {
    match told.hears_at(LOOKED_AT) {
        Hears::People(people) if *people == ["anna"] => match &told.refused {
            Some(why) => End::Refused(why.clone()),
            None => End::Back,
        },
        Hears::People(people) if *people == [to.leg()] => End::There,
        Hears::People(_) | Hears::Silence | Hears::Ringing => panic!("{:?}", told.clara),
        Hears::Music => End::Queue,
        Hears::Gone => End::Over,
    }
}

#[test]
fn a_citizen_who_is_handed_on_ends_with_the_right_one_is_never_in_silence_and_everybodys_seconds_are_their_own() {
    let (mut wrong, mut played_cells) = (Vec::new(), 0);
    for way in Way::ALL {
        for to in To::ALL {
            for case in Case::ALL {
                let Some(right) = right(way, to, case) else { continue };
                let ways_to_leave: &[Leaving] =
                    if case.somebody_leaves() { &[Leaving::HangsUp, Leaving::IsLost] } else { &[Leaving::HangsUp] };
                for leaving in ways_to_leave {
                    // Whose desk is on which shard changes nothing.
                    let shards = 1 + 2 * (played_cells % 2) as u8;
                    played_cells += 1;
                    wrong.extend(played(way, to, case, (*leaving, shards), &right).err());
                }
            }
        }
    }
    let few: Vec<&String> = wrong.iter().take(3).collect();
    let heads: Vec<&str> = wrong.iter().filter_map(|why| why.lines().next()).collect();
    assert!(wrong.is_empty(), "{} of {played_cells}:\n{}\n\n{few:#?}", wrong.len(), heads.join("\n"));
}

#[test]
fn the_table_in_the_handbook_is_what_is_played() {
    let path = root().join("docs/transfers.md");
    let text = fs::read_to_string(&path).expect("the page on transfers");
    let (before, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(FINISH).expect("where it ends");
    let now = format!("{before}{BEGIN}{}{FINISH}{after}", table());
    if std::env::var("TRANSFERS").is_ok_and(|how| how == "write") {
        fs::write(&path, &now).expect("a writable page");
    } else {
        assert_eq!(text, now, "TRANSFERS=write writes it anew");
    }
}

fn table() -> String {
    let heads = To::ALL.map(To::title).join(" | ");
    let of_way = |way: Way| {
        let head = format!("\n**{}**\n\n| what was called … | {heads} |\n|---|---|---|---|---|---|\n", way.title());
        head + &Case::ALL.into_iter().filter_map(|case| row(way, case)).collect::<String>()
    };
    Way::ALL.map(of_way).concat() + "\n"
}

fn row(way: Way, case: Case) -> Option<String> {
    let ends = To::ALL.map(|to| right(way, to, case));
    ends.iter().any(Option::is_some).then_some(())?;
    let words = ends.map(|end| end.map_or("–".to_owned(), |end| end.word()));
    Some(format!("| {} | {} |\n", case.title(), words.join(" | ")))
}
