//! Where a desk's stream goes on: an opaque text for clients, four numbers for us.
//!
//! Not a secret and not a proof: the bearer token alone says whose desk may be watched.

use std::fmt;
use std::str::FromStr;

use plan::AgentNo;

/// A place in the stream of one agent's desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// Start of the node, in ms since 1970.
    pub(crate) epoch_ms: u64,
    /// Which unbroken stretch of that desk's events, counted over the node.
    pub(crate) stretch: u64,
    /// Whose desk.
    pub(crate) agent: AgentNo,
    /// The last event that was seen.
    pub(crate) seq: u64,
}

/// The text is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoPlace;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d1.{:x}.{:x}.{:x}.{:x}", self.epoch_ms, self.stretch, self.agent.0, self.seq)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.strip_prefix("d1.").ok_or(NoPlace)?.splitn(4, '.');
        let mut number = || u64::from_str_radix(parts.next().ok_or(NoPlace)?, 16).map_err(|_| NoPlace);
        let (epoch_ms, stretch, agent, seq) = (number()?, number()?, number()?, number()?);
        let agent = AgentNo(u32::try_from(agent).map_err(|_| NoPlace)?);
        Ok(Self { epoch_ms, stretch, agent, seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_being_text_and_nonsense_is_no_place() {
        let place = Place { epoch_ms: 1_795_000_000_000, stretch: 3, agent: AgentNo(17), seq: 42 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", "d1.", "d1.1.2.3", "d1.1.2.3.4.5", "d2.1.2.3.4", "d1.1.2.fffffffff.4", "d1.1.2.3.x", "æ"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
