//! `[administration]`: who may change the plan by hand. From the file's words to coordinators and their tokens.
//! Knows how they are written; what a coordinator may do is known by `change`.

use change::Coordinator;
use plan::{Plan, Secret};
use serde::{Deserialize, Serialize};

use super::check::Desk;

/// Coordinators at most.
const COORDINATORS_MAX: usize = 256;
/// How long a token is in clear, in characters; a sealed one may be longer.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 24..=128;
/// How long a name is, in characters.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 1..=64;

/// `[administration]` as it is written.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AdministrationSection {
    coordinators: Vec<CoordinatorEntry>,
}

/// `[[administration.coordinators]]`
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct CoordinatorEntry {
    name: String,
    token: String,
    municipality: String,
}

impl Desk {
    /// The coordinators, each checked; a token may still be sealed.
    pub(super) fn coordinators(&mut self, section: &AdministrationSection) -> Vec<(Secret, Coordinator)> {
        let entries = &section.coordinators;
        if entries.len() > COORDINATORS_MAX {
            self.fault(
                "administration.coordinators",
                format!("højst {COORDINATORS_MAX} koordinatorer"),
                format!("at most {COORDINATORS_MAX} coordinators"),
            );
        }
        let mut found = Vec::new();
        for (i, entry) in entries.iter().take(COORDINATORS_MAX).enumerate() {
            let at = format!("administration.coordinators[{i}]");
            let twice = entries[..i].iter().any(|other| other.name == entry.name || other.token == entry.token);
            if twice {
                self.fault(&at, "navn eller token står her to gange", "a name or a token is here twice");
            }
            if !NAME_CHARS.contains(&entry.name.chars().count()) || entry.name.chars().any(char::is_control) {
                self.fault(format!("{at}.name"), "skriv et navn på 1-64 tegn", "write a name of 1 to 64 characters");
            }
            self.check_token(&at, &entry.token);
            let municipality = Some(entry.municipality.clone()).filter(|code| !code.is_empty());
            found.push((Secret::new(&entry.token), Coordinator { name: entry.name.clone(), municipality }));
        }
        found
    }

    fn check_token(&mut self, at: &str, token: &str) {
        let sealed = token.starts_with(store::SEALED);
        let fits = TOKEN_CHARS.contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !sealed && !fits {
            self.fault(
                format!("{at}.token"),
                "skriv 24-128 synlige ASCII-tegn, fx fra 'openssl rand -hex 32', helst forseglet med samkald seal",
                "write 24 to 128 printable ASCII characters, from 'openssl rand -hex 32', say; better sealed by samkald seal",
            );
        }
    }
}

/// Coordinators of a municipality that the plan doesn't have.
pub(super) fn strangers(coordinators: &[(Secret, Coordinator)], plan: &Plan) -> Vec<plan::Fault> {
    let known = |code: &String| plan.municipalities.keys().any(|known| known.to_string() == *code);
    // Of a plan that could not be read nothing is said here.
    let coordinators = if plan.lines.is_empty() { &[] } else { coordinators };
    let strange = coordinators.iter().enumerate().filter_map(|(i, (_, whose))| {
        let code = whose.municipality.as_ref().filter(|code| !known(code))?;
        Some(plan::Fault::new(
            format!("administration.coordinators[{i}].municipality"),
            format!("planen har ingen kommune \"{code}\"; skriv en kommunekode, eller slet linjen (fællescentret)"),
            format!(
                "the plan has no municipality \"{code}\"; write a kommunekode, or delete the line (the joint centre)"
            ),
        ))
    });
    strange.collect()
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    /// A plan of one member, and these coordinators before it.
    fn told(coordinators: &str) -> Result<Settings, String> {
        let plan = "[plan]\nmunicipalities = [{ id = \"0751\", name = \"Aarhus\" }]\ntopics = [{ id = \"pas\", title = \"Pas\" }]\n\
            languages = [{ id = \"da\", title = \"dansk\" }]\nqueues = [{ id = \"pas\", title = \"Pas\" }]\n[[plan.lines]]\nid = \"pas\"\n\
            title = \"Pas\"\nnumbers = [\"7000\"]\ntopic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\ncalendar = \"always\"\nwait_max_s = 60\n";
        let text = format!("[administration]\ncoordinators = [{coordinators}]\n{plan}");
        Settings::of_test(&text).map_err(|faults| faults.to_string())
    }

    #[test]
    fn a_token_that_is_short_a_name_that_is_twice_and_a_strange_municipality_are_told_at_once() {
        let token = "0123456789abcdef01234567";
        let faults = told(&format!(
            "{{ name = \"Karin\", token = \"kort\" }}, {{ name = \"Karin\", token = \"{token}\", municipality = \"0999\" }}"
        ));
        let faults = faults.expect_err("three faults");
        assert!(faults.contains("coordinators[0].token") && faults.contains("openssl rand"), "{faults}");
        assert!(faults.contains("to gange") && faults.contains("\"0999\""), "{faults}");
        let right = told(&format!("{{ name = \"Karin\", token = \"{token}\", municipality = \"0751\" }}"));
        let right = right.unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(right.coordinators[0].1.municipality.as_deref(), Some("0751"));
        assert!(!format!("{right:?}").contains(token), "no log shows a token");
    }
}
