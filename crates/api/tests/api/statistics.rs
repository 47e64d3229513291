//! What a coordinator or an integrator notices: calls in pages, figures with their definitions, facts that can be resumed.
//! The archive behind it is made by hand, so that every answer is known.

use api::proto::statistics as pb;
use api::proto::statistics::statistics_client::StatisticsClient;
use api::{CallRow, IntervalRow, Key};
use model::{About, CallId, Fact, FactId, Outcome, QueueId, ShardNo, What};
use std::time::Duration;
use tally::{Counts, NumberedFact};
use tonic::Code;

use crate::shard::NOW;
use crate::stage::{Stage, in_time, reason};

fn call(number: u64) -> CallRow {
    CallRow {
        call: CallId::new(1_795_000_000_000, ShardNo(0), number),
        arrived: NOW - Duration::from_secs(100 - number),
        ended: NOW,
        dialled: None,
        line: None,
        municipality: None,
        queue: Some(QueueId::new("pas")),
        agent: None,
        outcome: Outcome::Abandoned,
        waited_ms: Some(9_000),
        talked_ms: 0,
        wrap_up_ms: 0,
        offers: 0,
    }
}

fn fact(fact_no: u64) -> NumberedFact {
    let id = FactId::new(1, ShardNo(0), fact_no);
    NumberedFact { fact_no, fact: Fact { id, at: NOW, about: About::Node, what: What::NodeDraining } }
}

#[tokio::test]
async fn calls_are_listed_page_by_page_without_a_gap() {
    let stage = Stage::set().await;
    *stage.books.calls.lock().expect("no test panicked") = (1..=5).rev().map(call).collect();
    let mut client = StatisticsClient::new(stage.channel().await);
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListCallsRequest { page_size: 2, page_token, ..Default::default() };
        let page = client.list_calls(request).await.expect("a page").into_inner();
        seen.extend(page.calls.into_iter().map(|call| call.arrived_unix_ms));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|newer, older| newer > older));
}

#[tokio::test]
async fn figures_stand_beside_their_definitions_and_no_data_is_no_figure() {
    let stage = Stage::set().await;
    let counts = Counts { offered: 100, answered_in_time: 70, abandoned_in_time: 10, ..Counts::default() };
    let row = IntervalRow { from: NOW, key: Key::Queue(QueueId::new("pas")), counts };
    *stage.books.intervals.lock().expect("no test panicked") = vec![row];
    let mut client = StatisticsClient::new(stage.channel().await);
    let request = pb::IntervalsRequest { from_unix_ms: 1_794_999_000_000, ..Default::default() };
    let told = client.intervals(request).await.expect("figures").into_inner();
    let names: Vec<_> = told.definitions.iter().map(|definition| definition.name.as_str()).collect();
    for interval in told.intervals.iter().chain(&told.sum) {
        assert_eq!(interval.figures.iter().map(|figure| figure.name.as_str()).collect::<Vec<_>>(), names);
    }
    let of = |name: &str| told.intervals[0].figures.iter().find(|figure| figure.name == name).expect("there").value;
    assert!(of("service_level_abandons_ignored").is_some_and(|value| (value - 0.777_777).abs() < 1e-4));
    assert_eq!(of("service_level_handled_only"), None, "nobody was answered");
    assert!(told.definitions.iter().any(|definition| definition.formula == "A_s / (O − B_s)"));
}

#[tokio::test]
async fn facts_come_in_order_and_go_on_after_a_token() {
    let stage = Stage::set().await;
    *stage.books.facts.lock().expect("no test panicked") = (1..=300).map(fact).collect();
    let mut client = StatisticsClient::new(stage.channel().await);
    let mut stream = client.events(pb::EventsRequest::default()).await.expect("open").into_inner();
    let first = in_time(stream.message()).await.expect("no fault").expect("facts");
    let second = in_time(stream.message()).await.expect("no fault").expect("facts");
    let numbers: Vec<_> = first.facts.iter().chain(&second.facts).map(|numbered| numbered.fact_no).collect();
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>());
    stage.books.facts.lock().expect("no test panicked").push(fact(301));
    stage.api.on_facts(&[fact(301)]);
    let third = in_time(stream.message()).await.expect("no fault").expect("what happens is told");
    assert_eq!(third.facts[0].fact_no, 301);

    let request = pb::EventsRequest { resume_token: first.resume_token, from_now: false };
    let mut again = client.events(request).await.expect("open").into_inner();
    let resumed = in_time(again.message()).await.expect("no fault").expect("facts");
    assert_eq!(resumed.facts[0].fact_no, first.facts.last().expect("some").fact_no + 1);
    let foreign = pb::EventsRequest { resume_token: "theirs".to_owned(), from_now: false };
    let refused = client.events(foreign).await.expect_err("refused");
    assert_eq!((refused.code(), reason(&refused)), (Code::FailedPrecondition, "FOREIGN_TOKEN"));
}
