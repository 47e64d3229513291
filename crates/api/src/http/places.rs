//! Places for connections: how many there may be, and who goes when there is no more room.
//!
//! Whoever has not asked for anything yet makes room for the next, the oldest first; an address can fill a part of the
//! places only. Knows addresses while they are connected; knows nothing that was asked.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Connections at once; one more takes the place of one that has not asked yet, or is closed at once.
const CONNECTIONS_MAX: usize = 4_096;
/// The same from one address: many desks sit behind one municipality's.
const PER_ADDRESS_MAX: usize = 1_024;

/// All places.
pub(super) struct Places {
    connections_max: usize,
    per_address_max: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    last: u64,
    from: HashMap<IpAddr, usize>,
    open: HashMap<u64, Open>,
    unasked: BTreeSet<u64>,
    unasked_from: BTreeSet<(IpAddr, u64)>,
}

struct Open {
    ip: IpAddr,
    /// Dropped when the connection must go.
    _stay: oneshot::Sender<()>,
}

/// A connection's place, given back when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
}

/// Ends when the connection must go.
pub(super) type Leave = oneshot::Receiver<()>;

impl Places {
    pub(super) fn new() -> Arc<Self> {
        Self::of(CONNECTIONS_MAX, PER_ADDRESS_MAX)
    }

    fn of(connections_max: usize, per_address_max: usize) -> Arc<Self> {
        Arc::new(Self { connections_max, per_address_max, table: Mutex::default() })
    }

    /// A place for a connection from there; none if nobody makes room.
    pub(super) fn take(self: &Arc<Self>, ip: IpAddr) -> Option<(Place, Leave)> {
        let mut table = self.table();
        if table.from.get(&ip).copied().unwrap_or(0) >= self.per_address_max {
            let oldest = table.unasked_from.range((ip, 0)..=(ip, u64::MAX)).next().map(|(_, number)| *number);
            table.remove(oldest?);
        } else if table.open.len() >= self.connections_max {
            let oldest = table.unasked.first().copied();
            table.remove(oldest?);
        }
        let (stay, leave) = oneshot::channel();
        table.last += 1;
        let number = table.last;
        *table.from.entry(ip).or_default() += 1;
        table.open.insert(number, Open { ip, _stay: stay });
        table.unasked.insert(number);
        table.unasked_from.insert((ip, number));
        Some((Place { places: self.clone(), number }, leave))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Each step leaves the table whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn asked(&mut self, number: u64) {
        if let Some(open) = self.open.get(&number) {
            self.unasked.remove(&number);
            self.unasked_from.remove(&(open.ip, number));
        }
    }

    fn remove(&mut self, number: u64) {
        self.asked(number);
        let Some(open) = self.open.remove(&number) else { return };
        let Some(count) = self.from.get_mut(&open.ip) else { return };
        *count -= 1;
        if *count == 0 {
            self.from.remove(&open.ip);
        }
    }
}

impl Place {
    /// A whole request came: this connection makes room for nobody any more.
    pub(super) fn asked(&self) {
        self.places.table().asked(self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.table().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    #[test]
    fn who_asks_for_nothing_makes_room_for_who_does() {
        let places = Places::of(3, 2);
        let (desk, mut desk_leaves) = places.take(ip(1)).expect("room");
        desk.asked();
        let (_silent, mut silent_leaves) = places.take(ip(2)).expect("room");
        let (_later, mut later_leaves) = places.take(ip(2)).expect("room");
        let _fourth = places.take(ip(3)).expect("the first silent one goes");
        assert!(silent_leaves.try_recv() == Err(oneshot::error::TryRecvError::Closed));
        for leaves in [&mut desk_leaves, &mut later_leaves] {
            assert!(leaves.try_recv() == Err(oneshot::error::TryRecvError::Empty));
        }
    }

    #[test]
    fn an_address_fills_a_part_of_the_places_and_no_more() {
        let places = Places::of(10, 2);
        let desks: Vec<_> = (0..2).map(|_| places.take(ip(1)).expect("room")).collect();
        for (desk, _) in &desks {
            desk.asked();
        }
        assert!(places.take(ip(1)).is_none());
        assert!(places.take(ip(2)).is_some());
        drop(desks);
        assert!(places.take(ip(1)).is_some());
    }
}
