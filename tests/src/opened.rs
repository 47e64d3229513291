//! Which centre a test opens: one with a plan of `tests/plans`, or of `config`, moved to addresses of the test's own.
//! Knows settings files and what is filled in; how the program runs is `running`'s.

use crate::{Net, RunningCentre};

impl RunningCentre {
    /// A centre with the plan of `tests/plans/NAME.toml`, whose addresses are filled in.
    pub fn with_plan(name: &str) -> Self {
        Self::with_plan_in(Net::claim(), name, &[])
    }

    /// The same in this network, with these words of the plan, `{word}`, filled in as well.
    pub fn with_plan_in(net: Net, name: &str, words: &[(&str, &str)]) -> Self {
        Self::with_plan_in_environment(net, name, words, Vec::new())
    }

    /// The same, with more in its environment.
    pub fn with_plan_in_environment(
        net: Net,
        name: &str,
        words: &[(&str, &str)],
        environment: Vec<(String, String)>,
    ) -> Self {
        let text = plan_of(name);
        let text = words.iter().fold(text, |text, (word, meant)| text.replace(&format!("{{{word}}}"), meant));
        let settings = text
            .replace("{centre}", &net.centre().to_string())
            .replace("{trunk}", &net.trunk().to_string())
            .replace("{phones}", &net.phones().to_string());
        Self::start(net, &settings, environment)
    }

    /// The same as [`RunningCentre::with_plan`], with its settings changed.
    pub fn with_plan_changed(name: &str, changes: &[(&str, &str)]) -> Self {
        let text = plan_of(name);
        let net = Net::claim();
        let addresses = [("centre", net.centre()), ("trunk", net.trunk()), ("phones", net.phones())];
        let text = changes.iter().fold(text, |text, (was, is)| {
            assert!(text.contains(was), "{name} has no {was}");
            text.replacen(was, is, 1)
        });
        let fill = |text: String, (word, meant): &(&str, std::net::IpAddr)| {
            text.replace(&format!("{{{word}}}"), &meant.to_string())
        };
        let settings = addresses.iter().fold(text, fill);
        Self::start(net, &settings, Vec::new())
    }

    /// A centre with `config/bench.toml`, moved to an address of its own. Trunk and phones share it.
    pub fn of_the_bench() -> Self {
        Self::of_the_bench_with("")
    }

    /// The same, with these lines of settings before it.
    pub fn of_the_bench_with(first: &str) -> Self {
        Self::of_config("bench", first, Vec::new())
    }

    /// A centre with `config/storm.toml`, moved likewise.
    pub fn of_the_storm() -> Self {
        Self::of_config("storm", "", Vec::new())
    }

    /// The same as [`RunningCentre::of_the_bench`], with more in its environment.
    pub fn of_the_bench_in(environment: Vec<(String, String)>) -> Self {
        Self::of_config("bench", "", environment)
    }

    fn of_config(name: &str, first: &str, environment: Vec<(String, String)>) -> Self {
        let net = Net::claim();
        let path = crate::top().join("config").join(name).with_extension("toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let settings = text.replace("127.0.0.1", &net.centre().to_string());
        Self::start(net, &format!("{first}{settings}"), environment)
    }
}

/// The settings with a plan of the tests'.
fn plan_of(name: &str) -> String {
    let path = crate::top().join("tests/plans").join(name).with_extension("toml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
