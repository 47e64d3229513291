//! Rules of dialling: numbers that can be read, and a ring time within bounds.
//! Knows what numbers look like; doesn't know who calls them.

use std::time::Duration;

use model::{Dialled, PhoneNumber};

use super::Work;
use super::checks::seconds;
use crate::{Dialling, ShownOutside};

/// Beginnings, or emergency numbers, of one plan.
const DIALLING_MAX: usize = 256;

impl Work<'_> {
    pub(super) fn dialling(&mut self) {
        let it = &self.file.dialling;
        let usual = Dialling::default();
        let ring_time_max_s = it.ring_time_max_s.unwrap_or(usual.ring_time_max.as_secs());
        self.plan.dialling = Dialling {
            opened: self.digits("dialling.opened", &it.opened),
            emergency: self.digits("dialling.emergency", &it.emergency),
            shown: self.shown_outside(it.shown.as_deref()),
            ring_time_max: Duration::from_secs(seconds(
                &mut self.faults,
                "dialling.ring_time_max_s",
                ring_time_max_s,
                5..=180,
            )),
        };
    }

    fn digits(&mut self, at: &str, written: &[String]) -> Vec<Dialled> {
        if written.len() > DIALLING_MAX {
            let count = written.len();
            self.fault(
                at,
                format!("{count} er for mange; slet nogle, højst {DIALLING_MAX} er tilladt"),
                format!("{count} are too many; delete some, at most {DIALLING_MAX} are allowed"),
            );
            return Vec::new();
        }
        let mut read = Vec::with_capacity(written.len());
        for (i, text) in written.iter().enumerate() {
            match Dialled::from_kept(text) {
                Ok(digits) => read.push(digits),
                Err(why) => self.fault(
                    format!("{at}[{i}]"),
                    format!("\"{text}\" er intet nummer; skriv cifre, fx \"+46\" eller \"1813\""),
                    format!("\"{text}\" is no number ({why}); write digits, such as \"+46\" or \"1813\""),
                ),
            }
        }
        read
    }

    fn shown_outside(&mut self, written: Option<&str>) -> ShownOutside {
        match written {
            None | Some("none") => ShownOutside::Nothing,
            Some("municipality") => ShownOutside::Municipality,
            Some("line") => ShownOutside::Line,
            Some(number) => PhoneNumber::parse(number).map_or_else(
                |_| {
                    self.fault(
                        "dialling.shown",
                        format!("\"{number}\" er intet nummer; skriv \"none\", \"municipality\", \"line\" eller cifre"),
                        format!("\"{number}\" is no number; write \"none\", \"municipality\", \"line\" or digits"),
                    );
                    ShownOutside::Nothing
                },
                ShownOutside::Number,
            ),
        }
    }
}
