//! What coordinators' programs meet: tokens, others' lines, two at once, dry runs, and sounds in pieces.
//! The plan's versions are the real ones; only files and the node are left out.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use api::proto::administration as pb;
use api::proto::administration::administration_client::AdministrationClient;
use api::{Coordinators, Deciding, Denied, TryWhat};
use change::{Asked, Book, Coordinator, Edit, Version, Wish};
use model::Moment;
use plan::{Difference, Secret};
use toml::Table;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::stage::{Stage, reason};

const FILE: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }, { id = "0730", name = "Randers" }]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas" }]
[[lines]]
id = "pas-da"
title = "Pas"
numbers = ["70101010"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "always"
wait_max_s = 3600
[[agents]]
id = "anna"
password = "anna-secret"
skills = { pas = 2 }
"#;
pub(crate) const KARIN: &str = "karins-token-karins-token";
const RUNE: &str = "runes-token-runes-token-1";

/// Versions of a small plan, without a node.
pub(crate) struct ScriptedPlans {
    book: Mutex<Book>,
    sounds: Mutex<BTreeMap<String, Vec<u8>>>,
}

/// Karin of the joint centre, and Rune of Randers.
pub(crate) fn coordinators() -> Coordinators {
    let of = |token: &str, name: &str, municipality: Option<&str>| {
        (Secret::new(token), Coordinator { name: name.to_owned(), municipality: municipality.map(str::to_owned) })
    };
    Coordinators::new([of(KARIN, "Karin", None), of(RUNE, "Rune", Some("0730"))])
}

fn file() -> Table {
    FILE.parse().expect("TOML")
}

impl Default for ScriptedPlans {
    fn default() -> Self {
        let who = Coordinator { name: "file".to_owned(), municipality: None };
        let asked = Asked { who, why: "planens fil".to_owned(), based_on: None };
        let mut book = Book::default();
        let first = book.rebase(&asked, ("file", &file()), &Table::new(), false, Moment::EPOCH).expect("a right plan");
        book.keep(first.0.version);
        Self { book: Mutex::new(book), sounds: Mutex::default() }
    }
}

impl ScriptedPlans {
    fn made(
        &self,
        make: impl FnOnce(&Book) -> Result<change::Draft, change::Refused>,
        dry: bool,
    ) -> Result<Version, Denied> {
        let mut book = self.book.lock().expect("no test panicked");
        let version = make(&book)?.version;
        if !dry {
            book.keep(version.clone());
        }
        Ok(version)
    }
}

impl Deciding for ScriptedPlans {
    fn in_force(&self) -> (Version, Table) {
        let version = self.book.lock().expect("no test panicked").in_force().expect("one").clone();
        let table = change::apply(&file(), &version.edits).0;
        (version, table)
    }

    fn versions(&self, before: u64, limit: usize) -> Vec<Version> {
        let book = self.book.lock().expect("no test panicked");
        book.newest_first().filter(|one| before == 0 || one.number < before).take(limit).cloned().collect()
    }

    fn differences(&self, _from: u64, _to: u64) -> Result<Vec<Difference>, Denied> {
        Err(Denied::NoDisk)
    }

    fn change(&self, asked: &Asked, wishes: &[Wish], dry_run: bool) -> Result<Version, Denied> {
        self.made(|book| book.change(asked, wishes, &file(), Moment::EPOCH), dry_run)
    }

    fn reload(&self, _asked: &Asked, _dry_run: bool) -> Result<Version, Denied> {
        Err(Denied::Refused(change::Refused::NothingChanges))
    }

    fn try_on(&self, asked: &Asked, what: TryWhat, _line: &str, _span: Duration) -> Result<Version, Denied> {
        match what {
            TryWhat::File => self.reload(asked, true),
            TryWhat::Edits(wishes) => self.change(asked, &wishes, true),
        }
    }

    fn take_back(&self, _asked: &Asked) -> Result<(), Denied> {
        Err(Denied::NotTaken("ingen plan prøves".to_owned(), "no plan is being tried".to_owned()))
    }

    fn roll_back(&self, asked: &Asked, to: u64, dry_run: bool) -> Result<Version, Denied> {
        self.made(|book| book.roll_back(asked, to, (&file(), &file()), Moment::EPOCH), dry_run)
    }

    fn upload(&self, asked: &Asked, prompt: &str, bytes: &[u8], dry_run: bool) -> Result<Version, Denied> {
        let sound = format!("sound-of-{}-bytes", bytes.len());
        let edit = Edit::Prompt { name: prompt.to_owned(), sound: Some(sound.clone()) };
        let version = self.change(asked, &[Wish { edit, until_ms: None }], dry_run)?;
        if !dry_run {
            self.sounds.lock().expect("no test panicked").insert(sound, bytes.to_vec());
        }
        Ok(version)
    }

    fn sound(&self, prompt: &str) -> Result<Option<Vec<u8>>, Denied> {
        let (version, _) = self.in_force();
        let edits = version.edits.iter().map(|made| &made.wish.edit);
        let sound = edits.filter(|edit| edit.prompt() == Some(prompt)).filter_map(Edit::sound).next_back();
        Ok(sound.and_then(|sound| self.sounds.lock().expect("no test panicked").get(sound).cloned()))
    }
}

/// Asked by Rune of Randers.
pub(crate) fn signed<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {RUNE}").parse().expect("ASCII"));
    request
}

