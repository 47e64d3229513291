//! What happens now, for those who run the floor: the board of queues and agents, pushed, and why a call went where it went.
//!
//! Knows how a board is shown and what changed on it; the figures themselves are counted elsewhere.

mod changes;
mod decisions;
mod reasons;
mod rpc;
mod watching;

use tally::BoardSnapshot;

pub(crate) use decisions::Decisions;
pub(crate) use rpc::SupervisionRpc;
pub(crate) use watching::Watching;

/// Live queues and agents, as whoever folds the facts has them.
pub trait Board: Send + Sync + 'static {
    /// The board as it is. Called at most four times a second, however many watch. What is missing in it is shown as
    /// empty, or off.
    fn now(&self) -> BoardSnapshot;
}
