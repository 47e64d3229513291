//! Scenarios: a plan, timed events in plain words, and the ladder of what must follow, in one text. The same heart and
//! the same watch as a day, but what people do stands in the text. The grammar is `docs/journeys.md`.

mod deeds;
mod legs;
mod reading;
mod stage;
mod wording;
mod words;

use plan::read_plan;
use tally::NumberedFact;

use reading::Scenario;
use stage::Stage;

/// What is left of a scenario that was played.
#[derive(Debug)]
pub struct Played {
    /// The whole ladder, events included, in the form of the file.
    pub ladder: String,
    /// All facts, in their order.
    pub facts: Vec<NumberedFact>,
}

/// Plays a scenario and tells its whole ladder. `plans` gives a plan's text by its file name. An error is a sentence: something
/// can't be read, or an invariant is broken.
pub fn play(text: &str, plans: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    Ok(play_whole(text, plans)?.ladder)
}

/// The same, with the facts.
pub fn play_whole(text: &str, plans: impl Fn(&str) -> Option<String>) -> Result<Played, String> {
    let scenario = Scenario::read(text)?;
    let plan = plans(&scenario.plan).ok_or_else(|| format!("there is no plan {}", scenario.plan))?;
    let plan = read_plan(&plan).map_err(|faults| format!("{}: {faults:?}", scenario.plan))?;
    let mut stage = Stage::new(plan, &scenario)?;
    for event in &scenario.events {
        stage.play(event)?;
    }
    Ok(stage.into_played())
}

/// The part of a scenario's text that says what must come: its events and the ladder, without remarks and settings.
pub fn expected(text: &str) -> String {
    let ladder = text.lines().filter(|line| line.starts_with(' ') || line.starts_with(|c: char| c.is_ascii_digit()));
    ladder.flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The same text with another ladder.
pub fn rewritten(text: &str, ladder: &str) -> String {
    let is_head = |line: &&str| !line.starts_with(' ') && !line.starts_with(|c: char| c.is_ascii_digit());
    let head: Vec<&str> = text.lines().take_while(is_head).collect();
    format!("{}\n\n{ladder}", head.join("\n").trim_end())
}
