//! Speed, measured in one run on one machine and told as ratios against the bare database.

use crate::{
    postgres::{self, Durability, Server},
    steps::{cargo, run as run_command},
};

/// Runs the benchmarks, on PostgreSQL too where a server is installed.
pub fn run() -> Result<(), String> {
    let mut bench = cargo(&["bench", "--package", "yifa", "--bench", "office"]);
    if postgres::programs().is_none() {
        println!("PostgreSQL is not measured: no server is installed");
        return run_command(&mut bench);
    }
    let server = Server::start(Durability::Full)?;
    run_command(bench.env("YIFA_BENCH_POSTGRES", server.url()))
}
