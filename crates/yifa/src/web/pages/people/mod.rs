//! 人员与资格: the organ tree, who holds which post, who holds which credential.

mod accounts;
mod list;
mod person;

pub use accounts::{add, close, end_post, give_post, reset_password};
pub use list::list;
pub use person::show;
