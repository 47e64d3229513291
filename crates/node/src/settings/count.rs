//! A number of workers as people write it in the settings: `"auto"` or a number.
//! Says nothing of bounds; those are checked with all others.

use serde::de;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of workers: `"auto"` (one for each allowed processor) or a number.
#[derive(Clone, Copy)]
pub(super) enum Count {
    Auto,
    Of(u64),
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Count;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"auto\" eller et tal (or a number)")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
                if text == "auto" { Ok(Count::Auto) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Count, E> {
                u64::try_from(n).map(Count::Of).map_err(|_| E::invalid_value(de::Unexpected::Signed(n), &self))
            }
        }
        from.deserialize_any(Visitor)
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => to.serialize_str("auto"),
            Self::Of(n) => to.serialize_u64(*n),
        }
    }
}
