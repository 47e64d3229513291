//! The workspace as cargo sees it: our crates with what they lean on, and everyone else's crates with their licences.
//! Knows only this machine's platform: a crate that is never built here is not asked for.

use std::collections::BTreeSet;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Everything that cargo knows.
pub struct Workspace {
    /// Our crates, by name.
    pub ours: Vec<Crate>,
    /// Everyone else's, by name and version.
    pub outside: Vec<OutsideCrate>,
    /// Where the builds lie.
    pub target: std::path::PathBuf,
}

/// One of our crates.
pub struct Crate {
    /// Its name.
    pub name: String,
    /// What the built crate needs (build scripts not counted).
    pub needs: BTreeSet<String>,
    /// What only its tests need.
    pub tests_need: BTreeSet<String>,
    /// What its licence field says.
    pub licence: Option<String>,
}

/// A crate that is not ours.
pub struct OutsideCrate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence, as an SPDX expression; where only a file states it, what the file's title says.
    pub licence: Option<String>,
}

impl Workspace {
    /// Asks cargo.
    pub fn read() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(crate::top().join("Cargo.toml"))
            .other_options(vec!["--filter-platform".into(), host()])
            .exec()
            .expect("cargo can describe the workspace");
        let mut ours: Vec<Crate> = metadata.workspace_packages().into_iter().map(our_crate).collect();
        ours.sort_by(|a, b| a.name.cmp(&b.name));
        Self { ours, outside: outside(&metadata), target: metadata.target_directory.clone().into() }
    }
}

fn our_crate(package: &Package) -> Crate {
    let of = |kind| {
        let named = package.dependencies.iter().filter(move |needed| needed.kind == kind);
        named.map(|needed| needed.name.clone()).collect()
    };
    Crate {
        name: package.name.to_string(),
        needs: of(DependencyKind::Normal),
        tests_need: of(DependencyKind::Development),
        licence: package.license.clone(),
    }
}

fn outside(metadata: &Metadata) -> Vec<OutsideCrate> {
    let built: BTreeSet<_> = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| &node.id).collect();
    let foreign = metadata.packages.iter().filter(|package| package.source.is_some() && built.contains(&package.id));
    foreign
        .map(|package| OutsideCrate {
            name: package.name.to_string(),
            version: package.version.to_string(),
            licence: package.license.clone().or_else(|| by_file(package)),
        })
        .collect()
}

/// `MIT License` as a file's title is the licence `MIT`; any other title is told as it is.
fn by_file(package: &Package) -> Option<String> {
    let text = std::fs::read_to_string(package.license_file()?).ok()?;
    let title = text.lines().next()?.trim();
    Some(title.strip_suffix(" License").unwrap_or(title).to_owned())
}

fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let told = Command::new(rustc).arg("-vV").output().expect("rustc can be started");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc says which machine it runs on").to_owned()
}
