//! How well others' reports are read, against reports that people have labelled.

use crate::steps::{cargo, run};

/// Prints precision, recall and every miss; says so where there are no labelled reports.
pub fn reading(arguments: &[&str]) -> Result<(), String> {
    let mut measure =
        cargo(&["run", "--quiet", "--package", "audit", "--example", "measure", "--"]);
    run(measure.args(arguments))
}
