//! Citizens' messages in the running node: the scribe's samples become files, and are looked after each minute.
//! Knows who hands what to whom; how much a mailbox holds and how long messages stay, `store` knows.

mod mail;
mod room;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use media_net::{Sealing, Shelf};
use model::{CallId, MessageTape, Moment, Tape};
use store::{OpenMessage, Voicemail, VoicemailError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::recordings;
use crate::settings::{MailServer, Settings};

/// The folder, in the data folder.
const FOLDER: &str = "voicemail";
/// Between two looks at figures and at what is over its date.
const LOOK: Duration = Duration::from_secs(60);

/// All messages, as soon as they can be had.
pub(crate) struct Mailroom {
    folder: PathBuf,
    clock: Clock,
    opened: Mutex<Option<Voicemail>>,
}

/// Looks after the messages, now and each minute. A folder that can't be had is tried again then: until it is there, citizens are
/// told that no message is taken. With it, where the scribe puts messages, and recordings beside them.
pub(crate) fn open(settings: &Settings, clock: Clock, office: &Runtime) -> (Arc<Mailroom>, Option<Box<dyn Shelf>>) {
    let folder = settings.node.data_dir.join(FOLDER);
    let mailroom = Arc::new(Mailroom { folder, clock, opened: Mutex::new(None) });
    if settings.mail.is_none() && settings.plan.mailboxes.iter().any(|mailbox| mailbox.mail.is_some()) {
        warn!("mailboxes have a mail address, but [mail] names no server: nobody is told of messages by mail");
    }
    // Before the first message, and before anybody asks for a list.
    let _told = office.block_on(mailroom.voicemail());
    office.spawn(look_after(mailroom.clone(), settings.mail.clone()));
    let shelf = beside(recordings::open(settings, clock, office), mailroom.clone());
    (mailroom, shelf)
}

impl Mailroom {
    /// The messages, with connections for the runtime that asks. Whoever has them first keeps what a crash cut off.
    async fn voicemail(&self) -> Result<Voicemail, VoicemailError> {
        let mut opened = self.opened.lock().await;
        if let Some(voicemail) = &*opened {
            return Ok(voicemail.again());
        }
        let tidied = async {
            let voicemail = Voicemail::open(&self.folder).await?;
            let cut = voicemail.tidy(media::wav_head).await?;
            Ok((voicemail, cut))
        };
        match tidied.await {
            Ok((voicemail, cut)) => {
                if cut > 0 {
                    warn!(messages = cut, "messages were cut when the node died; they are kept as far as they came");
                }
                Ok(opened.insert(voicemail).again())
            }
            Err(fault) => {
                let folder = self.folder.display();
                error!(%fault, %folder, "citizens' messages can't be kept; tried again within a minute");
                Err(fault)
            }
        }
    }
}

async fn look_after(mailroom: Arc<Mailroom>, server: Option<MailServer>) {
    let mut voicemail = None;
    loop {
        if voicemail.is_none() {
            voicemail = mailroom.voicemail().await.ok();
        }
        if let Some(voicemail) = &voicemail
            && let Err(fault) = look(voicemail, server.as_ref(), mailroom.clock.now()).await
        {
            metrics::counter!("samkald_voicemail_look_failures_total").increment(1);
            error!(%fault, "citizens' messages can't be looked after; tried again within a minute");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(voicemail: &Voicemail, server: Option<&MailServer>, now: Moment) -> Result<(), VoicemailError> {
    let gone = voicemail.sweep(now).await?;
    if gone > 0 {
        info!(messages = gone, "closed messages were deleted on their date");
    }
    let (open, overdue) = voicemail.open_and_overdue(now).await?;
    metrics::gauge!("samkald_voicemail_open").set(open as f64);
    metrics::gauge!("samkald_voicemail_overdue").set(overdue as f64);
    if let Some(server) = server {
        mail::send_due(server, voicemail, now).await?;
    }
    Ok(())
}

/// The scribe's two shelves: recordings, where they are kept, and messages.
struct Shelves {
    recordings: Option<Box<dyn Shelf>>,
    mailroom: Arc<Mailroom>,
    voicemail: Option<Voicemail>,
    runtime: Arc<Runtime>,
}

/// Puts messages beside recordings. Without a runtime for it no message is taken.
fn beside(recordings: Option<Box<dyn Shelf>>, mailroom: Arc<Mailroom>) -> Option<Box<dyn Shelf>> {
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => Some(Box::new(Shelves { recordings, mailroom, voicemail: None, runtime: Arc::new(runtime) })),
        Err(fault) => {
            error!(%fault, "no runtime for citizens' messages; none is taken");
            recordings
        }
    }
}

impl Shelf for Shelves {
    fn begin(&mut self, tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        let recordings = self.recordings.as_mut();
        recordings.ok_or_else(|| io::Error::other("nothing is recorded until the next start"))?.begin(tape)
    }

    fn begin_message(&mut self, message: &MessageTape) -> io::Result<Box<dyn Sealing>> {
        let open = self.runtime.block_on(async {
            let voicemail = match &mut self.voicemail {
                Some(voicemail) => voicemail,
                none => none.insert(self.mailroom.voicemail().await?),
            };
            voicemail.take(message).await
        });
        match open {
            Ok(open) => Ok(Box::new(Letter { open, call: message.call, runtime: self.runtime.clone() })),
            Err(fault) => {
                metrics::counter!("samkald_voicemail_refused_total").increment(1);
                Err(io::Error::other(fault))
            }
        }
    }
}

/// A message that is being spoken.
struct Letter {
    open: OpenMessage,
    call: CallId,
    runtime: Arc<Runtime>,
}

/// The citizen may be gone, and nobody else knows of it.
fn is_lost(call: CallId, fault: &dyn std::fmt::Display) {
    metrics::counter!("samkald_voicemail_lost_total").increment(1);
    error!(%fault, %call, "a citizen's message is lost: look for room on the disk");
}

impl Sealing for Letter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.write(bytes).inspect_err(|fault| is_lost(self.call, fault))
    }

    fn keep(self: Box<Self>, _ended: Moment, _lost: u32) -> io::Result<()> {
        let head = media::wav_head(u32::try_from(self.open.bytes()).unwrap_or(u32::MAX));
        let call = self.call;
        let kept = self.runtime.block_on(self.open.keep(&head));
        kept.inspect_err(|fault| is_lost(call, fault)).map_err(io::Error::other)?;
        metrics::counter!("samkald_voicemail_kept_total").increment(1);
        Ok(())
    }

    fn give_up(self: Box<Self>, _ended: Moment) {
        if let Err(fault) = self.runtime.block_on(self.open.give_up()) {
            error!(%fault, "a message that is none can't be removed now; the next start does");
        }
    }
}
