//! What is remembered of a browser from one description to the next, and what the packet workers are told of it.
//! Knows when it began ICE anew (RFC 8839 §4.4.1.1.1) and who begins DTLS (RFC 8842 §5.2).

use model::LegId;

use super::audio::{Carried, RemoteAudio};
use super::ours::OurSide;
use super::web::{RemoteWeb, Setup};
use crate::{DtlsRole, WebPeer};

/// The media line's name where the browser gave none.
pub(super) const OUR_MID: &str = "0";

/// One browser, as its last description left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Browser {
    ufrag: Box<str>,
    /// Times that it began ICE anew.
    pub(super) restarts: u16,
    pub(super) mid: Box<str>,
    pub(super) bundled: bool,
    pub(super) role: DtlsRole,
}

impl Browser {
    /// After its description; none where that is no browser's.
    pub(super) fn meet(audio: &RemoteAudio, before: Option<&Self>) -> Option<Box<Self>> {
        let Carried::Web(Some(web)) = &audio.carried else { return None };
        let role = match (web.setup, before) {
            (Setup::ActPass, Some(before)) => before.role,
            (Setup::ActPass | Setup::Active, _) => DtlsRole::Server,
            (Setup::Passive, _) => DtlsRole::Client,
        };
        let restarts = match before {
            Some(before) if before.ufrag != web.ufrag => before.restarts.wrapping_add(1),
            Some(before) => before.restarts,
            None => 0,
        };
        let mid = if web.mid.is_empty() { before.map_or(OUR_MID.into(), |b| b.mid.clone()) } else { web.mid.clone() };
        Some(Box::new(Self { ufrag: web.ufrag.clone(), restarts, mid, bundled: web.bundled, role }))
    }

    /// What the packet workers are told.
    pub(super) fn peer(&self, ours: &OurSide, leg: LegId, audio: &RemoteAudio, web: &RemoteWeb) -> WebPeer {
        let codecs = audio.codecs.iter().map(|(codec, number)| (*number, codec.clock_rate()));
        let keys = audio.keys.iter().map(|keys| (keys.payload_type, keys.clock_rate));
        WebPeer {
            local: ours.seed.ice(leg, self.restarts),
            ufrag: web.ufrag.clone(),
            pwd: web.pwd.clone(),
            fingerprint: web.fingerprint,
            role: self.role,
            mid: self.mid.clone(),
            ssrc: web.ssrc,
            payload_types: codecs.chain(keys).collect(),
        }
    }
}
