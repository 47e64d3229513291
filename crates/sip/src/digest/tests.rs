//! What a phone, a guesser and a thief of nonces get.
//! Challenges and answers only; no sockets, no stack.

use proptest::prelude::*;

use super::*;
use crate::message::AuthParams;

const NOON: Moment = Moment::from_secs(1_800_000_000);

const HERE: ShardNo = ShardNo(0);

fn guard() -> Guard {
    keyed(7, &[Algorithm::Sha256, Algorithm::Md5])
}

fn keyed(key: u8, digest: &[Algorithm]) -> Guard {
    let settings =
        RegistrarSettings { digest: digest.to_vec(), ..RegistrarSettings::new("hotline.example", [key; 32]) };
    Guard::new(&settings)
}

/// The challenge for one algorithm.
fn challenge(guard: &Guard, algorithm: Algorithm) -> String {
    let all = guard.challenges(HERE, NOON, 1, false);
    let name = format!("algorithm={},", algorithm.name());
    all.into_iter().find(|line| line.contains(&name)).expect("an algorithm that is offered")
}

fn uri() -> Uri {
    Uri::parse("sip:hotline.example").expect("a URI")
}

fn sent(challenge: &str, password: &str) -> String {
    let challenge = AuthParams::read(challenge).expect("a challenge");
    answer(&challenge, "agent0001", password, &Method::Register, uri().as_str(), "c0ffee", 1).expect("an answer")
}

fn judged(guard: &Guard, sent: &str, password: Option<&str>, at: Moment) -> Verdict {
    let credentials = Credentials::read(&AuthParams::read(sent).expect("params")).expect("credentials");
    guard.judge(HERE, &credentials, (&Method::Register, &uri()), password, at)
}

#[test]
fn a_phone_with_the_right_password_is_let_in_with_either_hash() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let sent = sent(&challenge(&guard(), algorithm), "hemmelig");
        assert_eq!(judged(&guard(), &sent, Some("hemmelig"), NOON), Verdict::Right);
        assert_eq!(judged(&guard(), &sent, Some("andet"), NOON), Verdict::Wrong);
        assert_eq!(judged(&guard(), &sent, None, NOON), Verdict::Wrong);
    }
}

#[test]
fn an_old_nonce_is_stale_only_if_the_password_was_right() {
    let later = NOON + Duration::from_secs(301);
    let sent = sent(&challenge(&guard(), Algorithm::Sha256), "hemmelig");
    assert_eq!(judged(&guard(), &sent, Some("hemmelig"), later), Verdict::Stale);
    assert_eq!(judged(&guard(), &sent, Some("andet"), later), Verdict::Wrong);
}

#[test]
fn a_nonce_of_before_the_restart_of_another_shard_or_changed_on_the_way_is_stale_for_who_knows_the_password_only() {
    let before = sent(&challenge(&keyed(8, &[Algorithm::Md5]), Algorithm::Md5), "hemmelig");
    let elsewhere = sent(&guard().challenges(ShardNo(1), NOON, 1, false)[1], "hemmelig");
    let changed = sent(&challenge(&guard(), Algorithm::Md5).replace("nonce=\"0", "nonce=\"1"), "hemmelig");
    for sent in [before, elsewhere, changed] {
        assert_eq!(judged(&guard(), &sent, Some("hemmelig"), NOON), Verdict::Stale);
        assert_eq!(judged(&guard(), &sent, Some("andet"), NOON), Verdict::Wrong);
        assert_eq!(judged(&guard(), &sent, None, NOON), Verdict::Wrong);
    }
}

#[test]
fn a_hash_that_is_not_offered_opens_nothing() {
    let only_sha = keyed(7, &[Algorithm::Sha256]);
    assert_eq!(only_sha.challenges(HERE, NOON, 1, false).len(), 1);
    let md5 = sent(&challenge(&guard(), Algorithm::Md5), "hemmelig");
    assert_eq!(judged(&only_sha, &md5, Some("hemmelig"), NOON), Verdict::Wrong);
    let sha = sent(&challenge(&guard(), Algorithm::Sha256), "hemmelig");
    assert_eq!(judged(&only_sha, &sha, Some("hemmelig"), NOON), Verdict::Right);
}

