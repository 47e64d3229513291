//! Municipalities are told by mail that a citizen left a message, with its sound where the mailbox says so.
//! Knows a mail server and words; which mails are still to be sent, and when again, `store` knows. No number stands in a mail.

use std::time::Duration;

use anyhow::Context;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use model::{Message, Moment};
use store::{Voicemail, VoicemailError};

use crate::settings::{MailServer, MailTls};

/// The longest that one step of the server may take.
const STEP_MAX: Duration = Duration::from_secs(20);

/// Sends what is due. One that can't be sent is tried again later, and holds up no other.
pub(super) async fn send_due(server: &MailServer, voicemail: &Voicemail, now: Moment) -> Result<(), VoicemailError> {
    let due = voicemail.to_mail(now).await?;
    if due.is_empty() {
        return Ok(());
    }
    let way = way(server).await;
    for message in due {
        let sent = match &way {
            Ok(way) => send(server, way, voicemail, &message).await,
            Err(fault) => Err(anyhow::anyhow!("{fault:#}")),
        };
        match sent {
            Ok(()) => {
                metrics::counter!("samkald_voicemail_mails_sent_total").increment(1);
                voicemail.mailed(message.call, now).await?;
            }
            Err(fault) => {
                metrics::counter!("samkald_voicemail_mails_failed_total").increment(1);
                let (call, tries) = (message.call, message.mail_tries + 1);
                tracing::warn!(fault = format!("{fault:#}"), %call, tries, "a mail about a message can't be sent; tried again later");
                voicemail.not_mailed(&message, now).await?;
            }
        }
    }
    Ok(())
}

type Way = AsyncSmtpTransport<Tokio1Executor>;

/// The password is read anew each time: it may be changed while the node runs.
async fn way(server: &MailServer) -> anyhow::Result<Way> {
    let host = &server.server;
    let builder = match server.tls {
        MailTls::Tls => Way::relay(host)?,
        MailTls::Starttls => Way::starttls_relay(host)?,
        MailTls::None => Way::builder_dangerous(host),
    };
    let builder = builder.port(server.port).timeout(Some(STEP_MAX));
    let Some((user, file)) = &server.login else { return Ok(builder.build()) };
    let password = tokio::fs::read_to_string(file).await;
    let password = password.with_context(|| format!("[mail] password_file {}", file.display()))?;
    Ok(builder.credentials(Credentials::new(user.clone(), password.trim_end().to_owned())).build())
}

async fn send(server: &MailServer, way: &Way, voicemail: &Voicemail, message: &Message) -> anyhow::Result<()> {
    let Some(to) = &message.mail else { return Ok(()) };
    let sound = if to.attach { Some(tokio::fs::read(voicemail.sound(message.call)).await?) } else { None };
    way.send(written(server, message, sound)?).await?;
    Ok(())
}

/// The mail. Its id is the message's: one that is sent twice, because the node died in between, is known as one.
fn written(server: &MailServer, message: &Message, sound: Option<Vec<u8>>) -> anyhow::Result<Mail> {
    let to = message.mail.as_ref().context("nobody is to be told")?;
    let from: lettre::message::Mailbox = server.from.parse()?;
    let mail = Mail::builder()
        .message_id(Some(format!("<{}.voicemail@{}>", message.call, from.email.domain())))
        .from(from)
        .to(to.address.parse()?)
        .subject(format!("Ny besked i postkassen {}", message.title));
    let words = SinglePart::plain(words(message));
    let Some(sound) = sound else { return Ok(mail.singlepart(words)?) };
    let sound = Attachment::new(format!("{}.wav", message.call)).body(sound, ContentType::parse("audio/wav")?);
    Ok(mail.multipart(MultiPart::mixed().singlepart(words).singlepart(sound))?)
}

fn words(message: &Message) -> String {
    let clock = |at: Moment| plan::local_time(at).strftime("%d.%m.%Y kl. %H.%M").to_string();
    let (received, due, seconds) = (clock(message.received), clock(message.due), message.length.as_secs());
    let (title, call) = (&message.title, message.call);
    format!(
        "En borger har lagt en besked i postkassen {title}.\n\nModtaget: {received}\nLængde: {seconds} sekunder\n\
         Skal besvares inden: {due}\n\nHør den: samkald voicemail listen {call} -o besked.wav\n\
         Luk den, når den er besvaret: samkald voicemail close {call}\n"
    )
}

#[cfg(test)]
mod tests;
