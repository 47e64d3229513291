//! A logged-in agent's connection: commands out, events in; a broken stream is taken up again where it was.
//! Knows the API's messages; holds no rule of a desk.

use std::time::Duration;

use api::proto::desk as pb;
use api::proto::desk::agent_desktop_client::AgentDesktopClient;
use api::proto::desk::watch_response::Event;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status, Streaming};

use crate::cli::desk::commands::{Command, Written};
use crate::cli::desk::shown;
use crate::cli::server::words;

/// How often in a row a broken stream is taken up again; then the desktop gives up.
const RETRIES_MAX: u32 = 30;
/// How long to wait before each.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// A logged-in agent.
pub(crate) struct Session {
    client: AgentDesktopClient<Channel>,
    token: MetadataValue<Ascii>,
    name: String,
    stream: Option<Streaming<pb::WatchResponse>>,
    resume_token: String,
    retries: u32,
    /// The call whose wrap-up was opened last.
    wraps_up: String,
}

/// How the desktop goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    GoOn,
    LogOut,
    /// Nothing more can be done; it has been said why.
    Over,
}

impl Session {
    /// Logs the agent in, or says why not.
    pub(crate) async fn log_in(channel: Channel, agent: &str, password: &str) -> Result<Self, String> {
        let mut client = AgentDesktopClient::new(channel);
        let request_id = request_id();
        let request = pb::LogInRequest { request_id, agent_id: agent.to_owned(), password: password.to_owned() };
        let answer = client.log_in(request).await.map_err(|status| words(&status))?.into_inner();
        let token = format!("Bearer {}", answer.token).parse();
        let token = token.map_err(|_| "centralen gav en adgang, der ikke kan læses".to_owned())?;
        let name = if answer.agent_name.is_empty() { answer.agent_id } else { answer.agent_name };
        Ok(Self { client, token, name, stream: None, resume_token: String::new(), retries: 0, wraps_up: String::new() })
    }

    /// The agent's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Does what was typed, and prints a refusal.
    pub(crate) async fn carry_out(&mut self, command: Command) -> Next {
        if command == Command::LogOut {
            return Next::LogOut;
        }
        let id = request_id();
        let mut answer = self.ask(&command, &id).await;
        if answer.as_ref().is_err_and(|status| status.code() == Code::Unavailable) {
            // The same id: if the first one was carried out after all, this one is not.
            answer = self.ask(&command, &id).await;
        }
        match answer {
            Ok(()) => {}
            Err(status) => println!("Nej: {}", words(&status)),
        }
        Next::GoOn
    }

    /// Logs out; whatever comes of it, the desktop ends.
    pub(crate) async fn log_out(&mut self) {
        let request = self.with_token(pb::LogOutRequest { request_id: request_id() });
        if let Err(status) = self.client.log_out(request).await {
            println!("{}", words(&status));
        }
    }

    /// Prints what happens next. May be given up at any await without losing anything.
    pub(crate) async fn next_event(&mut self) -> Next {
        let Some(stream) = &mut self.stream else { return self.open().await };
        match stream.message().await {
            Ok(Some(message)) => {
                self.retries = 0;
                self.resume_token.clone_from(&message.resume_token);
                if let Some(event) = message.event {
                    if let Event::WrapUp(open) = &event {
                        self.wraps_up.clone_from(&open.call_id);
                    }
                    for line in shown::lines(&event) {
                        println!("{line}");
                    }
                }
                Next::GoOn
            }
            Ok(None) => self.broken(None).await,
            Err(status) => self.broken(Some(status)).await,
        }
    }

    async fn open(&mut self) -> Next {
        let request = self.with_token(pb::WatchRequest { resume_token: self.resume_token.clone() });
        match self.client.watch(request).await {
            Ok(stream) => {
                self.stream = Some(stream.into_inner());
                Next::GoOn
            }
            Err(status) => self.broken(Some(status)).await,
        }
    }

