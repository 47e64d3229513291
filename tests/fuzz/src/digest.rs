//! Whatever stands in Authorization or in a challenge: reading never panics, nobody is let in who does not know the
//! password, and who answers our own challenge with the right one is.

use model::{Moment, ShardNo};
use sip::digest::{Algorithm, Credentials, Guard, Verdict, answer};
use sip::message::{AuthParams, Method, Uri};
use sip::stack::RegistrarSettings;

const NOON: Moment = Moment::from_secs(1_800_000_000);
const PASSWORD: &str = "hemmelig";
const SHARD: ShardNo = ShardNo(3);

/// Takes bytes as the value of an Authorization line, and as a challenge that we are asked to answer.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut settings = RegistrarSettings::new("samkald", [7; 32]);
    settings.digest = vec![Algorithm::Sha256, Algorithm::Md5];
    let guard = Guard::new(&settings);
    let uri = Uri::parse("sip:samkald").expect("a URI");
    if let Some(params) = AuthParams::read(&text) {
        if let Some(credentials) = Credentials::read(&params) {
            let verdict = guard.judge(SHARD, &credentials, (&Method::Register, &uri), Some(PASSWORD), NOON);
            assert_eq!(verdict, Verdict::Wrong, "nobody was told a nonce");
        }
        let _ = answer(&params, "agent0001", PASSWORD, &Method::Invite, uri.as_str(), "c0ffee", 1);
    }
    round_trip(&guard, &uri, &text);
}

/// Our own challenge, answered by somebody whose name is any text that a quoted string can carry.
fn round_trip(guard: &Guard, uri: &Uri, name: &str) {
    let name: String = name.chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()).take(64).collect();
    for challenge in guard.challenges(SHARD, NOON, 1, false) {
        let params = AuthParams::read(&challenge).expect("our own challenge");
        let sent = answer(&params, &name, PASSWORD, &Method::Register, uri.as_str(), "c0ffee", 1).expect("an answer");
        let params = AuthParams::read(&sent).expect("what was just written");
        let credentials = Credentials::read(&params).expect("what was just written");
        assert_eq!(credentials.user, name);
        for (password, expected) in [(PASSWORD, Verdict::Right), ("andet", Verdict::Wrong)] {
            let verdict = guard.judge(SHARD, &credentials, (&Method::Register, uri), Some(password), NOON);
            assert_eq!(verdict, expected);
        }
    }
}
