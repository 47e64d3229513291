//! A message that is being spoken: its row first, then its file, which gets its name when it is whole.
//! Knows one file at a time, and how much a mailbox may hold.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use model::{CallId, MessageTape};
use sqlx::Row;

use super::{VOICEMAIL_BYTES_MAX, Voicemail, VoicemailError, row};
use crate::spool::{private, sync_folder};

/// What stands before the samples, as its keeper writes it.
const HEAD_BYTES: usize = 44;
/// Bytes of samples that make a message: two seconds of 16 bits at 16 kHz.
pub(super) const BYTES_MIN: u64 = 2 * 32_000;
/// Bytes of one message: the longest that a plan allows, and ten seconds. What comes after is an error.
const BYTES_MAX: u64 = 310 * 32_000;

/// A message that is being spoken.
#[derive(Debug)]
pub struct OpenMessage {
    voicemail: Voicemail,
    call: CallId,
    file: File,
    bytes: u64,
}

impl Voicemail {
    /// A message is about to be spoken: there must be room for it.
    pub async fn take(&self, message: &MessageTape) -> Result<OpenMessage, VoicemailError> {
        let mut transaction = self.rows.begin_with("BEGIN IMMEDIATE").await?;
        let held = sqlx::query(
            "SELECT COALESCE(SUM(bytes), 0) AS bytes, COALESCE(SUM(mailbox = $1 AND state <> 2), 0) AS open FROM message",
        );
        let held = held.bind(message.mailbox.as_str()).fetch_one(&mut *transaction).await?;
        if held.try_get::<i64, _>("open")? >= i64::from(message.messages_max) {
            return Err(VoicemailError::Full(message.mailbox.clone()));
        }
        if held.try_get::<i64, _>("bytes")? as u64 >= VOICEMAIL_BYTES_MAX {
            return Err(VoicemailError::AllFull);
        }
        row::insert(message, &mut transaction).await?;
        let path = self.part(message.call);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let file = options.open(&path).and_then(|mut file| file.write_all(&[0; HEAD_BYTES]).map(|()| file));
        let file = file.map_err(|error| self.failed(error))?;
        if let Err(fault) = transaction.commit().await {
            let _gone = fs::remove_file(&path);
            return Err(fault.into());
        }
        Ok(OpenMessage { voicemail: self.clone(), call: message.call, file, bytes: 0 })
    }
}

impl OpenMessage {
    /// What comes next of it.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes + bytes.len() as u64 > BYTES_MAX {
            return Err(io::Error::other("the message is longer than any may be"));
        }
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes of samples it has.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// It is whole: `head` is what stands before its samples. One that is too short, or can't be kept, is given up: it takes no room
    /// in its mailbox.
    pub async fn keep(mut self, head: &[u8; HEAD_BYTES]) -> Result<(), VoicemailError> {
        if self.bytes < BYTES_MIN {
            self.give_up().await?;
            return Err(VoicemailError::TooShort);
        }
        let kept = self.settle(head).await;
        if kept.is_err() {
            // What can't be removed now either, a later look removes.
            let _later = self.give_up().await;
        }
        kept
    }

    async fn settle(&mut self, head: &[u8; HEAD_BYTES]) -> Result<(), VoicemailError> {
        let Self { voicemail, call, file, bytes } = self;
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(head)).and_then(|()| file.sync_all());
        written.map_err(|error| voicemail.failed(error))?;
        voicemail.name(*call)?;
        voicemail.is_open(*call, *bytes).await
    }

    /// Nothing of it is left.
    pub async fn give_up(self) -> Result<(), VoicemailError> {
        self.voicemail.forget(self.call).await
    }
}

impl Voicemail {
    /// Gives a message's sound its name.
    pub(super) fn name(&self, call: CallId) -> Result<(), VoicemailError> {
        let sound = self.sound(call);
        fs::rename(self.part(call), &sound).and_then(|()| sync_folder(&sound)).map_err(|error| self.failed(error))
    }

    /// From now on it waits for an answer.
    pub(super) async fn is_open(&self, call: CallId, bytes: u64) -> Result<(), VoicemailError> {
        let update = sqlx::query("UPDATE message SET state = 1, bytes = $2 WHERE call = $1 AND state = 0");
        update.bind(call.to_string()).bind(bytes as i64).execute(&self.rows).await?;
        Ok(())
    }

    /// Deletes a message: its sound first, so that what is deleted is gone.
    pub(super) async fn forget(&self, call: CallId) -> Result<(), VoicemailError> {
        for path in [self.part(call), self.sound(call)] {
            gone(&path).map_err(|error| self.failed(error))?;
        }
        sqlx::query("DELETE FROM message WHERE call = $1").bind(call.to_string()).execute(&self.rows).await?;
        Ok(())
    }
}

pub(super) fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
        Ok(()) | Err(_) => Ok(()),
    }
}
