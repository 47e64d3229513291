//! Care for messages: closing and opening again, deletion on their date, and what a crash left.
//! Knows states and dates; not who may do what.

use std::fs::{self, File, OpenOptions};
use std::io::Write;

use model::{CallId, Moment};

use super::taking::{BYTES_MIN, gone};
use super::{Voicemail, VoicemailError, call_of};

const DAY_US: i64 = 86_400_000_000;
const HEAD_BYTES: u64 = 44;
/// Nobody speaks for so long: a message that is still being taken then could be neither kept nor given up.
const TAKING_MAX_US: i64 = 3_600_000_000;

impl Voicemail {
    /// Somebody has answered it, or has not after all. Whether anything changed.
    pub async fn set_open(&self, call: CallId, open: bool, who: &str, at: Moment) -> Result<bool, VoicemailError> {
        let update = sqlx::query(
            "UPDATE message SET state = $2, changed_us = $3, changed_by = $4 WHERE call = $1 AND state = $5",
        );
        let (from, to) = if open { (2, 1) } else { (1, 2) };
        let update = update.bind(call.to_string()).bind(to).bind(at.as_micros()).bind(who).bind(from);
        Ok(update.execute(&self.rows).await?.rows_affected() > 0)
    }

    /// Deletes what was closed long enough ago, and what could be neither kept nor given up; how many. One that can't be deleted now holds up no other.
    pub async fn sweep(&self, now: Moment) -> Result<usize, VoicemailError> {
        let due = sqlx::query_scalar::<_, String>(
            "SELECT call FROM message WHERE (state = 2 AND changed_us + keep_days * $1 <= $2) OR (state = 0 AND received_us + $3 <= $2)",
        );
        let due = due.bind(DAY_US).bind(now.as_micros()).bind(TAKING_MAX_US).fetch_all(&self.rows).await?;
        let mut gone = 0;
        for call in due.iter().filter_map(|text| call_of(text)) {
            match self.forget(call).await {
                Ok(()) => gone += 1,
                Err(fault) => {
                    tracing::error!(%fault, %call, "a message can't be deleted on its date; tried again with the next look");
                }
            }
        }
        self.carry_over().await?;
        Ok(gone)
    }

    /// What was deleted still stands in the log beside the file until it is carried over. Somebody else who reads just now may prevent
    /// it: then the next look does it.
    async fn carry_over(&self) -> Result<(), VoicemailError> {
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.rows).await?;
        if busy != 0 {
            tracing::warn!("the messages' database is being read; what was deleted is overwritten with the next look");
        }
        Ok(())
    }

    /// Open messages, and how many of them are overdue, for figures.
    pub async fn open_and_overdue(&self, now: Moment) -> Result<(u64, u64), VoicemailError> {
        let both = "SELECT COALESCE(SUM(state = 1), 0), COALESCE(SUM(state = 1 AND due_us < $1), 0) FROM message";
        let (open, overdue): (i64, i64) = sqlx::query_as(both).bind(now.as_micros()).fetch_one(&self.rows).await?;
        Ok((open as u64, overdue as u64))
    }

    /// After a crash, before any message is taken: one that was being spoken is kept as far as it came if it is long enough, and
    /// files that nobody knows are removed. `head` writes what stands before so many bytes. How many were kept.
    pub async fn tidy(&self, head: fn(u32) -> [u8; 44]) -> Result<usize, VoicemailError> {
        let taking =
            sqlx::query_scalar::<_, String>("SELECT call FROM message WHERE state = 0").fetch_all(&self.rows).await?;
        let mut kept = 0;
        for call in taking.iter().filter_map(|text| call_of(text)) {
            match self.spoken(call, head)? {
                Some(bytes) => {
                    self.is_open(call, bytes).await?;
                    kept += 1;
                }
                None => self.forget(call).await?,
            }
        }
        self.remove_unknown().await?;
        Ok(kept)
    }

    /// Names what there is of a message that was cut; its bytes, if it is long enough.
    fn spoken(&self, call: CallId, head: fn(u32) -> [u8; 44]) -> Result<Option<u64>, VoicemailError> {
        let failed = |error| self.failed(error);
        let part = self.part(call);
        if !part.exists() {
            // Named already: only its row was still to be written.
            return Ok(fs::metadata(self.sound(call)).ok().map(|sound| sound.len().saturating_sub(HEAD_BYTES)));
        }
        let length = File::open(&part).and_then(|file| file.metadata()).map_err(failed)?.len();
        // Whole samples.
        let bytes = length.saturating_sub(HEAD_BYTES) & !1;
        if bytes < BYTES_MIN {
            return Ok(None);
        }
        let mut file = OpenOptions::new().write(true).open(&part).map_err(failed)?;
        let head = head(u32::try_from(bytes).unwrap_or(u32::MAX));
        file.set_len(HEAD_BYTES + bytes).and_then(|()| file.write_all(&head)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        self.name(call)?;
        Ok(Some(bytes))
    }

    async fn remove_unknown(&self) -> Result<(), VoicemailError> {
        let known = sqlx::query_scalar::<_, String>("SELECT call FROM message").fetch_all(&self.rows).await?;
        for entry in fs::read_dir(&self.folder).map_err(|error| self.failed(error))? {
            let path = entry.map_err(|error| self.failed(error))?.path();
            let is_sound = path.extension().is_some_and(|kind| kind == "wav" || kind == "part");
            let name = path.file_stem().and_then(|name| name.to_str()).filter(|name| call_of(name).is_some());
            if let Some(name) = name.filter(|_| is_sound)
                && !known.iter().any(|call| call == name)
            {
                gone(&path).map_err(|error| self.failed(error))?;
            }
        }
        Ok(())
    }
}
