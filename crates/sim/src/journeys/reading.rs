//! Reads a scenario: its settings, and its events with their moments. What must follow is only compared, as text.
//! Knows the form of the file; what an event's words mean is known in `deeds`.

use std::time::Duration;

use centre::ProveSound;

/// A scenario, read.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) plan: String,
    pub(crate) shards: u8,
    pub(crate) calls_max: usize,
    pub(crate) port_pairs: u16,
    pub(crate) prove_sound: ProveSound,
    /// Minutes since midnight in Denmark.
    pub(crate) start: u64,
    pub(crate) events: Vec<Event>,
}

/// One event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) after: Duration,
    pub(crate) words: String,
}

impl Scenario {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut scenario = Self {
            plan: String::new(),
            shards: 1,
            calls_max: 100,
            port_pairs: 100,
            prove_sound: ProveSound::Off,
            start: 600,
            events: Vec::new(),
        };
        for (number, line) in text.lines().enumerate() {
            let says = |what: &str| format!("line {}: {what}: {line}", number + 1);
            if line.trim().is_empty() || line.starts_with(['#', ' ']) {
                continue;
            }
            if line.starts_with(|c: char| c.is_ascii_digit()) {
                let event = event(line).ok_or_else(|| says("no moment"))?;
                // Where the ladder went on by itself: no event.
                if event.words != "time" && event.words != "start" {
                    scenario.events.push(event);
                }
                continue;
            }
            let (name, value) = line.split_once(' ').ok_or_else(|| says("a setting has a value"))?;
            let value = value.trim();
            let count = || value.parse::<u16>().map_err(|_| says("no number"));
            match name {
                "plan" => value.clone_into(&mut scenario.plan),
                "shards" => scenario.shards = count()?.clamp(1, 8) as u8,
                "calls_max" => scenario.calls_max = usize::from(count()?),
                "port_pairs" => scenario.port_pairs = count()?,
                "prove_sound" => {
                    scenario.prove_sound = prove_sound(value).ok_or_else(|| says("off, after_loss or always"))?;
                }
                "start" => scenario.start = minutes(value).ok_or_else(|| says("no time of day"))?,
                _ => return Err(says("no setting is called so")),
            }
        }
        let in_order = scenario.events.is_sorted_by_key(|event| event.after);
        if in_order { Ok(scenario) } else { Err("the events are not in order of time".to_owned()) }
    }
}

fn event(line: &str) -> Option<Event> {
    let (moment, words) = line.split_once(' ')?;
    let after = Duration::try_from_secs_f64(moment.parse().ok()?).ok()?;
    let after = Duration::from_millis((after.as_secs_f64() * 1_000.0).round() as u64);
    Some(Event { after, words: words.trim().to_owned() })
}

fn prove_sound(text: &str) -> Option<ProveSound> {
    match text {
        "off" => Some(ProveSound::Off),
        "after_loss" => Some(ProveSound::AfterLoss),
        "always" => Some(ProveSound::Always),
        _ => None,
    }
}

fn minutes(text: &str) -> Option<u64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u64>().ok()? * 60 + minutes.parse::<u64>().ok()?)
}
