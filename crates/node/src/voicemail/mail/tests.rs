//! Mails about messages, given to a mail server of the test's own, which speaks as little SMTP as it can.
//! Knows what was handed over; not who reads it.

use model::{CallId, Caller, MailTo, MessageTape, PhoneNumber};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;

const NOW: Moment = Moment::from_secs(1_795_000_000);

fn at(port: u16) -> MailServer {
    let (server, from) = ("127.0.0.1".to_owned(), "Samkald <samkald@centre.example>".to_owned());
    MailServer { server, port, tls: MailTls::None, from, login: None }
}

async fn left(folder: &std::path::Path, attach: bool) -> Voicemail {
    let voicemail = Voicemail::open(folder).await.expect("open");
    let tape = MessageTape {
        call: CallId::from_bits(7),
        mailbox: "post".into(),
        title: "Beskeder om pas".into(),
        line: "pas".into(),
        municipality: None,
        caller: Caller::Number(PhoneNumber::parse("20304050").expect("a number")),
        began: NOW,
        due: NOW + Duration::from_secs(3_600),
        keep_days: 30,
        messages_max: 2,
        mail: Some(MailTo { address: "post@kommune.example".into(), attach }),
    };
    let mut message = voicemail.take(&tape).await.expect("room");
    message.write(&vec![7; 96_000]).expect("room");
    let head = media::wav_head(96_000);
    message.keep(&head).await.expect("kept");
    voicemail
}

/// Takes one mail, and gives it back as it came.
async fn takes_one(listener: TcpListener) -> String {
    let (stream, _) = listener.accept().await.expect("somebody comes");
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 ready\r\n").await.expect("heard");
    let (mut mail, mut line, mut is_mail) = (String::new(), String::new(), false);
    while stream.read_line(&mut line).await.expect("lines") > 0 {
        let said = std::mem::take(&mut line);
        let answer: &[u8] = match (is_mail, &said[..said.len().min(4)]) {
            (true, ".\r\n") => b"250 taken\r\n",
            (true, _) => {
                mail.push_str(&said);
                continue;
            }
            (false, "DATA") => b"354 go on\r\n",
            (false, "QUIT") => b"221 bye\r\n",
            (false, _) => b"250 yes\r\n",
        };
        is_mail = answer.starts_with(b"354");
        if said.starts_with("RCPT") {
            mail.push_str(&said);
        }
        stream.write_all(answer).await.expect("heard");
        if answer.starts_with(b"250 taken") {
            break;
        }
    }
    mail
}

async fn mailed(attach: bool) -> (String, Voicemail, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let voicemail = left(folder.path(), attach).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = at(listener.local_addr().expect("bound").port());
    let takes = tokio::spawn(takes_one(listener));
    send_due(&server, &voicemail, NOW).await.expect("rows");
    (takes.await.expect("a mail"), voicemail, folder)
}

#[tokio::test]
async fn the_municipality_is_told_once_and_neither_number_nor_sound_stands_in_the_mail() {
    let (mail, voicemail, _folder) = mailed(false).await;
    assert!(mail.contains("RCPT TO:<post@kommune.example>") && mail.contains("Beskeder om pas"), "{mail}");
    assert!(!mail.contains("20304050") && !mail.contains("audio/wav"), "{mail}");
    assert_eq!(voicemail.message(CallId::from_bits(7)).await.expect("there").mailed, Some(NOW));
    assert_eq!(voicemail.to_mail(NOW).await.expect("rows"), []);
}

#[tokio::test]
async fn the_sound_goes_with_the_mail_where_the_mailbox_says_so() {
    let (mail, _voicemail, _folder) = mailed(true).await;
    assert!(mail.contains("audio/wav") && mail.contains("UklGR"), "a WAV file in base64: {mail:.2000}");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_asked_again_later_and_the_message_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let voicemail = left(folder.path(), false).await;
    // Nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("bound").port();
    send_due(&at(port), &voicemail, NOW).await.expect("rows");
    assert_eq!(voicemail.to_mail(NOW).await.expect("rows"), []);
    let again = voicemail.to_mail(NOW + Duration::from_secs(60)).await.expect("rows");
    assert_eq!((again.len(), again[0].mail_tries, again[0].mailed), (1, 1, None));
}
