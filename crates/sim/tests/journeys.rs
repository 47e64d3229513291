//! Plays every scenario of `tests/journeys` on virtual time, and compares the whole ladder with what the file says.
//! `JOURNEYS=write cargo test -p sim --test journeys` writes the ladders anew, to be read before they are believed.

use std::fs;
use std::path::{Path, PathBuf};

use sim::journeys;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/journeys")
}

fn scenarios() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder of scenarios");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "journey")).collect();
    paths.sort();
    paths
}

#[test]
fn every_scenario_goes_as_it_is_written() {
    let paths = scenarios();
    assert!(paths.len() >= 30, "only {} scenarios", paths.len());
    let wrong: Vec<String> = paths.iter().filter_map(|path| told(path).err()).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

fn told(path: &Path) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("a readable scenario");
    let plans = |name: &str| fs::read_to_string(folder().join("plans").join(name)).ok();
    let ladder = journeys::play(&text, plans).map_err(|why| format!("{name}: {why}"))?;
    if std::env::var("JOURNEYS").is_ok_and(|how| how == "write") {
        fs::write(path, journeys::rewritten(&text, &ladder)).expect("a writable scenario");
        return Ok(());
    }
    let expected = journeys::expected(&text);
    if ladder == expected {
        return Ok(());
    }
    let (mut was, mut is) = (expected.lines(), ladder.lines());
    let mut line = 0;
    loop {
        line += 1;
        let (was, is) = (was.next(), is.next());
        if was != is {
            let (was, is) = (was.unwrap_or("(the end)"), is.unwrap_or("(the end)"));
            return Err(format!("{name}, rung {line}: expected\n    {was}\nand it was\n    {is}"));
        }
    }
}

#[test]
fn a_scenario_that_nobody_understands_says_so() {
    let plans = |_: &str| fs::read_to_string(folder().join("plans/hotline.toml")).ok();
    let play = |text: &str| journeys::play(text, plans).expect_err("a slip");
    assert!(play("plan hotline.toml\n1 clara sings\n").contains("nobody knows"));
    assert!(play("plan hotline.toml\ncolour blue\n").contains("no setting"));
    assert!(play("plan hotline.toml\n2 end\n1 end\n").contains("order of time"));
    assert!(play("plan hotline.toml\n1 clara hangs up\n").contains("can't do that"));
}