#[test]
fn credentials_for_another_method_or_address_do_not_open_this_one() {
    let sent = sent(&challenge(&guard(), Algorithm::Md5), "hemmelig");
    let credentials = Credentials::read(&AuthParams::read(&sent).expect("params")).expect("credentials");
    let elsewhere = Uri::parse("sip:other.example").expect("a URI");
    let (here, guard) = (uri(), guard());
    let of = |method, uri| guard.judge(HERE, &credentials, (method, uri), Some("hemmelig"), NOON);
    assert_eq!(of(&Method::Invite, &here), Verdict::Wrong);
    assert_eq!(of(&Method::Register, &elsewhere), Verdict::Wrong);
}

#[test]
fn the_example_of_rfc_8760_comes_out() {
    // RFC 7616 §3.9.1, from which RFC 8760 takes the rules.
    let of = |algorithm, response: &str| {
        let text = format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\""
        );
        let params = AuthParams::read(&text).expect("params");
        let credentials = Credentials::read(&params).expect("credentials");
        credentials.response_for(&Method::Other("GET".into()), "Circle of Life") == response
    };
    assert!(of("MD5", "8ca523f5e9506fed4657c9700eebdbec"));
    assert!(of("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
}

#[test]
fn half_of_the_parts_is_no_credential() {
    for text in ["Digest username=\"x\"", "Basic abc", "Digest ", "Digest qop=auth, nc=00000000, username=\"x\""] {
        assert!(AuthParams::read(text).and_then(|params| Credentials::read(&params)).is_none(), "{text}");
    }
}

#[test]
fn an_answer_without_qop_or_with_an_odd_count_is_no_credential() {
    let whole = sent(&challenge(&guard(), Algorithm::Md5), "hemmelig");
    let read = |text: &str| AuthParams::read(text).and_then(|params| Credentials::read(&params)).is_some();
    assert!(read(&whole));
    for (from, to) in [
        ("qop=auth, ", ""),
        ("qop=auth,", "qop=auth-int,"),
        ("nc=00000001", "nc=+0000001"),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=00000000"),
        ("nc=00000001", "nc=0000000æ"),
        ("Digest", "Basic"),
    ] {
        assert!(whole.contains(from) && !read(&whole.replacen(from, to, 1)), "{from} → {to}");
    }
}

/// Pieces of the grammar, sound and broken, to be put together at random.
fn pieces() -> impl Strategy<Value = String> {
    let names = "(username|realm|nonce|uri|response|algorithm|cnonce|opaque|qop|nc|userhash|x)?";
    let values = "(MD5|SHA-256|auth|auth-int|00000001|ffffffff|4294967296|agent0001|hotline\\.example|sip:hotline\\.example|[0-9a-f]{0,64}|\\PC{0,40})";
    let one = (names, "[ \t]{0,2}=?[ \t]{0,2}", "\"?", values, "\\\\?\"?")
        .prop_map(|(n, eq, open, value, close)| n + &eq + &open + &value + &close);
    prop::collection::vec(one, 0..40).prop_map(|all| format!("Digest {}", all.join(",")))
}

proptest! {
    #[test]
    fn whatever_stands_behind_digest_is_read_or_refused_and_opens_nothing(text in pieces()) {
        if let Some(credentials) = AuthParams::read(&text).and_then(|params| Credentials::read(&params)) {
            prop_assert_eq!(judged_as(&credentials, Some("hemmelig")), Verdict::Wrong);
            prop_assert_eq!(judged_as(&credentials, None), Verdict::Wrong);
        }
    }

    #[test]
    fn an_answer_with_any_letter_changed_is_never_better_than_stale(at in 0_usize..400, letter in any::<char>()) {
        let whole = sent(&challenge(&guard(), Algorithm::Md5), "hemmelig");
        let mut letters: Vec<char> = whole.chars().collect();
        let at = at % letters.len();
        let same = letters[at].eq_ignore_ascii_case(&letter);
        letters[at] = letter;
        let changed: String = letters.into_iter().collect();
        if let Some(credentials) = AuthParams::read(&changed).and_then(|params| Credentials::read(&params)) {
            let verdict = judged_as(&credentials, Some("hemmelig"));
            // Blanks between parameters say nothing, nor does the case of most letters; and no algorithm means MD5.
            let name = whole.find("algorithm=MD5").expect("the algorithm");
            let says_nothing = same || letter.is_whitespace() || whole.chars().nth(at) == Some(' ') || (name..name + 10).contains(&at);
            prop_assert!(verdict == Verdict::Wrong || says_nothing, "{} → {verdict:?}", changed);
        }
    }
}

fn judged_as(credentials: &Credentials<'_>, password: Option<&str>) -> Verdict {
    guard().judge(HERE, credentials, (&Method::Register, &uri()), password, NOON)
}
