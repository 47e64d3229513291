//! The door to agents' pages as phones, and what the node says of pages. The node builds it; tests build a scripted one.
//! Nothing behind the door may block.

use std::sync::Arc;

use model::AgentId;
use page::{Calls, Says};

use super::ice::IceServer;

/// The way from pages to the shards. What pages are told comes through [`crate::Api::on_page_told`].
pub trait PageDoor: Send + Sync + 'static {
    /// A page of the agent's is open, perhaps in place of another: whatever it should know is told.
    fn opened(&self, agent: &AgentId);
    /// The agent's page has gone and no other has come.
    fn closed(&self, agent: &AgentId);
    /// The agent's page calls somebody.
    fn calls(&self, calls: Calls);
    /// The agent's page says something.
    fn says(&self, says: Says);
}

/// Everything that pages need of the node.
#[derive(Clone)]
pub struct ForPages {
    /// The shards.
    pub door: Arc<dyn PageDoor>,
    /// Pages that may ask by gRPC-web, as their browsers name them (`https://desk.example`); `*`: any.
    pub origins: Arc<[String]>,
    /// Servers by which browsers may reach us; at most a handful.
    pub ice_servers: Arc<[IceServer]>,
}
