//! The desk as a stranger's program meets it: a client that knows nothing but reflection lists the services, logs an
//! agent in, is offered a call and follows it to the wrap-up. The client is Python's, not ours.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use samkald_tests::{RunningCentre, Sipp, phones_are_there, python, told, top};

/// Longest wait for the client's next line.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_client_with_reflection_takes_a_call_from_log_in_to_wrap_up() {
    if !phones_are_there(&["sipp", "python"]) {
        return;
    }
    let centre = RunningCentre::with_plan("desk");
    let mut client = Client::start(&centre);
    for service in
        ["samkald.desk.v1.AgentDesktop", "samkald.supervision.v1.Supervision", "samkald.statistics.v1.Statistics"]
    {
        client.says(&format!("service {service}"));
    }
    client.says("ready");
    let mut phone = Sipp::new("agent", centre.net.phones());
    phone.local.set_port(26_000);
    let phone = phone.wait_for_calls();
    let citizen = Sipp::citizen("citizen", centre.net.trunk(), "89402000");
    let citizen = citizen.ring(centre.sip());
    client.says("offered 30112233 0751 Aarhus pas da");
    client.says("talking");
    client.says("wrap-up open");
    client.says("wrapped up");
    client.says("done");
    citizen.succeed();
    phone.succeed();
    let told = centre.facts_until(|told| told::states(told, "dorte").iter().any(|state| state == "became Off"));
    let states = told::states(&told, "dorte");
    let expected =
        ["became Ready", "became Offered", "became Talking", "became WrapUp", "wrapped up: solved", "became Ready"];
    let from = states.iter().position(|state| state == "became Ready").expect("she was ready");
    assert_eq!(states[from..from + expected.len()], expected, "{states:#?}");
    centre.nothing_is_left();
}

/// The Python program at work.
struct Client {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Client {
    fn start(centre: &RunningCentre) -> Self {
        let mut command = Command::new(python().expect("it was there a moment ago"));
        command.arg(top().join("tests/desk.py")).arg(centre.http().to_string()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Python can be started");
        let output = BufReader::new(child.stdout.take().expect("its output is ours"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, said: Vec::new() }
    }

    /// Waits until the client has said this, in any order.
    fn says(&mut self, words: &str) {
        while !self.said.iter().any(|line| line == words) {
            let line = self.lines.recv_timeout(PATIENCE);
            self.said.push(
                line.unwrap_or_else(|_| panic!("the client never said `{words}`, only:\n{}", self.said.join("\n"))),
            );
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
