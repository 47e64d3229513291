//! A node's worth of API on a free port, with a scripted shard, board and archive behind it.
//! Each test gets its own; nothing is shared between two.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::proto::desk as pb;
use api::proto::desk::agent_desktop_client::AgentDesktopClient;
use api::{
    Api, Archive, ArchiveFault, Board, CallAsked, CallRow, Condition, Doors, EventsFrom, ForPages, House, Leaks,
};
use api::{IntervalRow, IntervalsAsked, NoteBook, NotesAsked, NotesFault};
use futures::future::BoxFuture;
use model::{About, CallId, Message, MunicipalityId, Note, PhoneNumber};
use tally::{BoardSnapshot, NumberedFact};
use tokio::net::TcpListener;
use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

use crate::administration::{ScriptedPlans, coordinators};
use crate::edge::ScriptedEdge;
use crate::shard::ScriptedShard;
use crate::testing::a_plan;

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that a test holds.
pub(crate) struct Stage {
    pub(crate) shard: Arc<ScriptedShard>,
    pub(crate) books: Arc<Books>,
    pub(crate) edge: Arc<ScriptedEdge>,
    pub(crate) api: Api,
    pub(crate) address: SocketAddr,
}

/// What was, what is, and how the node feels: as the test says.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) board: Mutex<BoardSnapshot>,
    pub(crate) facts: Mutex<Vec<NumberedFact>>,
    pub(crate) calls: Mutex<Vec<CallRow>>,
    pub(crate) intervals: Mutex<Vec<IntervalRow>>,
    pub(crate) notes: Mutex<Vec<Note>>,
    pub(crate) messages: Mutex<Vec<Message>>,
    /// Whether notes can't be kept.
    pub(crate) no_notes: Mutex<bool>,
    pub(crate) unready: Mutex<bool>,
    /// What agents' pages said.
    pub(crate) said: Mutex<Vec<page::Says>>,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let (shard, books) = (Arc::new(ScriptedShard::new(a_plan())), Arc::new(Books::default()));
        let (edge, plans) = (Arc::new(ScriptedEdge::default()), Arc::new(ScriptedPlans::default()));
        let doors = Doors {
            centre: shard.clone(),
            board: books.clone(),
            archive: books.clone(),
            house: books.clone(),
            edge: edge.clone(),
            pages: ForPages {
                door: books.clone(),
                origins: Arc::new(["https://desk.example".to_owned()]),
                ice_servers: Arc::new([]),
            },
            deciding: plans.clone(),
            coordinators: coordinators(),
            notes: books.clone(),
            mailroom: books.clone(),
        };
        let api = Api::start(doors);
        shard.api.get_or_init(|| api.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(api::serve(listener, api.router(), None, std::future::pending()));
        Self { shard, books, edge, api, address }
    }

    pub(crate) async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.address);
        Channel::from_shared(address).expect("an address").connect().await.expect("the server listens")
    }

    /// Logs an agent in.
    pub(crate) async fn desktop(&self, agent: &str, password: &str) -> Result<Desktop, Status> {
        let mut client = AgentDesktopClient::new(self.channel().await);
        let request =
            pb::LogInRequest { request_id: String::new(), agent_id: agent.to_owned(), password: password.to_owned() };
        let token = client.log_in(request).await?.into_inner().token;
        Ok(Desktop { client, token })
    }
}

/// A logged-in agent's client.
#[derive(Clone)]
pub(crate) struct Desktop {
    pub(crate) client: AgentDesktopClient<Channel>,
    pub(crate) token: String,
}

impl Desktop {
    /// A request that carries the token.
    pub(crate) fn with_token<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let value: AsciiMetadataValue = format!("Bearer {}", self.token).parse().expect("ASCII");
        request.metadata_mut().insert("authorization", value);
        request
    }

    pub(crate) async fn ready(&mut self) {
        let message = pb::SetStateRequest { choice: pb::Choice::Ready.into(), ..Default::default() };
        let request = self.with_token(message);
        self.client.set_state(request).await.expect("may become ready");
    }

    pub(crate) async fn watch(&mut self, resume_token: &str) -> Result<Watched, Status> {
        let request = self.with_token(pb::WatchRequest { resume_token: resume_token.to_owned() });
        Ok(Watched { stream: self.client.watch(request).await?.into_inner(), last_token: String::new() })
    }
}

/// A stream, read in order.
pub(crate) struct Watched {
    stream: Streaming<pb::WatchResponse>,
    pub(crate) last_token: String,
}

