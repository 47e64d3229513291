//! Ids as types, so that a queue can't be passed where a line is meant.
//!
//! Names given by people (agents, lines, queues …) are shared strings; numbers made by the node
//! (calls, legs, decisions) carry the shard that owns them.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// From text; the plan has checked its form before anything reaches the heart.
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// An agent, as in the plan: `agent0001`.
    AgentId
);
name!(
    /// A line: what a citizen can ring for, as in the plan.
    LineId
);
name!(
    /// A menu, as in the plan.
    MenuId
);
name!(
    /// A mailbox for citizens' messages, as in the plan.
    MailboxId
);
name!(
    /// A queue, as in the plan.
    QueueId
);
name!(
    /// Something that may be played to one side of a conversation, as in the plan.
    AnnouncementId
);
name!(
    /// A topic: passports, moving house …
    TopicId
);
name!(
    /// A language by its BCP 47 tag: `da`, `en`, `uk`.
    Language
);
name!(
    /// A trunk: a known peer that brings citizens' calls.
    TrunkId
);
name!(
    /// A prompt or piece of music, by the name under which the plan refers to it.
    PromptName
);

/// A Danish municipality by its kommunekode (0101 København … 0860 Hjørring).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MunicipalityId(pub u16);

impl fmt::Display for MunicipalityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl fmt::Debug for MunicipalityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// One of the node's shards, each a single-threaded centre of its own. At most 256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ShardNo(pub u8);

/// The number of a routing decision, unique on a node; finds its explanation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct DecisionNo(pub u64);

/// A citizen's call. Unique over restarts: start of the node in ms (48 bits) · shard (8) · counter (72).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u128);

impl CallId {
    /// The `counter`th call of a shard of the node that started at `epoch_ms`.
    pub const fn new(epoch_ms: u64, shard: ShardNo, counter: u64) -> Self {
        Self(((epoch_ms as u128 & 0xffff_ffff_ffff) << 80) | ((shard.0 as u128) << 72) | counter as u128)
    }
    /// From its bits, as they lie in a fact.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }
    /// Its bits.
    pub const fn bits(self) -> u128 {
        self.0
    }
    /// The shard in which the call began.
    pub const fn shard(self) -> ShardNo {
        ShardNo((self.0 >> 72) as u8)
    }
    /// The shard that owns the call and all its legs, of so many (at least 1): where it began, unless the node has fewer since.
    pub const fn shard_of(self, shards: u8) -> ShardNo {
        ShardNo(self.shard().0 % if shards == 0 { 1 } else { shards })
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call-{:x}.{:x}.{}", self.0 >> 80, self.shard().0, self.0 as u64)
    }
}

/// Which side began a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LegSide {
    /// It rang us: the SIP shell gave it its number.
    Inbound,
    /// We rang it: the centre gave it its number.
    Outbound,
}

/// One party's connection to us, unique while the node lives: shard (8 bits) · side (1) · counter (55).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(u64);

impl LegId {
    const OUTBOUND: u64 = 1 << 55;

    /// The `counter`th leg of that side in `shard`.
    pub const fn new(shard: ShardNo, side: LegSide, counter: u64) -> Self {
        let side = match side {
            LegSide::Inbound => 0,
            LegSide::Outbound => Self::OUTBOUND,
        };
        Self(((shard.0 as u64) << 56) | side | (counter & (Self::OUTBOUND - 1)))
    }
    /// The shard that owns the leg.
    pub const fn shard(self) -> ShardNo {
        ShardNo((self.0 >> 56) as u8)
    }
    /// Which side began it.
    pub const fn side(self) -> LegSide {
        if self.0 & Self::OUTBOUND == 0 { LegSide::Inbound } else { LegSide::Outbound }
    }
    /// Its bits, for a packed table.
    pub const fn bits(self) -> u64 {
        self.0
    }
    /// The leg with these bits, whether there is such a one or not.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Debug for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side() {
            LegSide::Inbound => "in",
            LegSide::Outbound => "out",
        };
        write!(f, "leg-{}.{side}.{}", self.shard().0, self.0 & (Self::OUTBOUND - 1))
    }
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_and_its_legs_name_their_shard() {
        let call = CallId::new(1_795_000_000_000, ShardNo(3), 7);
        assert_eq!(call.shard(), ShardNo(3));
        assert_eq!(CallId::from_bits(call.bits()), call);
        let leg = LegId::new(ShardNo(255), LegSide::Outbound, 9);
        assert_eq!((leg.shard(), leg.side()), (ShardNo(255), LegSide::Outbound));
    }

    #[test]
    fn counters_at_their_cap_do_not_touch_the_shard() {
        let leg = LegId::new(ShardNo(1), LegSide::Inbound, u64::MAX);
        assert_eq!((leg.shard(), leg.side()), (ShardNo(1), LegSide::Inbound));
        assert_eq!(CallId::new(u64::MAX, ShardNo(2), u64::MAX).shard(), ShardNo(2));
    }
}
