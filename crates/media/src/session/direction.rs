//! Who sends and who receives, as one side of a session says it (RFC 3264 §5.1).
//! Knows nothing of why.

use sdp_types::Attribute;

/// Who sends, as one side says it of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    /// It sends and receives.
    #[default]
    SendReceive,
    /// It only sends: the other side is on hold, hears its music.
    SendOnly,
    /// It only receives.
    ReceiveOnly,
    /// Neither: both are on hold.
    Inactive,
}

impl Direction {
    /// From what one side does.
    pub const fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendReceive,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }
    /// Whether the side that says it sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }
    /// Whether the side that says it receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
    /// The same, said by the other side.
    pub const fn mirrored(self) -> Self {
        Self::new(self.receives(), self.sends())
    }
    /// Its attribute's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
    pub(super) fn among(attributes: &[Attribute]) -> Option<Self> {
        let all = [Self::SendReceive, Self::SendOnly, Self::ReceiveOnly, Self::Inactive];
        attributes.iter().find_map(|a| all.into_iter().find(|d| a.attribute.eq_ignore_ascii_case(d.name())))
    }
}
