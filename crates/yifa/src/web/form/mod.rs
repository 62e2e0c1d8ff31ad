//! Forms: generated from the fields of the law, read back into answers, nothing typed ever lost.

pub mod answers;
pub mod control;
pub mod filled;
pub mod sniff;
