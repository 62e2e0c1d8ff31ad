//! 准绳：法律作为数据。
//!
//! This crate turns the files under `law/` into typed values and says what is wrong with them.
//! It knows no case: nothing here depends on a fact, a person or a clock.
//!
//! Rooms, in the order a file walks through them:
//! [`source`] reads a folder → [`toml_file`] knows where every value stands → [`read`] turns
//! tables into a [`procedure::Procedure`], with [`expr`] for its conditions → [`check`] says what
//! must hold within and across files → [`Law`] answers what is in force on a day.
//! [`calendar`] and [`period`] count legal days; [`statute`] knows which laws exist;
//! [`diagnostic`] shows what is wrong; [`wall`] says a procedure in plain Chinese;
//! [`difference`] says what a local overlay changes.

pub mod assessment;
pub mod calendar;
pub mod check;
pub mod citation;
pub mod diagnostic;
pub mod difference;
pub mod exchange;
pub mod expr;
pub mod id;
pub mod indicator;
pub mod organ;
pub mod outline;
pub mod period;
pub mod procedure;
pub mod quota;
pub mod read;
pub mod scenario;
pub mod source;
pub mod statute;
pub mod toml_file;
pub mod value;
pub mod wall;

mod code;

pub use code::Law;
pub use id::Id;
