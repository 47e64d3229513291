//! Plans that were in force before, for as long as calls still go by them: what they play must stay ready.
//! Knows nothing of calls; a plan that nobody holds any more is nobody's.

use std::sync::{Arc, Weak};

use plan::Plan;

/// Plans that calls may still go by. There are never more of them than calls, and one.
#[derive(Debug, Default)]
pub(super) struct Former(Vec<Weak<Plan>>);

impl Former {
    /// Another plan has come into force instead of this one.
    pub(super) fn leaves(&mut self, plan: &Arc<Plan>) {
        self.0.retain(|one| one.strong_count() > 0);
        self.0.push(Arc::downgrade(plan));
    }

    /// Those that somebody still holds.
    pub(super) fn still_held(&self) -> impl Iterator<Item = Arc<Plan>> {
        self.0.iter().filter_map(Weak::upgrade)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use media_net::{PromptStore, Wanted};
    use model::PromptName;

    use super::*;
    use crate::prompts;

    /// A plan whose one line greets like this.
    fn greets(name: &str) -> Arc<Plan> {
        let text = format!(
            "topics = [{{ id = \"pas\", title = \"Pas\" }}]\nlanguages = [{{ id = \"da\", title = \"dansk\" }}]\n\
             queues = [{{ id = \"pas\", title = \"Pas\" }}]\n[[lines]]\nid = \"pas\"\ntitle = \"Pas\"\nnumbers = [\"70101010\"]\n\
             topic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\ncalendar = \"always\"\nwait_max_s = 3600\ngreeting = \"{name}\"\n"
        );
        Arc::new(plan::read_plan(&text).unwrap_or_else(|faults| panic!("{faults:?}")))
    }

    fn folder_with(sound: &Path, name: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(sound, folder.path().join(format!("{name}.da.opus"))).expect("copied");
        let all = vec![folder.path().to_owned()];
        (folder, all)
    }

    #[test]
    fn a_call_that_outlives_two_changes_still_hears_the_sound_that_both_have_dropped() {
        let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("../media-net/prompts/closed.da.opus");
        let own = PromptName::new("jul.da");
        let (_first, jul) = folder_with(&sound, "jul");
        let (_later, none) = folder_with(&sound, "other");
        let playing = PromptStore::load(&jul, &Wanted::default()).expect("sounds");
        let (call, second, third) = (greets("jul"), greets("other"), greets("other"));
        let mut former = Former::default();

        let now = prompts::load_again(&playing, &none, &second, &[&call]).expect("sounds").store;
        former.leaves(&call);
        assert!(now.has(&own));
        let held: Vec<_> = former.still_held().collect();
        let before: Vec<&Plan> = held.iter().map(|plan| &**plan).chain([&*second]).collect();
        let now = prompts::load_again(&now, &none, &third, &before).expect("sounds").store;
        former.leaves(&second);
        assert!(now.has(&own), "the call is still there");

        drop((held, call));
        let held: Vec<_> = former.still_held().collect();
        let before: Vec<&Plan> = held.iter().map(|plan| &**plan).collect();
        assert_eq!(before.len(), 1, "{before:?}");
        let now = prompts::load_again(&now, &none, &third, &before).expect("sounds").store;
        assert!(!now.has(&own), "nobody can hear it any more");
    }
}
