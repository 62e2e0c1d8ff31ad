//! The pictures of `docs/images`, taken from a running demo.

/// Takes the pictures.
pub fn run() -> Result<(), String> {
    Err("not yet".to_owned())
}
