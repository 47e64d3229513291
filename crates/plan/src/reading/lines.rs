//! Where in a file a setting stands: its path to its line.
//!
//! Parses the text once more, with spans. Knows nothing of what the settings mean.

use toml::Spanned;
use toml::Table;
use toml::de::{DeTable, DeValue};

use crate::{FAULTS_MAX, Fault};

/// A TOML file's text, which can say on which line a setting stands.
#[derive(Clone, Copy, Debug)]
pub struct Source<'t>(&'t str);

impl<'t> Source<'t> {
    /// Of this text.
    pub const fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// The text as a table, or all slips against TOML.
    pub fn table(self) -> Result<Table, Vec<Fault>> {
        let (_, errors) = DeTable::parse_recoverable(self.0);
        if errors.is_empty() {
            return self.0.parse::<Table>().map_err(|error| vec![self.slip(&error)]);
        }
        Err(errors.iter().take(FAULTS_MAX).map(|error| self.slip(error)).collect())
    }

    /// Gives each fault that has none the line of its setting, or of the nearest table around it.
    pub fn give_lines(self, faults: &mut [Fault]) {
        let Ok(root) = DeTable::parse(self.0) else { return };
        for fault in faults.iter_mut().filter(|fault| fault.line.is_none()) {
            fault.line = place(root.get_ref(), &fault.at).map(|offset| self.line(offset));
        }
    }

    fn slip(self, error: &toml::de::Error) -> Fault {
        let what = error.message();
        let mut fault = Fault::new(
            "TOML",
            format!("filen kan ikke læses her; ret linjen, så den er TOML: {what}"),
            format!("can't be read here; mend the line, so that it is TOML: {what}"),
        );
        fault.line = error.span().map(|span| self.line(span.start));
        fault
    }

    fn line(self, offset: usize) -> u32 {
        let before = self.0.get(..offset).unwrap_or(self.0);
        before.matches('\n').count() as u32 + 1
    }
}

/// The offset of the deepest setting on the way to `at` that is there.
fn place(root: &DeTable<'_>, at: &str) -> Option<usize> {
    let mut keys = at.split(['.', '[', ']']).filter(|key| !key.is_empty());
    let (key, mut value) = entry(root, keys.next()?)?;
    let mut offset = key;
    for key in keys {
        let found = match value.get_ref() {
            DeValue::Table(table) => entry(table, key),
            DeValue::Array(entries) => {
                key.parse().ok().and_then(|i: usize| entries.get(i)).map(|value| (value.span().start, value))
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => None,
        };
        let Some((at, inner)) = found else { break };
        (offset, value) = (at, inner);
    }
    Some(offset)
}

fn entry<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<(usize, &'t Spanned<DeValue<'i>>)> {
    table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(name, value)| (name.span().start, value))
}
