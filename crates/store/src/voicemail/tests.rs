//! Messages in a folder of their own: what a crash, a full mailbox and a date leave of them.
//! Knows no sound: samples here are bytes.

use std::os::unix::fs::PermissionsExt;

use model::{Caller, MailTo, MessageState, MessageTape, Moment, MunicipalityId, PhoneNumber};

use super::*;

const NOW: Moment = Moment::from_secs(1_795_000_000);

fn head(bytes: u32) -> [u8; 44] {
    let mut head = [b'h'; 44];
    head[40..].copy_from_slice(&bytes.to_le_bytes());
    head
}

fn tape(call: u128) -> MessageTape {
    MessageTape {
        call: CallId::from_bits(call),
        mailbox: "post".into(),
        title: "Beskeder".into(),
        line: "pas-da".into(),
        municipality: Some(MunicipalityId(751)),
        caller: Caller::Number(PhoneNumber::parse("20304050").expect("a number")),
        began: NOW + Duration::from_secs(call as u64),
        due: NOW + Duration::from_secs(3_600),
        keep_days: 30,
        messages_max: 2,
        mail: Some(MailTo { address: "post@kommune.example".into(), attach: false }),
    }
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

async fn leave(voicemail: &Voicemail, call: u128, seconds: usize) -> Result<(), VoicemailError> {
    let mut message = voicemail.take(&tape(call)).await?;
    message.write(&vec![7; seconds * 32_000]).expect("room");
    let head = head(message.bytes() as u32);
    message.keep(&head).await
}

fn files(folder: &Path) -> usize {
    let is_sound = |path: &Path| path.extension().is_some_and(|kind| kind == "wav" || kind == "part");
    fs::read_dir(folder).expect("a folder").filter(|entry| is_sound(&entry.as_ref().expect("one").path())).count()
}

#[test]
fn a_message_is_kept_with_who_rang_and_until_when_it_is_to_be_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        leave(&voicemail, 1, 3).await.expect("kept");
        let all = voicemail.list(&MessagesWanted::default()).await.expect("a list");
        let message = &all[0];
        assert_eq!((all.len(), message.state, message.length), (1, MessageState::Open, Duration::from_secs(3)));
        assert_eq!((&message.caller, message.due), (&tape(1).caller, tape(1).due));
        let sound = fs::read(voicemail.sound(message.call)).expect("its sound");
        assert_eq!((sound.len(), &sound[..4], sound[44]), (44 + 96_000, &b"hhhh"[..], 7));
        let mode = fs::metadata(voicemail.sound(message.call)).expect("its sound").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    });
}

#[test]
fn a_full_mailbox_takes_no_more_until_one_is_closed_and_other_mailboxes_do() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        for call in [1, 2] {
            leave(&voicemail, call, 3).await.expect("kept");
        }
        assert!(matches!(leave(&voicemail, 3, 3).await, Err(VoicemailError::Full(_))));
        let other = MessageTape { mailbox: "andre".into(), ..tape(4) };
        voicemail.take(&other).await.expect("room").give_up().await.expect("gone");
        assert!(voicemail.set_open(CallId::from_bits(1), false, "leder1", NOW).await.expect("closed"));
        leave(&voicemail, 5, 3).await.expect("kept");
        assert_eq!(files(folder.path()), 3);
    });
}

#[test]
fn too_little_is_no_message_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        assert!(matches!(leave(&voicemail, 1, 1).await, Err(VoicemailError::TooShort)));
        assert_eq!(files(folder.path()), 0);
        leave(&voicemail, 1, 3).await.expect("its row is gone, too");
    });
}

#[test]
fn after_a_crash_a_message_is_there_as_far_as_it_was_spoken_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        let mut long = voicemail.take(&tape(1)).await.expect("room");
        long.write(&vec![7; 100_001]).expect("room");
        let mut short = voicemail.take(&tape(2)).await.expect("room");
        short.write(&[7; 100]).expect("room");
        drop((long, short));
        fs::write(folder.path().join(format!("{}.wav", CallId::from_bits(9))), b"nobody knows it").expect("written");
        let after = Voicemail::open(folder.path()).await.expect("open");
        assert_eq!(after.tidy(head).await.expect("tidy"), 1);
        let all = after.list(&MessagesWanted::default()).await.expect("a list");
        assert_eq!((all.len(), all[0].call, files(folder.path())), (1, CallId::from_bits(1), 1));
        let sound = fs::read(after.sound(all[0].call)).expect("its sound");
        assert_eq!((sound.len(), &sound[40..44]), (44 + 100_000, &100_000_u32.to_le_bytes()[..]));
        assert_eq!(after.tidy(head).await.expect("tidy"), 0, "once");
    });
}

#[test]
fn a_closed_message_goes_on_its_day_and_one_that_is_open_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let days = |days: u64| NOW + Duration::from_secs(days * 86_400);
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        for call in [1, 2] {
            leave(&voicemail, call, 3).await.expect("kept");
        }
        let one = CallId::from_bits(1);
        assert!(voicemail.set_open(one, false, "leder1", NOW).await.expect("closed"));
        assert!(!voicemail.set_open(one, false, "leder2", NOW).await.expect("closed already"));
        assert_eq!(voicemail.message(one).await.expect("there").changed, Some(("leder1".into(), NOW)));
        assert_eq!(voicemail.sweep(days(29)).await.expect("swept"), 0);
        assert_eq!(voicemail.sweep(days(30)).await.expect("swept"), 1);
        assert!(matches!(voicemail.message(one).await, Err(VoicemailError::Unknown(_))));
        assert_eq!((files(folder.path()), voicemail.open_and_overdue(days(1)).await.expect("figures")), (1, (1, 1)));
    });
}

