//! Every check and test, from a bare machine to a closing line.

use std::path::PathBuf;
use std::process::Command;

use crate::postgres::{Durability, Server};
use crate::steps::{Steps, cargo, run as run_command};
use crate::{install, postgres, tidy};

const BUILD: &str = "build";

/// Takes every step, so that one run shows all that is wrong; fails if any step did.
pub fn run() -> Result<(), String> {
    let mut steps = Steps::new();
    steps.take("install what is missing", install::missing);
    steps.take("format", || run_command(&mut cargo(&["fmt", "--all", "--check"])));
    steps.take("house rules", tidy::run);
    steps.take("clippy", || {
        let words = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        run_command(&mut cargo(&words))
    });
    // One profile for everything: what the tests build is what the later steps run.
    steps.take(BUILD, || run_command(&mut cargo(&["test", "--workspace", "--quiet", "--no-run"])));
    if !steps.passed(BUILD) {
        return steps.close();
    }

    if postgres::programs().is_some() {
        steps.take("tests, on SQLite and PostgreSQL", || {
            let server = Server::start(Durability::ProcessOnly)?;
            run_command(tests().env("YIFA_TEST_POSTGRES", server.url()))
        });
    } else {
        steps.skip("tests on PostgreSQL", "no server is installed");
        steps.take("tests, on SQLite", || run_command(&mut tests()));
    }
    // Faults, scenarios, and each guard taken away in turn: would a scenario miss it?
    steps.take("the law", || run_command(&mut yifa(&["law", "check", "--mutate"])));
    steps.take("the first command of README", first_command);
    steps.close()
}

fn tests() -> Command {
    cargo(&["test", "--workspace", "--no-fail-fast"])
}

/// The program as the tests built it.
fn yifa(words: &[&str]) -> Command {
    let mut command = cargo(&["run", "--quiet", "--package", "yifa", "--"]);
    command.args(words);
    command
}

/// A demo county is made in an empty folder, twice: the second run must find it there.
fn first_command() -> Result<(), String> {
    let folder = Scratch::new("demo")?;
    let database = folder.0.join("demo.db");
    let make = || {
        let mut command = yifa(&["demo", "--no-serve", "--scale", "20", "--db"]);
        command.arg(&database);
        run_command(&mut command)
    };
    make()?;
    make()?;
    let mut verify = yifa(&["ledger", "verify", "--db"]);
    run_command(verify.arg(&database))
}

/// A folder for one step, removed after it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Result<Scratch, String> {
        let folder = std::env::temp_dir().join(format!("yifa-{name}-{}", std::process::id()));
        let made = std::fs::create_dir_all(&folder);
        made.map(|()| Scratch(folder)).map_err(|fault| fault.to_string())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
