//! The board's messages as JSON, with the names of the proto file.
//! Knows names and units of the output; doesn't know where the figures come from.

use api::proto::supervision as pb;
use serde_json::{Value, json};

/// One message on one line.
pub(crate) fn message(message: &pb::WatchResponse) -> Value {
    json!({
        "at_unix_ms": message.at_unix_ms,
        "whole": message.whole,
        "queues": message.queues.iter().map(queue).collect::<Vec<_>>(),
        "agents": message.agents.iter().map(agent).collect::<Vec<_>>(),
        "totals": message.totals.as_ref().map(totals),
        "queues_gone": message.queues_gone,
        "agents_gone": message.agents_gone,
    })
}

fn queue(queue: &pb::Queue) -> Value {
    json!({
        "id": queue.id,
        "title": queue.title,
        "waiting": queue.waiting,
        "longest_since_unix_ms": queue.longest_since_unix_ms,
        "offered": queue.offered,
        "talking": queue.talking,
        "today_arrived": queue.today_arrived,
        "today_answered": queue.today_answered,
        "today_answered_in_time": queue.today_answered_in_time,
        "today_abandoned": queue.today_abandoned,
        "target_ms": queue.target_ms,
    })
}

fn agent(agent: &pb::Agent) -> Value {
    let state = agent.state.clone().unwrap_or_default();
    json!({
        "id": agent.id,
        "name": agent.name,
        "state": state.agent_state().as_str_name(),
        "pause_cause": state.pause_cause().as_str_name(),
        "pause_code": state.pause_code,
        "since_unix_ms": agent.since_unix_ms,
        "call_id": agent.call_id,
        "home_code": agent.home_code,
    })
}

fn totals(totals: &pb::Totals) -> Value {
    let today = totals.today.iter().map(|count| (count.outcome.clone(), Value::from(count.calls)));
    json!({
        "calls_now": totals.calls_now,
        "waiting": totals.waiting,
        "agents_on_duty": totals.agents_on_duty,
        "agents_ready": totals.agents_ready,
        "today": today.collect::<serde_json::Map<_, _>>(),
    })
}
