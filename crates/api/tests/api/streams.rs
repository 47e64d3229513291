//! What a desktop notices when its stream breaks, when events are lost, and when the node stops.
//! Knows resume tokens as a client does: as opaque text.

use api::proto::desk::watch_response::Event;
use plan::AgentNo;
use tonic::Code;

use crate::stage::{Stage, reason};

const ANNA: AgentNo = AgentNo(0);

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_was() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut watched = anna.watch("").await.expect("may watch");
    watched.next().await;
    stage.shard.phone(ANNA, false);
    assert!(matches!(watched.next().await, Event::Phone(phone) if !phone.reachable));
    let token = watched.last_token.clone();
    drop(watched);
    stage.shard.phone(ANNA, true);
    stage.shard.offer(ANNA);
    let mut again = anna.watch(&token).await.expect("may watch");
    assert!(matches!(again.next().await, Event::Phone(phone) if phone.reachable), "what was missed comes first");
    assert!(matches!(again.next().await, Event::Offered(_)));
    assert!(matches!(again.next().await, Event::State(_)));
    stage.shard.talk(ANNA);
    assert!(matches!(again.next().await, Event::Talking(_)), "and then what happens");
}

#[tokio::test]
async fn a_token_that_is_not_from_here_begins_anew() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut bo = stage.desktop("agent0002", "te").await.expect("the right password");
    let mut of_bo = bo.watch("").await.expect("may watch");
    of_bo.next().await;
    for token in ["nonsense", "d1.1.1.0.1", of_bo.last_token.as_str()] {
        let mut watched = anna.watch(token).await.expect("may watch");
        assert!(matches!(watched.next().await, Event::Resync(_)), "{token}");
        assert!(matches!(watched.next().await, Event::Snapshot(_)), "{token}");
    }
}

#[tokio::test]
async fn after_a_lost_event_the_desk_is_shown_whole_again() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut watched = anna.watch("").await.expect("may watch");
    watched.next().await;
    stage.shard.phone(ANNA, false);
    watched.next().await;
    let before = watched.last_token.clone();
    stage.shard.lose_an_event(ANNA);
    stage.shard.phone(ANNA, true);
    assert!(matches!(watched.next().await, Event::Resync(_)));
    assert!(matches!(watched.next().await, Event::Snapshot(snapshot) if snapshot.phone_reachable));
    stage.shard.phone(ANNA, false);
    assert!(matches!(watched.next().await, Event::Phone(_)));
    let mut old = anna.watch(&before).await.expect("may watch");
    assert!(matches!(old.next().await, Event::Resync(_)), "a token from before the gap leads nowhere");
}

#[tokio::test]
async fn two_screens_of_an_agent_show_the_same_and_a_ninth_is_refused() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut screens = Vec::new();
    for _ in 0..8 {
        let mut watched = anna.watch("").await.expect("may watch");
        watched.next().await;
        screens.push(watched);
    }
    let ninth = anna.watch("").await.err().expect("refused");
    assert_eq!((ninth.code(), reason(&ninth)), (Code::ResourceExhausted, "TOO_MANY_STREAMS"));
    stage.shard.offer(ANNA);
    for screen in &mut screens {
        assert!(matches!(screen.next().await, Event::Offered(_)));
    }
    drop(screens);
    let mut later = anna.watch("").await;
    while later.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        later = anna.watch("").await;
    }
}

#[tokio::test]
async fn a_node_that_stops_says_so_on_every_stream() {
    let stage = Stage::set().await;
    let mut anna = stage.desktop("agent0001", "kaffe").await.expect("the right password");
    let mut watched = anna.watch("").await.expect("may watch");
    watched.next().await;
    stage.api.close().await;
    let end = watched.end().await;
    assert_eq!((end.code(), reason(&end)), (Code::Unavailable, "STOPPING"));
    let refused = anna.watch("").await.err().expect("refused");
    assert_eq!(reason(&refused), "STOPPING");
}
