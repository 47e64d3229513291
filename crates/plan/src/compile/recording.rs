//! Recordings: whose are sealed to which key, how long they are kept, and which lines ask for consent.
//!
//! Sees to it that nobody is asked whose recording could not be sealed and deleted. That a call is recorded without a
//! citizen's key press can't be written in a plan at all.

use std::ops::RangeInclusive;

use model::{BadRecordingKey, MunicipalityId, PromptName, RecordingKey};

use super::Work;
use super::checks::{prompt, within};
use crate::Recordings;
use crate::file::{LineEntry, MunicipalityEntry, RecordEntry, WaitingEntry};

/// Days that a recording may be kept: ten years.
const KEEP_RANGE_DAYS: RangeInclusive<u64> = 1..=3_650;

impl Work<'_> {
    pub(super) fn recordings(&mut self, at: &str, entry: &MunicipalityEntry) -> Option<Recordings> {
        let days = match (&entry.recording_key, entry.recording_days) {
            (None, None) => return None,
            (None, Some(_)) => {
                self.fault(
                    format!("{at}.recording_days"),
                    "kommunen har ingen nøgle til optagelser; skriv recording_key, eller slet recording_days",
                    "the municipality has no key for recordings; write recording_key, or delete the line",
                );
                return None;
            }
            (Some(_), None) => {
                self.fault(
                    format!("{at}.recording_days"),
                    "mangler: skriv, hvor mange dage optagelser gemmes, fx recording_days = 30",
                    "is missing: write for how many days recordings are kept, such as recording_days = 30",
                );
                1
            }
            (Some(_), Some(days)) => days,
        };
        let at_days = format!("{at}.recording_days");
        let days = within(&mut self.faults, &at_days, days, KEEP_RANGE_DAYS, ("dage", "days"));
        let key = self.recording_key(&format!("{at}.recording_key"), entry.recording_key.as_deref()?)?;
        Some(Recordings { key, keep_days: u16::try_from(days).unwrap_or(u16::MAX) })
    }

    fn recording_key(&mut self, at: &str, written: &str) -> Option<RecordingKey> {
        let why = match RecordingKey::parse(written) {
            Ok(key) => return Some(key),
            Err(why) => why,
        };
        let da = match why {
            BadRecordingKey::Secret => {
                "er den hemmelige nøgle, som kun kommunen må have: lav et nyt par, og skriv den offentlige her (age1…)"
            }
            BadRecordingKey::Form => {
                "er ingen offentlig nøgle; skriv age1 og 58 tegn til, som `samkald recordings make-key` viser dem"
            }
            BadRecordingKey::Checksum => {
                "har et forkert tegn (kontrolsummen passer ikke): skriv den igen, helst ved at kopiere den"
            }
        };
        self.fault(at, da, why.to_string());
        None
    }

    /// The question by which a line asks for consent; none: it never does.
    pub(super) fn consent_message(
        &mut self,
        at: &str,
        entry: &LineEntry,
        owner: Option<MunicipalityId>,
        language: &str,
    ) -> Option<PromptName> {
        let asks = match entry.record {
            Some(RecordEntry::Consent) => true,
            None | Some(RecordEntry::Never) => false,
        };
        let at_message = format!("{at}.consent_message");
        let message = entry.consent_message.as_deref();
        if !asks {
            if message.is_some() {
                self.fault(
                    at_message,
                    "linjen spørger ikke om samtykke; slet indstillingen, eller skriv record = \"consent\"",
                    "the line doesn't ask for consent; delete the setting, or write record = \"consent\"",
                );
            }
            return None;
        }
        self.can_be_asked(&format!("{at}.record"), entry, owner);
        let question = prompt(&mut self.faults, &at_message, message, "recording_consent", language);
        if question.is_none() {
            self.fault(
                at_message,
                "ingen kan sige ja til noget, der ikke bliver sagt; skriv en lyd, eller record = \"never\"",
                "nobody can agree to what isn't said; write a sound, or record = \"never\"",
            );
        }
        question
    }

    fn can_be_asked(&mut self, at: &str, entry: &LineEntry, owner: Option<MunicipalityId>) {
        if entry.waiting == Some(WaitingEntry::Unanswered) {
            self.fault(
                at,
                "linjen svarer ikke, før en medarbejder gør, så ingen kan spørges; skriv waiting = \"music\"",
                "the line isn't answered before an agent does, so nobody can be asked; write waiting = \"music\"",
            );
        }
        let has_key = |id: &MunicipalityId| {
            let file = &self.file.municipalities;
            file.iter().any(|entry| entry.id.as_deref() == Some(&id.to_string()) && entry.recording_key.is_some())
        };
        if let Some(owner) = owner
            && !has_key(&owner)
        {
            self.fault(
                at,
                format!(
                    "kommunen {owner} har ingen nøgle til optagelser; skriv recording_key og recording_days ved den"
                ),
                format!(
                    "the municipality {owner} has no key for recordings; write recording_key and recording_days there"
                ),
            );
        } else if owner.is_none() && self.file.municipalities.iter().all(|entry| entry.recording_key.is_none()) {
            self.fault(
                at,
                "ingen kommune har en nøgle til optagelser; skriv recording_key og recording_days ved dem, der vil",
                "no municipality has a key for recordings; write recording_key and recording_days where they want it",
            );
        }
    }
}
