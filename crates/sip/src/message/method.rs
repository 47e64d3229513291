//! What a request asks for (RFC 3261 §7.1). Method names are case-sensitive.
//! Knows names; which methods we take is decided at the door.

use std::fmt;

/// A method.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// Begin a call, or change its session (RFC 3261).
    Invite,
    /// The INVITE's final answer has arrived (RFC 3261).
    Ack,
    /// End a call (RFC 3261).
    Bye,
    /// Stop ringing (RFC 3261).
    Cancel,
    /// Are you there, and what can you do (RFC 3261).
    Options,
    /// Here a phone can be reached (RFC 3261).
    Register,
    /// A provisional answer has arrived (RFC 3262).
    Prack,
    /// Change a session without an INVITE (RFC 3311).
    Update,
    /// A message inside a call, such as a key (RFC 6086).
    Info,
    /// Tell me of events (RFC 6665).
    Subscribe,
    /// An event (RFC 6665).
    Notify,
    /// Call somebody else (RFC 3515).
    Refer,
    /// A text (RFC 3428).
    Message,
    /// My state (RFC 3903).
    Publish,
    /// A method that we don't know.
    Other(Box<str>),
}

impl Method {
    /// Reads a name that is known to be a token.
    pub fn read(name: &str) -> Self {
        match name {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "REGISTER" => Self::Register,
            "PRACK" => Self::Prack,
            "UPDATE" => Self::Update,
            "INFO" => Self::Info,
            "SUBSCRIBE" => Self::Subscribe,
            "NOTIFY" => Self::Notify,
            "REFER" => Self::Refer,
            "MESSAGE" => Self::Message,
            "PUBLISH" => Self::Publish,
            _ => Self::Other(name.into()),
        }
    }
    /// Its name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Info => "INFO",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Refer => "REFER",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
