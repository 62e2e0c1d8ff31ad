//! Speed, measured in one run on one machine and told as ratios against the bare database.

/// Runs the benchmarks.
pub fn run() -> Result<(), String> {
    Err("not yet".to_owned())
}
