//! Connections on which a trunk has proved itself by its certificate: they are that trunk's, wherever they come from.
//! One entry a connection, gone with it, so no more than there are connections.

use crate::stack::{Path, Transport};

/// By the connection's number, the trunk's place in the settings.
#[derive(Default)]
pub(super) struct Certified {
    trunks: papaya::HashMap<u64, usize>,
}

impl Certified {
    pub(super) fn add(&self, connection: u64, trunk: usize) {
        self.trunks.pin().insert(connection, trunk);
    }
    pub(super) fn remove(&self, connection: u64) {
        self.trunks.pin().remove(&connection);
    }
    /// The place of the trunk whose connection it is.
    pub(super) fn trunk(&self, path: &Path) -> Option<usize> {
        if path.transport != Transport::Tls {
            return None;
        }
        self.trunks.pin().get(&path.connection).copied()
    }
}
