//! TOML into typed procedures.
