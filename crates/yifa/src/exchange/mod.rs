//! 数据交换: other platforms' files in and out, through the same door as everybody.
//!
//! [`file`] reads rows, whatever the layout → [`plan`] says which acts a row stands for →
//! [`import`] has them performed → [`check`] compares a file with what is here; [`export`] writes
//! what the other side wants. The other side acts through [`seats`], accounts without sign-in that
//! hold the posts its officers have.

pub mod check;
pub mod export;
pub mod file;
pub mod import;
pub mod plan;
pub mod seats;

use std::fmt;

/// Why an exchange could not take place, in words for whoever asked.
#[derive(Debug)]
pub struct ExchangeFault(pub String);

impl fmt::Display for ExchangeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ExchangeFault {}

impl From<store::StoreError> for ExchangeFault {
    fn from(error: store::StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for ExchangeFault {
    fn from(error: std::io::Error) -> Self {
        Self(format!("文件读不了：{error}"))
    }
}

/// A cell of a text table, quoted where it must be.
pub(crate) fn quoted(cell: &str) -> String {
    // A cell that begins like a formula is shown as text by every spreadsheet.
    let risky = cell.starts_with(['=', '+', '@']) || (cell.starts_with('-') && cell.len() > 1);
    let cell = if risky { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}
