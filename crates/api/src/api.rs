//! The API as the node holds it: takes what shards and the spool tell, and gives the router that serves one port.
//! Knows all doors of the API; doesn't know what a message says, nor what a desk may do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use centre::{DeskAnswer, DeskEvent};
use futures::FutureExt as _;
use page::Tells;
use tally::NumberedFact;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_web::GrpcWebLayer;
use tower::Layer as _;

use crate::administration::AdministrationRpc;
use crate::badges::Badges;
use crate::desk::{DeskRpc, Desks};
use crate::doors::Doors;
use crate::http::{in_time, may_ask_from, nothing_here, pages};
use crate::operation::OperationRpc;
use crate::proto::DESCRIPTORS;
use crate::proto::administration::administration_server::AdministrationServer;
use crate::proto::desk::agent_desktop_server::AgentDesktopServer;
use crate::proto::desk::agent_sound_server::AgentSoundServer;
use crate::proto::operation::operation_server::OperationServer;
use crate::proto::statistics::statistics_server::StatisticsServer;
use crate::proto::supervision::supervision_server::SupervisionServer;
use crate::sound::{Ears, SoundRpc};
use crate::statistics::{Saved, StatisticsRpc};
use crate::supervision::{Decisions, SupervisionRpc, Watching};

/// Longest message that a client may send, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How often gRPC health follows the node's readiness.
const HEALTH_EVERY: Duration = Duration::from_secs(1);
/// What gRPC health speaks of; the empty name is the whole node.
const HEALTH_NAMES: [&str; 7] = [
    "",
    "samkald.desk.v1.AgentDesktop",
    "samkald.desk.v1.AgentSound",
    "samkald.supervision.v1.Supervision",
    "samkald.statistics.v1.Statistics",
    "samkald.operation.v1.Operation",
    "samkald.administration.v1.Administration",
];

/// The API. Cheap to clone; every clone is the same API.
#[derive(Clone)]
pub struct Api {
    doors: Doors,
    badges: Arc<Mutex<Badges>>,
    desks: Desks,
    ears: Ears,
    watching: Watching,
    decisions: Arc<Decisions>,
    saved: Saved,
}

impl Api {
    /// Starts the API's tasks. Must be called within a tokio runtime.
    pub fn start(doors: Doors) -> Self {
        let badges = Arc::new(Mutex::new(Badges::new()));
        Self {
            desks: Desks::start(doors.centre.clone(), badges.clone()),
            ears: Ears::start(doors.pages.clone(), doors.centre.clone(), badges.clone()),
            watching: Watching::start(doors.clone()),
            decisions: Arc::new(Decisions::default()),
            saved: Saved::new(),
            badges,
            doors,
        }
    }

    /// A desk's answer. From a shard's thread, after its facts are saved if it says so; never waits.
    pub fn on_desk_answer(&self, answer: DeskAnswer) {
        self.desks.on_answer(answer);
    }

    /// A desk's event. From a shard's thread; never waits, and costs one load when nobody watches that desk.
    pub fn on_desk_event(&self, event: DeskEvent) {
        self.desks.on_event(event);
    }

    /// Something for an agent's page. From a shard's thread; never waits.
    pub fn on_page_told(&self, tells: Tells) {
        self.ears.tell(tells);
    }

    /// Facts that are saved and folded into the board. From the spool's thread; never waits for a client.
    pub fn on_facts(&self, facts: &[NumberedFact]) {
        self.decisions.note(facts.iter().map(|numbered| &numbered.fact));
        if let Some(last) = facts.last() {
            self.saved.up_to(last.fact_no);
            self.watching.changed();
        }
    }

    /// The board changed by something else than facts, such as a new plan. Never waits.
    pub fn on_board_changed(&self) {
        self.watching.changed();
    }

    /// Everything that is served: gRPC with reflection (v1 and v1alpha) and health, and the operators' pages.
    pub fn router(&self) -> Router {
        let (centre, notes) = (self.doors.centre.clone(), self.doors.notes.clone());
        let desk = DeskRpc::new(centre, self.desks.clone(), self.badges.clone(), notes.clone());
        let sound = SoundRpc::new(self.doors.centre.clone(), self.ears.clone(), self.badges.clone());
        let (watching, decisions) = (self.watching.clone(), self.decisions.clone());
        let supervision = SupervisionRpc::new(self.doors.clone(), watching, decisions, self.desks.clone());
        let operation = OperationRpc::new(self.doors.edge.clone(), self.doors.deciding.clone());
        let (deciding, coordinators) = (self.doors.deciding.clone(), self.doors.coordinators.clone());
        let administration = AdministrationRpc::new(
            deciding,
            self.doors.centre.clone(),
            coordinators,
            (notes, self.doors.mailroom.clone()),
        );
        let statistics = StatisticsRpc::new(self.doors.clone(), self.saved.clone());
        let (reporter, health) = tonic_health::server::health_reporter();
        for name in HEALTH_NAMES {
            // Nobody else holds the reporter yet, so there is nothing to wait for.
            let _ = reporter.set_service_status(name, ServingStatus::NotServing).now_or_never();
        }
        tokio::spawn(follow_readiness(self.doors.clone(), reporter));
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        // What an agent's page asks may come by gRPC-web and from its own origin; nothing else may be asked by pages of others.
        let web = GrpcWebLayer::new();
        let of_pages =
            Routes::new(web.layer(AgentDesktopServer::new(desk).max_decoding_message_size(MESSAGE_BYTES_MAX)))
                .add_service(web.layer(AgentSoundServer::new(sound).max_decoding_message_size(MESSAGE_BYTES_MAX)))
                .into_axum_router()
                .reset_fallback()
                .layer(may_ask_from(&self.doors.pages.origins));
        Routes::default()
            .add_service(SupervisionServer::new(supervision).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(StatisticsServer::new(statistics).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(OperationServer::new(operation).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(AdministrationServer::new(administration).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(health.max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(reflection().build_v1().expect("the descriptors were compiled with this crate"))
            .add_service(reflection().build_v1alpha().expect("the descriptors were compiled with this crate"))
            .into_axum_router()
            .reset_fallback()
            .merge(of_pages)
            .merge(pages(self.doors.house.clone()))
            .fallback(nothing_here)
            .layer(axum::middleware::from_fn(in_time))
    }

    /// Ends every stream with UNAVAILABLE, and takes no new command: the node stops.
    pub async fn close(&self) {
        self.watching.close();
        self.saved.close();
        for trace in self.doors.edge.traces() {
            self.doors.edge.stop_trace(trace.trace);
        }
        self.ears.close().await;
        self.desks.close().await;
    }
}

/// Runs as long as the runtime.
async fn follow_readiness(doors: Doors, reporter: HealthReporter) {
    let mut tick = tokio::time::interval(HEALTH_EVERY);
    let mut told = None;
    loop {
        tick.tick().await;
        let ready = doors.house.conditions().iter().all(|condition| condition.holds);
        if told != Some(ready) {
            told = Some(ready);
            let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
            for name in HEALTH_NAMES {
                reporter.set_service_status(name, status).await;
            }
        }
    }
}
