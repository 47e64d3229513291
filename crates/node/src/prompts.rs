//! The sounds that a plan names: all of them must be there before a call is taken, or citizens would hear nothing.
//! Knows folders and names; how a prompt sounds is known in `media`.

use anyhow::bail;
use media_net::PromptStore;

use crate::settings::Settings;

/// Loads every sound; tells all that are broken, or else all that the plan names and nobody has.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<PromptStore> {
    let store = PromptStore::load(&settings.prompt_dirs).map_err(|faults| {
        let list: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.path.display(), fault.why)).collect();
        anyhow::anyhow!("[prompts] dirs: {}", list.join("; "))
    })?;
    let missing: Vec<String> =
        settings.plan.prompts().into_iter().filter(|name| !store.has(name)).map(|name| name.to_string()).collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        bail!(
            "[prompts] dirs: the plan names sounds that are in none of the folders: {names}. Add NAME.wav, or change the plan"
        );
    }
    Ok(store)
}
