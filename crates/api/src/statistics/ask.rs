//! Requests for statistics, read and bounded: what can't be read is refused here, with a name.
//! Knows what a question may ask for; doesn't know where the answers are kept.

use std::time::Duration;

use model::{AgentId, CallId, LineId, Moment, MunicipalityId, QueueId};

use crate::proto::statistics as pb;
use crate::refusal::Refusal;
use crate::statistics::{CallAsked, IntervalsAsked, Key, KeyKind};

/// Calls on a page, at most.
const PAGE_MAX: u32 = 1_000;
/// Calls on a page, if nobody says.
const PAGE_DEFAULT: u32 = 100;
/// The longest time whose intervals are told at once.
const INTERVALS_SPAN_MAX: Duration = Duration::from_secs(31 * 24 * 3600);

/// A page of calls; one call more than the page holds is asked for, to know whether there is another page.
pub(crate) fn calls(request: &pb::ListCallsRequest, now: Moment) -> Result<CallAsked, Refusal> {
    if request.page_size > PAGE_MAX {
        return Err(Refusal::BadPage);
    }
    let page = if request.page_size == 0 { PAGE_DEFAULT } else { request.page_size };
    let from = Moment::from_millis(request.from_unix_ms);
    let to = if request.to_unix_ms == 0 { now } else { Moment::from_millis(request.to_unix_ms) };
    if from > to {
        return Err(Refusal::BadRange);
    }
    let older_than = if request.page_token.is_empty() { None } else { Some(page_place(&request.page_token)?) };
    Ok(CallAsked {
        from,
        to,
        agent: (!request.agent_id.is_empty()).then(|| AgentId::new(&request.agent_id)),
        line: (!request.line_id.is_empty()).then(|| LineId::new(&request.line_id)),
        older_than,
        limit: page as usize + 1,
    })
}

/// The token of the page after the call of that arrival and id.
pub(crate) fn page_token(arrived: Moment, call: CallId) -> String {
    format!("c1.{:x}.{call}", arrived.as_micros())
}

fn page_place(token: &str) -> Result<(Moment, CallId), Refusal> {
    let parts = token.strip_prefix("c1.").and_then(|rest| rest.split_once('.'));
    let (arrived, call) = parts.ok_or(Refusal::BadPage)?;
    let arrived = i64::from_str_radix(arrived, 16).map_err(|_| Refusal::BadPage)?;
    let call = u128::from_str_radix(call, 16).map_err(|_| Refusal::BadPage)?;
    Ok((Moment::from_micros(arrived), CallId::from_bits(call)))
}

/// Which intervals.
pub(crate) fn intervals(request: &pb::IntervalsRequest, now: Moment) -> Result<IntervalsAsked, Refusal> {
    let from = Moment::from_millis(request.from_unix_ms);
    let to = if request.to_unix_ms == 0 { now } else { Moment::from_millis(request.to_unix_ms) };
    if from > to || to.since(from) > INTERVALS_SPAN_MAX {
        return Err(Refusal::BadRange);
    }
    let by = match request.group_by() {
        pb::GroupBy::Unspecified | pb::GroupBy::Queue => KeyKind::Queue,
        pb::GroupBy::Line => KeyKind::Line,
        pb::GroupBy::Municipality => KeyKind::Municipality,
    };
    let only = if request.key.is_empty() { None } else { Some(key(by, &request.key)?) };
    Ok(IntervalsAsked { from, to, by, only })
}

fn key(by: KeyKind, text: &str) -> Result<Key, Refusal> {
    Ok(match by {
        KeyKind::Queue => Key::Queue(QueueId::new(text)),
        KeyKind::Line => Key::Line(LineId::new(text)),
        KeyKind::Municipality if text == "unknown" => Key::Municipality(None),
        KeyKind::Municipality => {
            let code = text.parse().map_err(|_| Refusal::BadKey)?;
            Key::Municipality(Some(MunicipalityId(code)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ShardNo;

    const NOON: Moment = Moment::from_secs(1_795_000_000);

    #[test]
    fn the_next_page_goes_on_after_the_last_call_of_this_one() {
        let call = CallId::new(1_795_000_000_000, ShardNo(2), 9);
        let page_token = page_token(NOON, call);
        let asked = calls(&pb::ListCallsRequest { page_token, ..Default::default() }, NOON).expect("a page");
        assert_eq!(asked.older_than, Some((NOON, call)));
        assert_eq!((asked.limit, asked.to), (101, NOON));
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let ask = |page_size, page_token: &str, from_unix_ms, to_unix_ms| {
            let page_token = page_token.to_owned();
            calls(&pb::ListCallsRequest { page_size, page_token, from_unix_ms, to_unix_ms, ..Default::default() }, NOON)
        };
        assert_eq!(ask(1_001, "", 0, 0), Err(Refusal::BadPage));
        assert_eq!(ask(0, "c1.12", 0, 0), Err(Refusal::BadPage));
        assert_eq!(ask(0, "", 2, 1), Err(Refusal::BadRange));
        let month = pb::IntervalsRequest { from_unix_ms: 1, to_unix_ms: 32 * 24 * 3_600_000, ..Default::default() };
        assert_eq!(intervals(&month, NOON), Err(Refusal::BadRange));
        let group_by = pb::GroupBy::Municipality.into();
        let oslo = pb::IntervalsRequest { to_unix_ms: 1, group_by, key: "Oslo".to_owned(), ..Default::default() };
        assert_eq!(intervals(&oslo, NOON), Err(Refusal::BadKey));
    }
}
