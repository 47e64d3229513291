//! The scenarios that come with the product, by name, so that nobody needs to know where files lie.
//! Knows their text; reads no file.

use crate::scenario::{NamedFault, NoSuchFile, Scenario, read_scenario};

/// Name and text of each.
const FILES: [(&str, &str); 6] = [
    ("benchmark.toml", include_str!("../../../config/scenarios/benchmark.toml")),
    ("ddh-ordinary.toml", include_str!("../../../config/scenarios/ddh-ordinary.toml")),
    ("flood-topic.toml", include_str!("../../../config/scenarios/flood-topic.toml")),
    ("flood-total.toml", include_str!("../../../config/scenarios/flood-total.toml")),
    ("flood-municipality.toml", include_str!("../../../config/scenarios/flood-municipality.toml")),
    ("million-calls.toml", include_str!("../../../config/scenarios/million-calls.toml")),
];

/// Names of the built-in scenarios.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(file, _)| file.trim_end_matches(".toml"))
}

/// A built-in scenario; none of that name.
pub fn built_in(name: &str) -> Option<Result<Scenario, Vec<NamedFault>>> {
    let file = format!("{name}.toml");
    FILES.iter().find(|(known, _)| *known == file)?;
    Some(read_scenario(&file, |asked| {
        let found = FILES.iter().find(|(known, _)| *known == asked);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| NoSuchFile("no such scenario".into()))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_scenario_can_be_read() {
        for name in built_in_names() {
            let read = built_in(name).expect("it is there");
            assert!(read.is_ok(), "{name}: {:?}", read.err());
        }
        assert!(built_in("nowhere").is_none());
    }
}
