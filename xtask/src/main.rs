//! 开发用命令: what a developer runs. `cargo xtask` lists the commands.
//!
//! Depends on next to nothing, so that it builds in seconds and starts before the product does.

mod bench;
mod install;
mod measure;
mod postgres;
mod screenshots;
mod steps;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  test         every check and test, installing what is missing; what CI runs
  tidy         the house rules alone (cargo xtask tidy --rules lists them with their reasons)
  bench        speed, as ratios against the bare database
  measure reading --seeds FOLDER
               how well reports are read, against labelled ones
  screenshots  the pictures of docs/images, from a running demo
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test"] => test::run(),
        ["tidy"] => tidy::run(),
        ["tidy", "--rules"] => {
            tidy::list();
            Ok(())
        }
        ["bench"] => bench::run(),
        ["measure", "reading", arguments @ ..] => measure::reading(arguments),
        ["screenshots"] => screenshots::run(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