struct Desk {
    client: AdministrationClient<Channel>,
    token: &'static str,
}

impl Desk {
    async fn of(stage: &Stage, token: &'static str) -> Self {
        Self { client: AdministrationClient::new(stage.channel().await), token }
    }

    fn with_token<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let value = format!("Bearer {}", self.token).parse().expect("ASCII");
        request.metadata_mut().insert("authorization", value);
        request
    }

    async fn greeting(&mut self, prompt: &str, based_on: u64, dry_run: bool) -> Result<pb::Version, Status> {
        let set = pb::Set {
            list: "lines".to_owned(),
            id: "pas-da".to_owned(),
            field: "greeting".to_owned(),
            value: format!("\"{prompt}\""),
        };
        let edits = vec![pb::Edit { until_unix_ms: 0, what: Some(pb::edit::What::Set(set)) }];
        let reason = Some(pb::Reason { why: "julehilsen".to_owned(), based_on, dry_run, ..pb::Reason::default() });
        let request = self.with_token(pb::ChangeRequest { reason, edits });
        Ok(self.client.change(request).await?.into_inner().version.expect("a version"))
    }
}

#[tokio::test]
async fn without_a_coordinators_token_nobody_sees_or_changes_anything() {
    let stage = Stage::set().await;
    let mut desk = Desk::of(&stage, "somebody-elses-token-1234").await;
    let asked = pb::ShowRequest { list: "lines".to_owned(), id: String::new() };
    let bare = desk.client.show(asked.clone()).await.expect_err("no token");
    assert_eq!((bare.code(), reason(&bare)), (Code::Unauthenticated, "NO_TOKEN"));
    let request = desk.with_token(asked);
    assert_eq!(reason(&desk.client.show(request).await.expect_err("not known")), "TOKEN_VOID");
    assert_eq!(reason(&desk.greeting("jul", 0, false).await.expect_err("not known")), "TOKEN_VOID");
}

#[tokio::test]
async fn a_change_is_seen_by_the_next_look_and_passwords_are_not() {
    let stage = Stage::set().await;
    let mut karin = Desk::of(&stage, KARIN).await;
    let tried = karin.greeting("jul", 1, true).await.expect("it would go");
    assert_eq!((tried.number, tried.changed[0].after.as_str()), (2, "\"jul\""));
    assert_eq!(karin.greeting("jul", 1, false).await.expect("nothing was changed by trying").number, 2);
    for (list, shown, hidden) in [("lines", "\"jul\"", "anna-secret"), ("agents", "\"hidden-here\"", "anna-secret")] {
        let request = karin.with_token(pb::ShowRequest { list: list.to_owned(), id: String::new() });
        let told = karin.client.show(request).await.expect("she may look").into_inner();
        let settings = format!("{:?}", told.entries);
        let all: Vec<&str> = told.entries.iter().flat_map(|one| &one.settings).map(|one| one.after.as_str()).collect();
        assert!(all.contains(&shown) && !settings.contains(hidden), "{settings}");
        assert_eq!(told.in_force.map(|version| version.number), Some(2));
    }
}