    async fn broken(&mut self, status: Option<Status>) -> Next {
        self.stream = None;
        self.retries += 1;
        let void = status.as_ref().is_some_and(|status| status.code() == Code::Unauthenticated);
        if void || self.retries > RETRIES_MAX {
            println!("Forbindelsen er slut. {}", status.map(|status| words(&status)).unwrap_or_default());
            return Next::Over;
        }
        if self.retries == 1 {
            println!("Forbindelsen blev afbrudt; prøver igen …");
        }
        tokio::time::sleep(RETRY_EVERY).await;
        Next::GoOn
    }

    async fn ask(&mut self, command: &Command, id: &str) -> Result<(), Status> {
        let request_id = id.to_owned();
        match command {
            Command::Ready | Command::Pause(_) => {
                let (choice, pause_code) = choice(command);
                let request = pb::SetStateRequest { request_id, choice, pause_code };
                let request = self.with_token(request);
                self.client.set_state(request).await.map(done)
            }
            Command::NextReady | Command::NextPause(_) => {
                let (choice, pause_code) = choice(command);
                let request = pb::SetNextStateRequest { request_id, choice, pause_code };
                let request = self.with_token(request);
                self.client.set_next_state(request).await.map(done)
            }
            Command::Decline => {
                let request = self.with_token(pb::DeclineRequest { request_id });
                self.client.decline(request).await.map(done)
            }
            Command::HangUp => {
                let request = self.with_token(pb::HangUpRequest { request_id });
                self.client.hang_up(request).await.map(done)
            }
            Command::HandOn(party) => {
                let (wish, party) = (pb::Wish::HandOn.into(), party.clone());
                let request = pb::InCallRequest { request_id, wish, party, ..pb::InCallRequest::default() };
                let request = self.with_token(request);
                self.client.in_call(request).await.map(done)
            }
            Command::Directory => {
                let request = self.with_token(pb::DirectoryRequest {});
                let directory = self.client.directory(request).await?.into_inner();
                for line in shown::directory(&directory) {
                    println!("{line}");
                }
                Ok(())
            }
            Command::Notes => {
                let request = self.with_token(pb::NotesRequest::default());
                let notes = self.client.notes(request).await?.into_inner();
                for line in shown::notes(&notes) {
                    println!("{line}");
                }
                Ok(())
            }
            Command::WrapUp(written) => {
                let call_id = self.wraps_up.clone();
                let Written { code, topic, solved, topic_code, role, referred_to, guide, note } = (**written).clone();
                let request = pb::WrapUpRequest {
                    request_id,
                    topic,
                    code,
                    solved,
                    topic_code,
                    referred_to,
                    guide,
                    role,
                    note,
                    call_id,
                };
                let request = self.with_token(request);
                self.client.wrap_up(request).await.map(done)
            }
            Command::MoreTime => {
                let request = self.with_token(pb::ExtendWrapUpRequest { request_id });
                self.client.extend_wrap_up(request).await.map(done)
            }
            Command::TestSound => {
                let request = self.with_token(pb::TestSoundRequest { request_id });
                self.client.test_sound(request).await.map(done)
            }
            Command::LogOut | Command::Help => Ok(()),
        }
    }

    fn with_token<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.clone());
        request
    }
}

fn choice(command: &Command) -> (i32, String) {
    match command {
        Command::Pause(code) | Command::NextPause(code) => (pb::Choice::Paused.into(), code.clone()),
        Command::Ready
        | Command::NextReady
        | Command::Decline
        | Command::HangUp
        | Command::HandOn(_)
        | Command::Directory
        | Command::WrapUp(_)
        | Command::MoreTime
        | Command::Notes
        | Command::TestSound
        | Command::LogOut
        | Command::Help => (pb::Choice::Ready.into(), String::new()),
    }
}

fn done<T>(_: Response<T>) {}

fn request_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
