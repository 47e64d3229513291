//! A message as its database has it, and how messages are looked for.
//! Knows columns; what becomes of a message is decided elsewhere.

use std::sync::Arc;
use std::time::Duration;

use model::{
    CallId, Caller, CallerText, LineId, MailTo, MailboxId, Message, MessageState, MessageTape, Moment, MunicipalityId,
    PhoneNumber,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use super::{MESSAGES_LISTED_MAX, Voicemail, VoicemailError, call_of};

/// As rows number them.
const STATES: [MessageState; 3] = [MessageState::Taking, MessageState::Open, MessageState::Closed];

/// Which messages.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MessagesWanted {
    /// Of this mailbox.
    pub mailbox: Option<MailboxId>,
    /// Of this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Those that are open, or those that are closed.
    pub open: Option<bool>,
    /// Open ones that should have been answered before this moment; then the oldest come first.
    pub overdue: Option<Moment>,
    /// This one.
    pub call: Option<CallId>,
}

pub(super) const COLUMNS: &str = "call, mailbox, title, line, municipality, number, other, received_us, due_us, keep_days, state, \
    bytes, changed_us, changed_by, mail_to, attach, mailed_us, mail_tries";

/// Writes the row of a message that is about to be spoken.
pub(super) async fn insert(message: &MessageTape, to: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (number, other) = match &message.caller {
        Caller::Withheld => (None, None),
        Caller::Number(number) => (Some(number.reveal()), None),
        Caller::Text(text) => (None, Some(text.reveal())),
    };
    let insert = "INSERT INTO message (call, mailbox, title, line, municipality, number, other, received_us, due_us, \
        keep_days, state, mail_to, attach) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)";
    let insert = sqlx::query(insert)
        .bind(message.call.to_string())
        .bind(message.mailbox.as_str())
        .bind(&*message.title)
        .bind(message.line.as_str())
        .bind(message.municipality.map(|id| i64::from(id.0)))
        .bind(number)
        .bind(other)
        .bind(message.began.as_micros())
        .bind(message.due.as_micros())
        .bind(i64::from(message.keep_days))
        .bind(message.mail.as_ref().map(|mail| &*mail.address))
        .bind(message.mail.as_ref().is_some_and(|mail| mail.attach));
    insert.execute(to).await.map(drop)
}

pub(super) fn read(row: &SqliteRow) -> Result<Message, sqlx::Error> {
    let wrong = |column: &str| sqlx::Error::ColumnDecode { index: column.into(), source: "can't be read".into() };
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let moment = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Moment::from_micros));
    let caller = match (text("number")?, text("other")?) {
        (Some(number), _) => Caller::Number(PhoneNumber::from_kept(&number).map_err(|_| wrong("number"))?),
        (None, Some(other)) => Caller::Text(CallerText::new(&other)),
        (None, None) => Caller::Withheld,
    };
    let state: i64 = row.try_get("state")?;
    let attach: bool = row.try_get("attach")?;
    Ok(Message {
        call: call_of(row.try_get("call")?).ok_or_else(|| wrong("call"))?,
        mailbox: MailboxId::new(row.try_get("mailbox")?),
        title: Arc::from(row.try_get::<&str, _>("title")?),
        line: LineId::new(row.try_get("line")?),
        municipality: row.try_get::<Option<i64>, _>("municipality")?.map(|id| MunicipalityId(id as u16)),
        caller,
        received: Moment::from_micros(row.try_get("received_us")?),
        due: Moment::from_micros(row.try_get("due_us")?),
        keep_days: row.try_get::<i64, _>("keep_days")? as u16,
        state: *usize::try_from(state).ok().and_then(|at| STATES.get(at)).ok_or_else(|| wrong("state"))?,
        length: media_length(row.try_get::<i64, _>("bytes")? as u64),
        changed: text("changed_by")?.map(Arc::from).zip(moment("changed_us")?),
        mail: text("mail_to")?.map(|address| MailTo { address: address.into(), attach }),
        mailed: moment("mailed_us")?,
        mail_tries: row.try_get::<i64, _>("mail_tries")? as u32,
    })
}

/// How long so many bytes of samples are: 16 bits, 16 kHz.
pub(super) fn media_length(bytes: u64) -> Duration {
    Duration::from_micros(bytes / 2 * 1_000_000 / 16_000)
}

impl Voicemail {
    /// The messages that are wanted, newest first (overdue ones oldest first), at most [`MESSAGES_LISTED_MAX`]. One that is being spoken is none yet.
    pub async fn list(&self, wanted: &MessagesWanted) -> Result<Vec<Message>, VoicemailError> {
        let mut question = QueryBuilder::new(format!("SELECT {COLUMNS} FROM message WHERE state <> 0"));
        if let Some(mailbox) = &wanted.mailbox {
            question.push(" AND mailbox = ").push_bind(mailbox.to_string());
        }
        if let Some(municipality) = wanted.municipality {
            question.push(" AND municipality = ").push_bind(i64::from(municipality.0));
        }
        if let Some(open) = wanted.open {
            question.push(if open { " AND state = 1" } else { " AND state = 2" });
        }
        if let Some(call) = wanted.call {
            question.push(" AND call = ").push_bind(call.to_string());
        }
        if let Some(now) = wanted.overdue {
            question.push(" AND state = 1 AND due_us < ").push_bind(now.as_micros());
        }
        question.push(if wanted.overdue.is_some() { " ORDER BY received_us" } else { " ORDER BY received_us DESC" });
        question.push(", call LIMIT ").push_bind(MESSAGES_LISTED_MAX as i64);
        Ok(question.build().fetch_all(&self.rows).await?.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// One message.
    pub async fn message(&self, call: CallId) -> Result<Message, VoicemailError> {
        let wanted = MessagesWanted { call: Some(call), ..MessagesWanted::default() };
        self.list(&wanted).await?.pop().ok_or(VoicemailError::Unknown(call))
    }
}
