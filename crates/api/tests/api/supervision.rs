//! What a supervisor notices: the whole board, then what changes on it, and why a call went to an agent.
//! The board behind it is made by hand, so that every change is known.

use api::proto::desk::AgentState as Shown;
use api::proto::supervision as pb;
use api::proto::supervision::supervision_client::SupervisionClient;
use model::{About, AgentId, AgentState, DecisionNo, Fact, FactId, OfferedWhy, QueueId, ShardNo, What};
use tally::{AgentNow, Counts, NumberedFact, QueueNow};
use tonic::Code;

use crate::shard::{CALL, NOW};
use crate::stage::{Stage, in_time, reason};

#[tokio::test]
async fn the_board_comes_whole_and_then_by_what_changed() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let mut stream = client.watch(pb::WatchRequest {}).await.expect("open").into_inner();
    let whole = in_time(stream.message()).await.expect("no fault").expect("the board");
    assert!(whole.whole);
    assert_eq!((whole.queues.len(), whole.agents.len()), (1, 3));
    assert_eq!(whole.agents[0].name, "Anna Agersø");

    {
        let mut board = stage.books.board.lock().expect("no test panicked");
        board.calls = 3;
        let today = Counts { offered: 9, answered: 7, ..Counts::default() };
        let queue = QueueId::new("pas");
        board.queues.push(QueueNow {
            queue,
            waiting: 3,
            offered: 0,
            talking: 1,
            longest_waiting_since: Some(NOW),
            today,
        });
        let agent = AgentId::new("agent0002");
        board.agents.push(AgentNow { agent, state: AgentState::Talking, since: NOW, call: Some(CALL) });
    }
    stage.api.on_board_changed();
    let change = in_time(stream.message()).await.expect("no fault").expect("a change");
    assert!(!change.whole);
    assert_eq!((change.queues[0].waiting, change.queues[0].today_answered), (3, 7));
    assert_eq!(change.queues[0].longest_since_unix_ms, Some(1_795_000_000_000));
    let agents: Vec<_> = change.agents.iter().map(|agent| (agent.id.as_str(), agent.call_id.clone())).collect();
    assert_eq!(agents, [("agent0002", CALL.to_string())]);
    assert_eq!(change.agents[0].state.as_ref().expect("has one").agent_state(), Shown::Talking);
    let totals = change.totals.expect("always");
    assert_eq!((totals.calls_now, totals.waiting, totals.agents_on_duty), (3, 3, 1));
}

#[tokio::test]
async fn a_decision_can_be_explained_by_its_number() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let unknown = client.explain(pb::ExplainRequest { decision: 42 }).await.expect_err("not yet taken");
    assert_eq!((unknown.code(), reason(&unknown)), (Code::NotFound, "UNKNOWN_DECISION"));
    let agent = AgentId::new("agent0001");
    let what = What::Offered { agent, decision: DecisionNo(42), why: OfferedWhy::BestFreeAgent, because: None };
    let fact = Fact { id: FactId::new(1, ShardNo(0), 1), at: NOW, about: About::Call { call: CALL, seq: 4 }, what };
    stage.api.on_facts(&[NumberedFact { fact_no: 1, fact }]);
    let told = client.explain(pb::ExplainRequest { decision: 42 }).await.expect("taken").into_inner();
    assert_eq!((told.agent_id.as_str(), told.call_id), ("agent0001", CALL.to_string()));
    assert!(told.why_da.contains("bedste ledige agent"));
}
