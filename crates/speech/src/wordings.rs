//! Who says it how: the words of all, and of each municipality that has its own, by language.
//! Knows the fallback; doesn't know where words are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Language, MunicipalityId};

use crate::{Tongue, Wording};

/// All wordings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wordings(Arc<BTreeMap<(Option<MunicipalityId>, Tongue), Wording>>);

impl Wordings {
    /// The house's own words, in every language that it can put together.
    pub fn built_in() -> Self {
        Self::new([])
    }

    /// Those of all (none) and of single municipalities, over the house's own.
    pub fn new(own: impl IntoIterator<Item = (Option<MunicipalityId>, Wording)>) -> Self {
        let mut all: BTreeMap<_, _> =
            Tongue::ALL.into_iter().map(|tongue| ((None, tongue), Wording::built_in(tongue))).collect();
        all.extend(own.into_iter().map(|(whose, wording)| ((whose, wording.tongue()), wording)));
        Self(Arc::new(all))
    }

    /// The words for a citizen: the municipality's in that language, else everybody's in it. None: a language whose
    /// numbers nobody has taught us, in which nothing is announced (a plan that asks for it isn't taken).
    pub fn of(&self, language: &Language, municipality: Option<MunicipalityId>) -> Option<&Wording> {
        let tongue = Tongue::of(language)?;
        municipality.and_then(|own| self.0.get(&(Some(own), tongue))).or_else(|| self.0.get(&(None, tongue)))
    }

    /// Each wording with whose it is, the shared ones first.
    pub fn iter(&self) -> impl Iterator<Item = (Option<MunicipalityId>, &Wording)> {
        self.0.iter().map(|((whose, _), wording)| (*whose, wording))
    }
}
