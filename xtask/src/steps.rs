//! Steps that are announced, timed and counted; the first that fails does not hide the others.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The steps of one run, and how each went.
pub struct Steps {
    begun: Instant,
    taken: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

impl Steps {
    pub fn new() -> Self {
        Steps { begun: Instant::now(), taken: Vec::new() }
    }

    /// Takes one step and says how long it took. Whether it passed is remembered, not returned:
    /// a step that needs an earlier one asks [`Steps::passed`].
    pub fn take(&mut self, name: &'static str, step: impl FnOnce() -> Result<(), String>) {
        println!("\n── {name}");
        let begun = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(fault) => {
                eprintln!("{fault}");
                Outcome::Failed(fault)
            }
        };
        let took = begun.elapsed();
        let word = if matches!(outcome, Outcome::Passed) { "passed" } else { "FAILED" };
        println!("── {name}: {word} in {}", spoken(took));
        self.taken.push(Step { name, took, outcome });
    }

    /// Notes a step that cannot be taken, and why.
    pub fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        let why = why.into();
        println!("\n── {name}: skipped, {why}");
        self.taken.push(Step { name, took: Duration::ZERO, outcome: Outcome::Skipped(why) });
    }

    pub fn passed(&self, name: &str) -> bool {
        let step = self.taken.iter().find(|step| step.name == name);
        step.is_some_and(|step| matches!(step.outcome, Outcome::Passed))
    }

    /// Prints the table of all steps and whether all is well.
    pub fn close(self) -> Result<(), String> {
        println!();
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for step in &self.taken {
            let (word, why) = match &step.outcome {
                Outcome::Passed => {
                    passed += 1;
                    ("passed", String::new())
                }
                Outcome::Failed(fault) => {
                    failed += 1;
                    ("FAILED", format!("  {}", fault.lines().next().unwrap_or_default()))
                }
                Outcome::Skipped(why) => {
                    skipped += 1;
                    ("skipped", format!("  {why}"))
                }
            };
            println!("{:>9}  {word:<8}{}{why}", spoken(step.took), step.name);
        }
        println!("{:>9}  in all", spoken(self.begun.elapsed()));
        println!("\nSteps: {passed} passed, {failed} failed, {skipped} skipped");
        if failed == 0 { Ok(()) } else { Err("something failed: see above".to_owned()) }
    }
}

/// Runs a command to its end, showing its output; no standard input.
pub fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {}", shown(command));
    let status = command.stdin(Stdio::null()).status();
    let status = status.map_err(|fault| format!("{}: {fault}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown(command))) }
}

/// `cargo` with these words, from the root of the workspace.
pub fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::workspace::root()).args(words);
    command
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(program.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

fn spoken(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = took.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}
