//! The dry run as a coordinator reads it. That it says what a call meets is held by the journey's tests.
//! Each story is a small plan, a number, a moment and some keys.

use model::{Dialled, Moment};

use super::*;
use crate::{Luck, Walk, walk};

const SUNDAY: Moment = Moment::from_secs(1_795_345_200); // 2026-11-22 12:00 in Copenhagen

fn told(keys: &str, luck: Luck) -> Vec<String> {
    let menu = "[[menus]]\nid = \"emner\"\nprompt = \"emner\"\nchoices = [{ key = \"1\", line = \"flytning\" }]\n";
    let hours = "[[calendars]]\nid = \"dag\"\nweek = { mon = [\"08:00-16:00\"] }\n";
    let lines = [
        line("pas", "numbers = [\"70101010\"]\ntopic_menu = \"emner\"\nwhen_full = { line = \"aften\" }"),
        line("flytning", "topic = \"flytning\"\ntitle = \"Flytning\"\ncalendar = \"dag\""),
        line("aften", "title = \"Aften\""),
    ];
    let plan = plan(&format!("{GROUND}{menu}{hours}{}", lines.concat()));
    let dialled = Dialled::parse("70101010").expect("a number");
    let asked = Walk { dialled, reached_by: Vec::new(), at: SUNDAY, keys: keys.chars().collect(), luck };
    walk(&plan, &asked).iter().map(|pace| pace.told(&plan)).collect()
}

#[test]
fn a_dry_run_tells_every_step_to_a_person() {
    assert_eq!(
        told("", Luck::Served),
        [
            "Linjen pas (Pas), kommunen er ukendt.",
            "Der siges: greeting.da.",
            "Der siges: emner.da.",
            "Der siges: emner.da.",
            "Menuen emner: intet svar, der fører videre; et menneske vil spørge.",
            "Køen pas.",
            "En agent tager opkaldet.",
        ]
    );
}

#[test]
fn a_dry_run_shows_when_a_chosen_line_opens_and_where_a_full_one_leads() {
    let closed = told("1", Luck::Served);
    assert_eq!(
        closed[3..],
        [
            "Menuen emner: der trykkes 1.",
            "Linjen flytning (Flytning), kommunen er ukendt.",
            "Her er lukket; åbner 23.11.2026 kl. 08.00.",
            "Der siges: closed.da.",
            "Opkaldet slutter.",
        ]
    );
    let full = told("", Luck::Full);
    assert_eq!(
        full[6..8],
        ["Køen er fuld, og de køer, den løber over i.", "Linjen aften (Aften), kommunen er ukendt."]
    );
}
