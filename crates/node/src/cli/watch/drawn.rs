//! The board as text: a whole page, or a line for each thing that changed. Pure: messages and the time in, text out.
//! Knows columns and time; doesn't know where the figures come from.

use std::fmt::Write as _;
use std::time::Duration;

use api::proto::desk::AgentState;
use api::proto::supervision as pb;

use crate::cli::desk::{clock, state};
use crate::cli::watch::board::Board;

/// Agents drawn on a page; the rest is told as a number.
const AGENTS_DRAWN_MAX: usize = 40;
/// Width of names on a page.
const NAME_WIDTH: usize = 28;

/// The whole page. Agents who are off duty are left out.
pub(crate) fn whole(board: &Board, now_ms: i64) -> String {
    let mut page = sums(&board.totals);
    let head = ["venter", "længst", "ringer", "taler", "besvaret", "opgivet", "i tide"];
    let _ = write!(page, "\n{:NAME_WIDTH$}", "Kø");
    for word in head {
        let _ = write!(page, "{word:>9}");
    }
    page.push('\n');
    for queue in board.queues.values() {
        page.push_str(&self::queue(queue, now_ms));
    }
    let on_duty: Vec<_> = board.agents.values().filter(|agent| state_of(agent) != AgentState::Off).collect();
    let _ = writeln!(page, "\n{:NAME_WIDTH$}{:>9}  er", "Agent på vagt", "siden");
    for agent in on_duty.iter().take(AGENTS_DRAWN_MAX) {
        page.push_str(&self::agent(agent, now_ms));
    }
    if on_duty.len() > AGENTS_DRAWN_MAX {
        let _ = writeln!(page, "… og {} til", on_duty.len() - AGENTS_DRAWN_MAX);
    }
    page
}

/// A line for each queue and agent that changed.
pub(crate) fn changes(message: &pb::WatchResponse, now_ms: i64) -> String {
    let mut lines = String::new();
    for queue in &message.queues {
        let _ = write!(lines, "kø    {}", self::queue(queue, now_ms));
    }
    for agent in &message.agents {
        let _ = write!(lines, "agent {}", self::agent(agent, now_ms));
    }
    for id in message.queues_gone.iter().chain(&message.agents_gone) {
        let _ = writeln!(lines, "væk   {id}");
    }
    lines
}

fn sums(totals: &pb::Totals) -> String {
    let today: Vec<_> = totals.today.iter().filter(|count| count.calls > 0).collect();
    let today = today.iter().map(|count| format!("{} {}", count.calls, outcome(&count.outcome)));
    let today = today.collect::<Vec<_>>().join(", ");
    format!(
        "Samkald: {} opkald nu, {} venter, {} agenter på vagt, {} klar\nI dag: {}\n",
        totals.calls_now,
        totals.waiting,
        totals.agents_on_duty,
        totals.agents_ready,
        if today.is_empty() { "ingen opkald endnu" } else { &today }
    )
}

fn queue(queue: &pb::Queue, now_ms: i64) -> String {
    let longest = queue.longest_since_unix_ms.map_or("-".to_owned(), |since| ago(since, now_ms));
    let share = match (queue.today_answered_in_time * 100).checked_div(queue.today_arrived) {
        Some(percent) => format!("{percent} %"),
        None => "-".to_owned(),
    };
    format!(
        "{:NAME_WIDTH$}{:>9}{longest:>9}{:>9}{:>9}{:>9}{:>9}{share:>9}\n",
        name(&queue.title, &queue.id),
        queue.waiting,
        queue.offered,
        queue.talking,
        queue.today_answered,
        queue.today_abandoned
    )
}

fn agent(agent: &pb::Agent, now_ms: i64) -> String {
    let since = if agent.since_unix_ms == 0 { "-".to_owned() } else { ago(agent.since_unix_ms, now_ms) };
    let state = agent.state.as_ref().map_or_else(|| "ukendt".to_owned(), state);
    format!("{:NAME_WIDTH$}{since:>9}  {state}\n", name(&agent.name, &agent.id))
}

fn state_of(agent: &pb::Agent) -> AgentState {
    agent.state.as_ref().map_or(AgentState::Off, api::proto::desk::State::agent_state)
}

fn name(title: &str, id: &str) -> String {
    let name = if title.is_empty() { id } else { title };
    name.chars().take(NAME_WIDTH - 1).collect()
}

fn ago(since_ms: i64, now_ms: i64) -> String {
    clock(Duration::from_millis(u64::try_from(now_ms - since_ms).unwrap_or(0)))
}

/// An outcome's name in Danish; one that is newer than this program as it came.
fn outcome(name: &str) -> &str {
    match name {
        "talked" => "talt",
        "abandoned" => "opgivet",
        "abandoned_early" => "opgivet før køen",
        "closed" => "lukket",
        "full" => "optaget",
        "unknown_number" => "ukendt nummer",
        "gave_up" => "ventede for længe",
        "failed" => "fejlet",
        "cut" => "afbrudt",
        "callback_failed" => "ikke nået ved tilbageringning",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::proto::desk::State;

    #[test]
    fn the_page_shows_who_waits_and_who_is_on_duty() {
        let mut board = Board::default();
        let longest_since_unix_ms = Some(1_000);
        let title = "Pas og kørekort".to_owned();
        let queue = pb::Queue { id: "pas".into(), title, waiting: 3, longest_since_unix_ms, ..Default::default() };
        let agent = |id: &str, state: AgentState| pb::Agent {
            id: id.to_owned(),
            state: Some(State { agent_state: state.into(), ..State::default() }),
            since_unix_ms: 1_000,
            ..pb::Agent::default()
        };
        let agents = vec![agent("anna", AgentState::Talking), agent("bo", AgentState::Off)];
        let totals = Some(pb::Totals { waiting: 3, ..Default::default() });
        board.take(&pb::WatchResponse { whole: true, queues: vec![queue], agents, totals, ..Default::default() });
        let page = whole(&board, 73_000);
        let waits = page.lines().find(|line| line.starts_with("Pas og kørekort")).expect("the queue is there");
        assert!(waits.contains("        3     1:12"), "{waits}");
        assert!(page.contains("anna") && page.contains("i samtale") && !page.contains("bo "), "{page}");
    }
}
