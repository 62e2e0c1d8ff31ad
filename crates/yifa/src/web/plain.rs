//! Days, instants, numbers and roles as pages write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};
use law::procedure::{LINKED, Procedure};

/// `2026年3月1日`.
pub fn day(date: Date) -> String {
    engine::show::date(date)
}

/// An instant as the clocks of the country show it.
pub fn local(at: Timestamp) -> DateTime {
    Offset::constant(8).to_datetime(at)
}

/// `2026-03-01 09:40`.
pub fn stamp(at: Timestamp) -> String {
    let at = local(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// The name of a role in a procedure.
pub fn role(procedure: &Procedure, role: &str) -> String {
    match procedure.roles.get(role) {
        Some(role) => role.name.clone(),
        None if role == LINKED => "系统".into(),
        None => role.into(),
    }
}

/// `1,142`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1142), "1,142");
        assert_eq!(thousands(-1_234_567), "-1,234,567");
    }
}
