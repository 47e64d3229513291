//! Which messages somebody is still to be told of by mail. The row is the spool: what was not mailed is tried again, also after a
//! restart, ever more seldom.
//! Knows rows and waits; not how mail is sent.

use std::time::Duration;

use model::{CallId, Message, Moment};

use super::{Voicemail, VoicemailError, row};

/// Mails that are taken up at once.
pub const MAILED_AT_ONCE_MAX: usize = 50;
/// After the first try in vain; doubled with each, up to …
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// … six hours.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(6 * 3_600);

impl Voicemail {
    /// Open messages of which nobody was told yet, and whose turn it is; the oldest first.
    pub async fn to_mail(&self, now: Moment) -> Result<Vec<Message>, VoicemailError> {
        let columns = row::COLUMNS;
        let question = format!(
            "SELECT {columns} FROM message WHERE state = 1 AND mail_to IS NOT NULL AND mailed_us IS NULL \
             AND mail_next_us <= $1 ORDER BY received_us LIMIT $2"
        );
        let question = sqlx::query(sqlx::AssertSqlSafe(question)).bind(now.as_micros()).bind(MAILED_AT_ONCE_MAX as i64);
        Ok(question.fetch_all(&self.rows).await?.iter().map(row::read).collect::<Result<_, _>>()?)
    }

    /// Somebody was told of it.
    pub async fn mailed(&self, call: CallId, at: Moment) -> Result<(), VoicemailError> {
        let update = sqlx::query("UPDATE message SET mailed_us = $2 WHERE call = $1");
        update.bind(call.to_string()).bind(at.as_micros()).execute(&self.rows).await?;
        Ok(())
    }

    /// That was tried in vain.
    pub async fn not_mailed(&self, message: &Message, at: Moment) -> Result<(), VoicemailError> {
        let wait = AGAIN_AFTER.saturating_mul(1 << message.mail_tries.min(10)).min(AGAIN_AFTER_MAX);
        let update = sqlx::query("UPDATE message SET mail_tries = mail_tries + 1, mail_next_us = $2 WHERE call = $1");
        update.bind(message.call.to_string()).bind((at + wait).as_micros()).execute(&self.rows).await?;
        Ok(())
    }
}