#[tokio::test]
async fn another_municipalitys_coordinator_is_refused_in_danish() {
    let stage = Stage::set().await;
    let mut rune = Desk::of(&stage, RUNE).await;
    let refused = rune.greeting("jul", 0, false).await.expect_err("the line is shared");
    assert_eq!((refused.code(), reason(&refused)), (Code::PermissionDenied, "NOT_YOURS"));
    assert!(refused.message().contains("fælles") && refused.message().contains("pas-da"), "{}", refused.message());
}

#[tokio::test]
async fn the_second_of_two_at_once_is_told_who_was_first_and_undoing_goes_back() {
    let stage = Stage::set().await;
    let mut karin = Desk::of(&stage, KARIN).await;
    karin.greeting("jul", 1, false).await.expect("first");
    let second = karin.greeting("nytaar", 1, false).await.expect_err("second");
    assert_eq!((second.code(), reason(&second)), (Code::Aborted, "OVERTAKEN"));
    assert!(second.message().contains("Karin") && second.message().contains("julehilsen"), "{}", second.message());
    let why =
        Some(pb::Reason { why: "julen er forbi".to_owned(), based_on: 0, dry_run: false, ..pb::Reason::default() });
    let request = karin.with_token(pb::RollBackRequest { reason: why, to: 1 });
    let back = karin.client.roll_back(request).await.expect("it may").into_inner().version.expect("a version");
    assert_eq!((back.number, back.back_to, back.edits), (3, 1, 0));
    let request = karin.with_token(pb::ListVersionsRequest { limit: 2, before: 0 });
    let listed = karin.client.list_versions(request).await.expect("she may look").into_inner().versions;
    assert_eq!(listed.iter().map(|one| one.number).collect::<Vec<_>>(), [3, 2]);
}

#[tokio::test]
async fn an_uploaded_sound_is_heard_again_as_it_was_and_a_nameless_one_is_refused() {
    let stage = Stage::set().await;
    let mut karin = Desk::of(&stage, KARIN).await;
    let sound: Vec<u8> = (0..100_000).map(|n| n as u8).collect();
    let part = |part| pb::UploadPromptRequest { part: Some(part) };
    let pieces = |sound: &[u8]| {
        let all = sound.chunks(30_000).map(|piece| part(pb::upload_prompt_request::Part::Piece(piece.to_vec())));
        all.collect::<Vec<_>>()
    };
    let reason_of =
        Some(pb::Reason { why: "ny stemme".to_owned(), based_on: 0, dry_run: false, ..pb::Reason::default() });
    let about = pb::PromptFor { reason: reason_of, name: "greeting.da".to_owned() };
    let mut all = vec![part(pb::upload_prompt_request::Part::About(about))];
    all.extend(pieces(&sound));
    let request = karin.with_token(tokio_stream::iter(all));
    karin.client.upload_prompt(request).await.expect("a sound");
    let request = karin.with_token(pb::ListenPromptRequest { name: "greeting.da".to_owned() });
    let mut heard = karin.client.listen_prompt(request).await.expect("there is one").into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = heard.message().await.expect("no fault") {
        bytes.extend(piece.piece);
    }
    assert_eq!(bytes, sound);
    let request = karin.with_token(tokio_stream::iter(pieces(&sound)));
    assert_eq!(reason(&karin.client.upload_prompt(request).await.expect_err("for what?")), "BAD_EDIT");
    let request = karin.with_token(pb::ListenPromptRequest { name: "closed.da".to_owned() });
    assert_eq!(reason(&karin.client.listen_prompt(request).await.expect_err("none")), "NO_SUCH_SOUND");
}

#[tokio::test]
async fn the_plan_in_force_can_be_taken_home_for_a_dry_run_without_anybodys_password() {
    let stage = Stage::set().await;
    let mut karin = Desk::of(&stage, KARIN).await;
    karin.greeting("jul", 0, false).await.expect("changed");
    let request = karin.with_token(pb::ShowPlanRequest {});
    let told = karin.client.show_plan(request).await.expect("she may look").into_inner().plan;
    assert!(!told.contains("anna-secret"));
    let plan = plan::read_plan(&told).expect("it is a plan file");
    assert_eq!(plan.lines[0].greeting.as_ref().map(ToString::to_string).as_deref(), Some("jul.da"));
}