#[test]
fn overdue_messages_are_listed_oldest_first_and_are_not_lost_among_many_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        for call in [2, 1] {
            leave(&voicemail, call, 3).await.expect("kept");
        }
        // More than one list holds, all newer, and none of them overdue.
        let many = "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1000 + $1) \
            INSERT INTO message (call, mailbox, title, line, received_us, due_us, keep_days, state, attach) \
            SELECT printf('%032x', i), 'post', '', 'pas-da', $2, $3, 30, 1, 0 FROM n";
        let (received, due) = (NOW + Duration::from_secs(3_000), NOW + Duration::from_secs(9_000));
        let many = sqlx::query(many).bind(MESSAGES_LISTED_MAX as i64);
        many.bind(received.as_micros()).bind(due.as_micros()).execute(&voicemail.rows).await.expect("written");
        let wanted = MessagesWanted { overdue: Some(due), ..MessagesWanted::default() };
        let overdue = voicemail.list(&wanted).await.expect("a list");
        assert_eq!(overdue.iter().map(|one| one.call).collect::<Vec<_>>(), [1, 2].map(CallId::from_bits));
        let all = voicemail.list(&MessagesWanted::default()).await.expect("a list");
        assert!(all.len() == MESSAGES_LISTED_MAX && all.iter().all(|one| one.due == due), "the newest");
    });
}

#[test]
fn a_message_that_cannot_be_deleted_holds_up_no_other_and_goes_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = NOW + Duration::from_secs(30 * 86_400);
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        for call in [1, 2].map(CallId::from_bits) {
            leave(&voicemail, call.bits(), 3).await.expect("kept");
            voicemail.set_open(call, false, "leder1", NOW).await.expect("closed");
        }
        let stubborn = voicemail.sound(CallId::from_bits(1));
        fs::remove_file(&stubborn)
            .and_then(|()| fs::create_dir(&stubborn))
            .expect("a folder can't be removed as a file");
        assert_eq!(voicemail.sweep(later).await.expect("swept"), 1);
        let left = voicemail.list(&MessagesWanted::default()).await.expect("a list");
        assert_eq!(left.iter().map(|one| one.call).collect::<Vec<_>>(), [CallId::from_bits(1)]);
        fs::remove_dir(&stubborn).expect("there");
        assert_eq!(voicemail.sweep(later).await.expect("swept"), 1);
    });
}

#[test]
fn the_number_of_a_deleted_message_stands_nowhere_in_the_folder_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let stands = || {
        let mut files = fs::read_dir(folder.path()).expect("a folder");
        files.any(|file| {
            let bytes = fs::read(file.expect("one").path()).expect("a file");
            bytes.windows(8).any(|piece| piece == b"20304050")
        })
    };
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        leave(&voicemail, 1, 3).await.expect("kept");
        assert!(voicemail.set_open(CallId::from_bits(1), false, "leder1", NOW).await.expect("closed"));
        assert!(stands(), "while it is kept");
        assert_eq!(voicemail.sweep(NOW + Duration::from_secs(30 * 86_400)).await.expect("swept"), 1);
        assert!(!stands());
    });
}

#[test]
fn a_message_that_could_not_be_kept_takes_no_room_in_its_mailbox() {
    let folder = tempfile::tempdir().expect("a folder");
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        leave(&voicemail, 1, 3).await.expect("kept");
        let mut message = voicemail.take(&tape(2)).await.expect("room");
        message.write(&vec![7; 96_000]).expect("room");
        fs::remove_file(voicemail.part(CallId::from_bits(2))).expect("there");
        assert!(matches!(message.keep(&head(96_000)).await, Err(VoicemailError::Disk { .. })));
        // The second place is free again. Where nothing can be removed either, it is so after an hour.
        let stubborn = voicemail.sound(CallId::from_bits(3));
        fs::create_dir(&stubborn).expect("made");
        assert!(matches!(leave(&voicemail, 3, 3).await, Err(VoicemailError::Disk { .. })));
        fs::remove_dir(&stubborn).expect("there");
        assert_eq!(voicemail.sweep(NOW + Duration::from_secs(60)).await.expect("swept"), 0, "somebody may speak");
        assert!(matches!(leave(&voicemail, 4, 3).await, Err(VoicemailError::Full(_))));
        assert_eq!(voicemail.sweep(NOW + Duration::from_secs(3_700)).await.expect("swept"), 1);
        leave(&voicemail, 5, 3).await.expect("room again");
        assert_eq!(files(folder.path()), 2);
    });
}

#[test]
fn a_mail_that_could_not_be_sent_is_tried_again_later_also_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let minutes = |minutes: u64| NOW + Duration::from_secs(minutes * 60);
    block(async {
        let voicemail = Voicemail::open(folder.path()).await.expect("open");
        leave(&voicemail, 1, 3).await.expect("kept");
        let due = voicemail.to_mail(NOW).await.expect("one");
        voicemail.not_mailed(&due[0], NOW).await.expect("noted");
        let after = Voicemail::open(folder.path()).await.expect("open");
        assert_eq!(after.to_mail(NOW).await.expect("none"), []);
        let due = after.to_mail(minutes(1)).await.expect("one");
        assert_eq!(due[0].mail_tries, 1);
        after.not_mailed(&due[0], minutes(1)).await.expect("noted");
        assert_eq!(after.to_mail(minutes(2)).await.expect("none"), [], "two minutes the second time");
        after.mailed(due[0].call, minutes(3)).await.expect("noted");
        assert_eq!(after.to_mail(minutes(600)).await.expect("none"), []);
        assert_eq!(after.message(due[0].call).await.expect("there").mailed, Some(minutes(3)));
    });
}
