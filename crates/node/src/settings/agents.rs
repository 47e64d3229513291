//! `[agents]`: what is asked of agents' phones before citizens are offered to them.
//! From the file's words to what the centre is told. Knows no agent: those stand in the plan.

use centre::ProveSound;
use serde::{Deserialize, Serialize};

use super::check::Desk;

/// What may be said of proving sound.
const PROVE_SOUND: [(&str, ProveSound); 3] =
    [("off", ProveSound::Off), ("after_loss", ProveSound::AfterLoss), ("always", ProveSound::Always)];

/// What the centre is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agents {
    /// When an agent's sound must be proved.
    pub(crate) prove_sound: ProveSound,
}

/// `[agents]` as it is written.
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AgentsSection {
    prove_sound: String,
}

impl Default for AgentsSection {
    fn default() -> Self {
        Self { prove_sound: "after_loss".into() }
    }
}

impl Desk {
    /// The section, each word checked.
    pub(super) fn agents(&mut self, section: &AgentsSection) -> Agents {
        let known = PROVE_SOUND.iter().find(|(word, _)| *word == section.prove_sound);
        if known.is_none() {
            self.fault(
                "agents.prove_sound",
                "skal være off, after_loss eller always",
                "must be off, after_loss or always",
            );
        }
        Agents { prove_sound: known.map(|(_, when)| *when).unwrap_or_default() }
    }
}
