//! Session descriptions as phones and trunks write them: good ones, ones that we don't speak, and nonsense.
//! Fixed texts, so that a world costs little.

use bytes::Bytes;

macro_rules! sdp {
    ($formats:literal, $rest:literal) => {
        concat!(
            "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 40000 RTP/AVP ",
            $formats,
            "\r\n",
            $rest
        )
    };
}

/// A session description.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Session {
    /// G.711, both laws.
    Both,
    /// A-law only.
    Alaw,
    /// µ-law only.
    Ulaw,
    /// We are held, with music.
    Hold,
    /// We are held, silently.
    Inactive,
    /// Only G.729.
    Foreign,
    /// No session description at all.
    Nonsense,
}

impl Session {
    pub(crate) fn text(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Both => sdp!("8 0 101", "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n").as_bytes(),
            Self::Alaw => sdp!("8", "a=sendrecv\r\n").as_bytes(),
            Self::Ulaw => sdp!("0", "a=sendrecv\r\n").as_bytes(),
            Self::Hold => sdp!("8 0", "a=sendonly\r\n").as_bytes(),
            Self::Inactive => sdp!("8 0", "a=inactive\r\n").as_bytes(),
            Self::Foreign => sdp!("18", "a=sendrecv\r\n").as_bytes(),
            Self::Nonsense => b"v=0 m=audio\0",
        })
    }
}