impl Watched {
    /// The next event; fails the test when none comes.
    pub(crate) async fn next(&mut self) -> pb::watch_response::Event {
        let message = in_time(self.stream.message()).await.expect("no fault").expect("the stream goes on");
        self.last_token = message.resume_token;
        message.event.expect("every message has one")
    }

    /// Why the stream ended.
    pub(crate) async fn end(&mut self) -> Status {
        loop {
            match in_time(self.stream.message()).await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream ended without a word"),
                Err(status) => return status,
            }
        }
    }
}

/// Fails the test when it takes too long.
pub(crate) async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it does not take that long")
}

/// A refusal's name.
pub(crate) fn reason(status: &Status) -> &str {
    status.metadata().get(api::REASON_KEY).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl Board for Books {
    fn now(&self) -> BoardSnapshot {
        self.board.lock().expect("no test panicked").clone()
    }
}

impl Archive for Books {
    fn calls(&self, asked: CallAsked) -> BoxFuture<'_, Result<Vec<CallRow>, ArchiveFault>> {
        let all = self.calls.lock().expect("no test panicked");
        let older = |row: &&CallRow| asked.older_than.is_none_or(|place| (row.arrived, row.call) < place);
        let rows = all.iter().filter(older).take(asked.limit).cloned().collect();
        Box::pin(async { Ok(rows) })
    }

    fn intervals(&self, _asked: IntervalsAsked) -> BoxFuture<'_, Result<Vec<IntervalRow>, ArchiveFault>> {
        let rows = self.intervals.lock().expect("no test panicked").clone();
        Box::pin(async { Ok(rows) })
    }

    fn facts_after(&self, fact_no: u64, limit: usize) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>> {
        let all = self.facts.lock().expect("no test panicked");
        let facts = all.iter().filter(|numbered| numbered.fact_no > fact_no).take(limit).cloned().collect();
        Box::pin(async { Ok(facts) })
    }

    fn facts_of_call(&self, call: CallId) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>> {
        let all = self.facts.lock().expect("no test panicked");
        let its = |fact: &&NumberedFact| matches!(fact.fact.about, About::Call { call: whose, .. } if whose == call);
        let facts = all.iter().filter(its).cloned().collect();
        Box::pin(async { Ok(facts) })
    }

    fn last_fact_no(&self) -> u64 {
        self.facts.lock().expect("no test panicked").last().map_or(0, |numbered| numbered.fact_no)
    }

    fn token(&self, fact_no: u64) -> String {
        format!("ours-{fact_no}")
    }

    fn place(&self, token: &str) -> Result<EventsFrom, ArchiveFault> {
        let after = token.strip_prefix("ours-").and_then(|number| number.parse().ok());
        after.map(|after| EventsFrom { after }).ok_or(ArchiveFault::ForeignToken)
    }
}

impl NoteBook for Books {
    fn keep(&self, note: Note) -> BoxFuture<'_, Result<(), NotesFault>> {
        let mut notes = self.notes.lock().expect("no test panicked");
        let kept = if *self.no_notes.lock().expect("no test panicked") { Err(NotesFault) } else { Ok(()) };
        if kept.is_ok() {
            notes.retain(|other| (other.call, &other.agent) != (note.call, &note.agent));
            notes.insert(0, note);
        }
        Box::pin(async move { kept })
    }

    fn of_number(&self, _: PhoneNumber) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>> {
        let notes = self.notes.lock().expect("no test panicked").clone();
        Box::pin(async { Ok(notes) })
    }

    fn list(&self, asked: NotesAsked) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>> {
        let mut notes = self.notes.lock().expect("no test panicked").clone();
        notes.retain(|note| asked.municipality.is_none_or(|own| note.municipality == Some(own)));
        Box::pin(async { Ok(notes) })
    }

    fn delete(&self, call: CallId, own: Option<MunicipalityId>) -> BoxFuture<'_, Result<u64, NotesFault>> {
        let mut notes = self.notes.lock().expect("no test panicked");
        let before = notes.len();
        notes.retain(|note| note.call != call || own.is_some_and(|own| note.municipality != Some(own)));
        let gone = (before - notes.len()) as u64;
        Box::pin(async move { Ok(gone) })
    }
}

impl House for Books {
    fn metrics(&self) -> String {
        "samkald_calls_total 0\n".to_owned()
    }

    fn leaks(&self) -> Leaks {
        Leaks { calls: 1, dialogs: 2, claimed_seats: 1, rtp_ports: 4 }
    }

    fn conditions(&self) -> Vec<Condition> {
        let holds = !*self.unready.lock().expect("no test panicked");
        vec![Condition { name: "spool", holds, detail: "as the test says".to_owned() }]
    }
}
