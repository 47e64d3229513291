//! Bans as a guesser, a municipality with one forgetful phone, and an operator meet them; on virtual time.
//! Knows moments and counts only; no socket, no clock.

use super::*;

const NOON: Moment = Moment::from_secs(1_800_000_000);
const GUESSER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 66));

fn settings() -> BanSettings {
    BanSettings { failures_max: 3, unreadable_max: 5, sources_max: 8, ..BanSettings::default() }
}

fn bans() -> Bans {
    Bans::new(settings(), Vec::new(), [])
}

fn later(seconds: u64) -> Moment {
    NOON + Duration::from_secs(seconds)
}

fn fail(bans: &Bans, times: u32, at: Moment) {
    for _ in 0..times {
        bans.failed(GUESSER, at);
    }
}

#[test]
fn who_guesses_passwords_is_not_heard_for_a_while_and_then_again() {
    let bans = bans();
    fail(&bans, 2, NOON);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Stranger);
    assert!(bans.failed(GUESSER, NOON));
    assert_eq!(bans.standing(GUESSER, later(299)), Standing::Banned);
    assert_eq!(bans.standing(GUESSER, later(300)), Standing::Stranger);
    assert_eq!((bans.list(later(1)).len(), bans.list(later(300)).len()), (1, 0));
}

#[test]
fn slow_mistakes_are_not_an_attack() {
    let bans = bans();
    for minute in 0..100 {
        assert!(!bans.failed(GUESSER, later(minute * 61)));
    }
}

#[test]
fn each_ban_lasts_twice_as_long_up_to_a_day_and_is_forgotten_after_one() {
    let bans = bans();
    let (mut at, mut spans) = (NOON, Vec::new());
    for _ in 0..12 {
        fail(&bans, 3, at);
        let ban = bans.list(at)[0];
        spans.push(ban.until.since(ban.since).as_secs());
        at = ban.until;
    }
    assert_eq!(spans[..4], [300, 600, 1_200, 2_400]);
    assert_eq!(spans[10..], [86_400, 86_400]);
    let long_after = at + Duration::from_secs(86_400);
    fail(&bans, 3, long_after);
    assert_eq!(bans.list(long_after)[0].times, 1);
}

#[test]
fn a_trunk_is_never_banned_whatever_it_sends() {
    let bans = Bans::new(settings(), vec!["192.0.2.64/28".parse().expect("a block")], []);
    fail(&bans, 1_000, NOON);
    for _ in 0..1_000 {
        assert!(!bans.unreadable(GUESSER, NOON));
    }
    assert_eq!((bans.standing(GUESSER, NOON), bans.made()), (Standing::Stranger, 0));
}

#[test]
fn one_phone_with_a_wrong_password_does_not_silence_its_municipality() {
    let bans = bans();
    bans.proved(GUESSER, NOON);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Phone);
    fail(&bans, 29, NOON);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Phone);
    bans.proved(GUESSER, NOON);
    fail(&bans, 29, NOON);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Phone, "a proof forgives");
    fail(&bans, 1, NOON);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Banned, "but not for ever");
    assert_eq!(bans.standing(GUESSER, later(3_601)), Standing::Stranger);
}

#[test]
fn a_fixed_phone_is_in_good_standing_without_a_proof() {
    let bans = Bans::new(settings(), Vec::new(), [GUESSER]);
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Phone);
}

#[test]
fn noise_is_banned_too_and_a_proof_does_not_forgive_it() {
    let bans = bans();
    for _ in 0..4 {
        assert!(!bans.unreadable(GUESSER, NOON));
    }
    bans.proved(GUESSER, NOON);
    for _ in 0..45 {
        assert!(!bans.unreadable(GUESSER, NOON));
    }
    assert!(bans.unreadable(GUESSER, NOON), "4 + 46 are ten times five");
    assert_eq!(bans.list(NOON)[0].reason, BanReason::Unreadable);
}

#[test]
fn an_operator_sees_a_ban_and_ends_it() {
    let bans = bans();
    fail(&bans, 3, NOON);
    let source = Source::of(GUESSER);
    assert_eq!(bans.list(NOON).iter().map(|ban| (ban.source, ban.times)).collect::<Vec<_>>(), [(source, 1)]);
    assert!(bans.release(source, NOON));
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Stranger);
    assert!(!bans.release(source, NOON));
    fail(&bans, 3, NOON);
    assert_eq!(bans.list(NOON)[0].times, 1, "what was released is forgotten");
}

#[test]
fn the_tables_are_bounded_and_a_flood_of_others_ends_no_longer_ban() {
    let bans = bans();
    fail(&bans, 3, NOON);
    fail(&bans, 3, later(300));
    for n in 0..=255 {
        let other = IpAddr::from([198, 51, 100, n]);
        for _ in 0..3 {
            bans.failed(other, later(300));
        }
    }
    let held = bans.list(later(300));
    assert_eq!(held.len(), 8);
    assert!(held.iter().any(|ban| ban.source == Source::of(GUESSER)), "the ban that ends first gives way");
}

#[test]
fn proofs_are_not_pushed_out_by_failures() {
    let bans = bans();
    bans.proved(GUESSER, NOON);
    for n in 0..=255 {
        bans.failed(IpAddr::from([198, 51, 100, n]), NOON);
    }
    assert_eq!(bans.standing(GUESSER, NOON), Standing::Phone);
}
