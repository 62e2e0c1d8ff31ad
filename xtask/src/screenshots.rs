//! The pictures of `docs/images`, taken from a running demo.

use crate::steps::{cargo, run as run_command};

/// Plays the whole demonstration, walks through it in a browser and takes the pictures.
pub fn run() -> Result<(), String> {
    let words = ["test", "--package", "yifa", "--test", "screenshots", "--", "--ignored"];
    run_command(&mut cargo(&words))
}
