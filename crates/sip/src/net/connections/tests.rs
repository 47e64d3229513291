//! What phones and trunks notice of the table of connections when there are too many.
//! No sockets: places are asked for and given back.

use super::*;

fn toward(peer: &str) -> Toward {
    Toward { transport: Transport::Tcp, peer: peer.parse().expect("an address"), name: None }
}

fn table(connections_max: usize, reserved_for_trunks: usize, per_address_max: usize) -> Arc<Connections> {
    let limits = TcpLimits { connections_max, reserved_for_trunks, per_address_max, ..TcpLimits::default() };
    Arc::new(Connections::new(limits))
}

impl Connections {
    fn stranger(self: &Arc<Self>, peer: &str) -> Option<Admitted> {
        self.admit(toward(peer), Who::Stranger)
    }
    /// A phone that has registered.
    fn phone(self: &Arc<Self>, peer: &str) -> Place {
        let place = self.stranger(peer).expect("room").place;
        self.put(place.number, Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n")).expect("written");
        place
    }
}

#[test]
fn strangers_cannot_take_the_places_of_trunks_nor_of_phones() {
    let connections = table(4, 1, 2);
    let _phones = [connections.phone("127.0.0.66:1"), connections.phone("127.0.0.66:2")];
    assert!(connections.stranger("127.0.0.66:3").is_none());
    let third = connections.phone("127.0.0.67:1");
    assert!(connections.stranger("127.0.0.68:1").is_none());
    let trunk = connections.admit(toward("127.0.0.2:1"), Who::Known).expect("a trunk has room");
    assert!(!trunk.displaced);
    assert!(connections.admit(toward("127.0.0.2:2"), Who::Known).is_none());
    drop(third);
    assert!(connections.stranger("127.0.0.66:4").is_none());
    assert!(connections.stranger("127.0.0.68:2").is_some());
}

#[test]
fn who_has_said_nothing_of_worth_for_longest_makes_room_for_the_next() {
    let connections = table(4, 1, 2);
    let mut first = connections.stranger("127.0.0.66:1").expect("room").place;
    let _second = connections.stranger("127.0.0.67:1").expect("room").place;
    let mut third = connections.stranger("127.0.0.67:2").expect("room").place;
    let fourth = connections.stranger("127.0.0.68:1").expect("the first goes");
    assert!(
        fourth.displaced && first.inbox.try_recv().is_err_and(|why| why == mpsc::error::TryRecvError::Disconnected)
    );
    let _fifth = connections.stranger("127.0.0.67:3").expect("an address makes room among its own");
    let _trunk = connections.admit(toward("127.0.0.2:1"), Who::Known).expect("a trunk has room");
    assert!(third.inbox.try_recv().is_err_and(|why| why == mpsc::error::TryRecvError::Empty));
    assert_eq!((connections.count(), connections.by_transport()), (4, [4, 0, 0, 0]));
}

#[test]
fn who_never_ends_a_handshake_is_cut_off_for_who_does() {
    let limits = TcpLimits { handshakes_max: 2, ..TcpLimits::default() };
    let connections = Arc::new(Connections::new(limits));
    let mut places: Vec<Place> = (1..=3)
        .map(|port| connections.stranger(&format!("127.0.0.66:{port}")).expect("room").place)
        .inspect(|place| connections.begin_handshake(place.number))
        .collect();
    assert_eq!(places[0].inbox.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    connections.end_handshake(places[1].number);
    let fourth = connections.stranger("127.0.0.67:1").expect("room").place;
    connections.begin_handshake(fourth.number);
    assert!(places[1..].iter_mut().all(|place| place.inbox.try_recv() == Err(mpsc::error::TryRecvError::Empty)));
}

#[test]
fn a_whole_network_of_ipv6_counts_as_one_address() {
    let connections = table(10, 1, 1);
    let _phone = connections.phone("[2001:db8:1:1::1]:1");
    assert!(connections.stranger("[2001:db8:1:1:ffff::1]:1").is_none());
    assert!(connections.stranger("[2001:db8:1:2::1]:1").is_some());
}

#[test]
fn a_number_is_never_given_twice_and_a_peer_that_does_not_read_is_let_go() {
    let connections = table(10, 1, 10);
    let first = connections.stranger("127.0.0.3:1").expect("a place").place.number;
    assert!(connections.put(first, Bytes::new()).is_err());
    let second = connections.stranger("127.0.0.3:1").expect("a place").place;
    assert_ne!(first, second.number);
    assert_eq!(connections.with(&toward("127.0.0.3:1")), Some(second.number));
    for _ in 0..OUTBOX_MAX {
        assert!(connections.put(second.number, Bytes::new()).is_ok());
    }
    assert!(connections.put(second.number, Bytes::new()).is_err());
    assert_eq!((connections.count(), connections.strangers_left()), (0, 0));
}

#[test]
fn what_is_for_an_encrypted_peer_never_goes_on_another_connection() {
    let connections = table(10, 1, 10);
    let _plain = connections.admit(toward("127.0.0.3:5061"), Who::Known).expect("room").place;
    let named = Toward { transport: Transport::Tls, name: Some("trunk.example".into()), ..toward("127.0.0.3:5061") };
    assert_eq!(connections.with(&named), None);
    let encrypted = connections.admit(named.clone(), Who::Known).expect("room").place;
    assert_eq!(connections.with(&named), Some(encrypted.number));
    assert_eq!(connections.with(&Toward { name: Some("other.example".into()), ..named }), None);
}

impl Connections {
    fn strangers_left(&self) -> usize {
        self.table().strangers.count()
    }
}
