//! The law folder is compiled in (`source.rs`); a change there must compile this crate anew.

fn main() {
    println!("cargo::rerun-if-changed=../../law");
}
