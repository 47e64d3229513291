//! What facts tell of citizens' messages, each kind once.
//! Every field has a value, so that a forgotten one shows.

use std::time::Duration;

use model::{VoicemailFact, VoicemailWhat, What};

pub(super) fn whats() -> impl Iterator<Item = (&'static str, What)> {
    let all = [
        ("voicemail_asked", VoicemailWhat::Asked),
        ("voicemail_left", VoicemailWhat::Left { length: Duration::from_millis(12_340) }),
        ("voicemail_nothing_said", VoicemailWhat::NothingSaid),
        ("voicemail_refused", VoicemailWhat::Refused),
        ("voicemail_lost", VoicemailWhat::Lost),
    ];
    all.into_iter().map(|(name, what)| (name, What::Voicemail(VoicemailFact { mailbox: "aften".into(), what })))
}
