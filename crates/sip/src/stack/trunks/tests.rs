//! Which trunk is asked first, and how many calls fit.
//! On no time at all: moments are made up.

use super::*;

fn trunk(name: &str, priority: u16, outbound: &[&str]) -> TrunkSettings {
    let outbound = outbound.iter().map(|uri| Uri::parse(uri).expect("a URI")).collect();
    TrunkSettings { outbound, priority, ..TrunkSettings::new(TrunkId::new(name)) }
}

fn order(trunks: &Trunks) -> Vec<String> {
    trunks.routes().iter().map(|route| route.target.host_text().to_owned()).collect()
}

#[test]
fn a_call_out_takes_the_first_trunk_that_is_up_and_the_others_after_it() {
    let trunks = Trunks::new([
        trunk("second", 20, &["sip:b1", "sip:b2"]),
        trunk("first", 10, &["sip:a"]),
        trunk("only-in", 0, &[]),
    ]);
    assert_eq!(order(&trunks), ["a", "b1", "b2"]);
    let first = trunks.get(&TrunkId::new("first")).expect("known");
    for second in 1..=3 {
        assert_eq!(order(&trunks)[0], "a");
        first.probed(false, Moment::from_secs(second));
    }
    assert_eq!(order(&trunks), ["b1", "b2", "a"]);
    assert_eq!(trunks.listing()[1].up, Some(false));
    assert_eq!(trunks.listing()[1].since, Some(Moment::from_secs(3)));
    first.probed(true, Moment::from_secs(9));
    assert_eq!((order(&trunks)[0].as_str(), trunks.listing()[1].up), ("a", Some(true)));
}

#[test]
fn a_trunk_carries_as_many_calls_as_it_may_and_an_emergency_more() {
    let settings = TrunkSettings { channels_in_max: Some(1), channels_out_max: Some(1), ..trunk("a", 0, &["sip:a"]) };
    let trunks = Trunks::new([settings]);
    let trunk = trunks.get(&TrunkId::new("a")).expect("known");
    let (inside, out) = (trunk.channel_in().expect("one"), trunk.channel_out(false).expect("one"));
    assert!(trunk.channel_in().is_none() && trunk.channel_out(false).is_none());
    let emergency = trunk.channel_out(true).expect("always");
    assert_eq!((trunks.listing()[0].channels_in, trunks.listing()[0].channels_out), (1, 2));
    drop((inside, out, emergency));
    assert_eq!((trunks.listing()[0].channels_in, trunks.listing()[0].channels_out), (0, 0));
}

#[test]
fn many_trunks_are_not_all_tried_for_one_call() {
    let many = (0..20).map(|n| trunk(&format!("t{n}"), n, &["sip:h"]));
    assert_eq!(Trunks::new(many).routes().len(), ROUTES_MAX);
}
