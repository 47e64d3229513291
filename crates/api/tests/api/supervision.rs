//! What a supervisor notices: the whole board, then what changes on it, and why a call went to an agent.
//! The board behind it is made by hand, so that every change is known.

use api::Decided;
use api::proto::desk::{AgentState as Shown, Hearer};
use api::proto::supervision as pb;
use api::proto::supervision::supervision_client::SupervisionClient;
use centre::{DeskCommand, Supervision};
use model::{
    About, AgentId, AgentState, Because, DecisionNo, Fact, FactId, OfferEnd, OfferedWhy, QueueId, Score, ShardNo, What,
};
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

fn offered(agent: &str, decision: u64, because: Option<Because>) -> What {
    let (agent, why) = (AgentId::new(agent), OfferedWhy::BestFreeAgent);
    What::Offered { agent, decision: DecisionNo(decision), why, because: because.map(Box::new) }
}

fn fact(no: u64, what: What) -> NumberedFact {
    let about = About::Call { call: CALL, seq: no as u32 };
    NumberedFact { fact_no: no, fact: Fact { id: FactId::new(1, ShardNo(0), no), at: NOW, about, what } }
}

#[tokio::test]
async fn a_decision_can_be_explained_by_its_number() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let unknown = client.explain(pb::ExplainRequest { decision: 42 }).await.expect_err("not yet taken");
    assert_eq!((unknown.code(), reason(&unknown)), (Code::NotFound, "UNKNOWN_DECISION"));
    let because = Because { candidates: 3, score: Score(-1_500), ..Because::default() };
    stage.api.on_facts(&[fact(1, offered("agent0001", 42, Some(because)))]);
    for decision in [42, 0] {
        let told = client.explain(pb::ExplainRequest { decision }).await.expect("taken").into_inner();
        assert_eq!((told.agent_id.as_str(), told.call_id, told.decision), ("agent0001", CALL.to_string(), 42));
        assert!(told.why_da.contains("bedste ledige agent"));
        assert!(
            told.reasons_da[0].contains("Anna Agersø (agent0001) blandt 3 ledige agenter"),
            "{:?}",
            told.reasons_da
        );
        assert_eq!(told.because.map(|because| (because.candidates, because.score)), Some((3, -1.5)));
    }
}

#[tokio::test]
async fn a_decision_that_the_core_remembers_needs_no_fact() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let because = Because { candidates: 7, ..Because::default() };
    let decided = Decided { at: NOW, agent: AgentId::new("agent0002"), why: OfferedWhy::BestWaitingCall, because };
    stage.shard.decided.lock().expect("no test panicked").insert(DecisionNo(9), decided);
    let told = client.explain(pb::ExplainRequest { decision: 9 }).await.expect("taken").into_inner();
    assert_eq!((told.agent_id.as_str(), told.call_id.as_str()), ("agent0002", ""));
    assert!(told.reasons_da[0].contains("7 linjer"), "{:?}", told.reasons_da);
}

#[tokio::test]
async fn a_call_is_explained_by_all_its_offers_however_old() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let ask = |call: &str| pb::ExplainCallRequest { call_id: call.to_owned() };
    for nobodys in [CALL.to_string(), "syv".to_owned()] {
        let unknown = client.explain_call(ask(&nobodys)).await.expect_err("nobody's");
        assert_eq!((unknown.code(), reason(&unknown)), (Code::NotFound, "UNKNOWN_CALL"));
    }
    let declined = What::OfferEnded { agent: AgentId::new("agent0001"), why: OfferEnd::Declined };
    let facts = [fact(1, offered("agent0001", 5, None)), fact(2, declined)];
    stage.books.facts.lock().expect("no test panicked").extend(facts);
    stage.api.on_facts(&[fact(3, offered("agent0002", 6, Some(Because::default())))]);
    let told = client.explain_call(ask(&CALL.to_string())).await.expect("known").into_inner().decisions;
    let told: Vec<_> = told.iter().map(|one| (one.decision, one.agent_id.as_str(), one.became.as_str())).collect();
    assert_eq!(told, [(5, "agent0001", "declined"), (6, "agent0002", "")]);
}

#[tokio::test]
async fn an_announcement_that_the_plan_does_not_have_is_refused_with_those_it_has() {
    let stage = Stage::set().await;
    let mut client = SupervisionClient::new(stage.channel().await);
    let wish = |announcement: &str, hearer: Hearer| pb::SuperviseRequest {
        request_id: String::new(),
        agent_id: "agent0001".into(),
        call_id: CALL.to_string(),
        how: pb::Supervising::Announce.into(),
        announcement: announcement.into(),
        hearer: hearer.into(),
    };
    let refused = client.supervise(wish("sang", Hearer::Citizen)).await.expect_err("nobody has it");
    assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "UNKNOWN_ANNOUNCEMENT"));
    assert!(refused.message().ends_with(": notits (En notits)"), "{}", refused.message());
    let refused = client.supervise(wish("notits", Hearer::Unspecified)).await.expect_err("to nobody");
    assert_eq!(reason(&refused), "NO_HEARER");
    client.supervise(wish("notits", Hearer::Agent)).await.expect("the plan has it");
    let asked = stage.shard.asked();
    let what = Supervision::Announce("notits".into(), model::Hearer::Agent);
    assert_eq!(asked, [DeskCommand::Supervise { call: CALL, what }]);
}
