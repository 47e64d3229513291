//! `[media] web_port`, `web_public`, `web_tcp`: where browsers send their sound, and how they are told to reach it.
//! Knows addresses and ports; no packet, and no session description.

use std::net::{IpAddr, SocketAddr};

use super::Desk;
use crate::settings::WebPlaces;
use crate::settings::file::MediaSection;

/// Addresses that a browser is told; each is tried by it, so few.
const PUBLIC_MAX: usize = 8;

impl Desk {
    /// `None`: agents at browsers have no sound. `ports`: those of the pairs.
    pub(super) fn web_places(
        &mut self,
        media: &MediaSection,
        (bind, advertised): (IpAddr, IpAddr),
        ports: (u16, u16),
    ) -> Option<WebPlaces> {
        if media.web_port == 0 {
            return None;
        }
        let port = self.within("media.web_port", media.web_port, 1_024, 65_535) as u16;
        if (ports.0..=ports.1).contains(&port) {
            self.fault(
                "media.web_port",
                "ligger i media.ports; flyt den ene",
                "lies within media.ports; move one of them",
            );
        }
        if media.web_public.len() > PUBLIC_MAX {
            self.fault(
                "media.web_public",
                format!("højst {PUBLIC_MAX} adresser går"),
                format!("at most {PUBLIC_MAX} addresses will do"),
            );
        }
        let told = media.web_public.iter().take(PUBLIC_MAX).enumerate();
        let mut public: Vec<SocketAddr> =
            told.map(|(i, told)| self.socket_addr(&format!("media.web_public[{i}]"), told)).collect();
        if public.is_empty() {
            public.push(SocketAddr::new(advertised, port));
        }
        Some(WebPlaces { listen: SocketAddr::new(bind, port), public, tcp: media.web_tcp })
    }
}
