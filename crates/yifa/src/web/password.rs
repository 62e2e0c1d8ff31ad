//! Passwords: how they are kept, and which are good enough (等保三级).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// So many wrong passwords in a row lock an account …
pub const TRIES: u32 = 5;
/// … for so many minutes.
pub const LOCKED_MINUTES: i64 = 15;

/// The text to keep for a password: Argon2id with its own salt.
pub fn hash(password: &str) -> Result<String, String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

/// Whether a password is the one that was kept.
///
/// An empty or unreadable text is compared with a decoy, so that an unknown account takes as long
/// as a known one.
pub fn fits(password: &str, kept: &str) -> bool {
    const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$ZGVjb3lkZWNveWRlY295ZGVjb3lkZWNveWRlY295ZGU";
    let known = PasswordHash::new(kept);
    let decoy = PasswordHash::new(DECOY);
    match (known, decoy) {
        (Ok(known), _) => Argon2::default().verify_password(password.as_bytes(), &known).is_ok(),
        (Err(_), Ok(decoy)) => {
            let _ = Argon2::default().verify_password(password.as_bytes(), &decoy);
            false
        }
        _ => false,
    }
}

/// What is wrong with a new password, if anything.
pub fn weakness(password: &str, login: &str) -> Option<&'static str> {
    let kinds = [
        password.chars().any(|char| char.is_ascii_uppercase()),
        password.chars().any(|char| char.is_ascii_lowercase()),
        password.chars().any(|char| char.is_ascii_digit()),
        password.chars().any(|char| !char.is_ascii_alphanumeric()),
    ];
    if password.chars().count() < 10 {
        Some("新口令至少 10 位")
    } else if password.chars().count() > 200 {
        Some("新口令至多 200 位")
    } else if kinds.iter().filter(|kind| **kind).count() < 3 {
        Some("新口令须含大写字母、小写字母、数字、符号中的三类")
    } else if !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase()) {
        Some("新口令不得含账号")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_passwords_fit_only_themselves() {
        let kept = hash("Qingshi-2026").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(fits("Qingshi-2026", &kept));
        assert!(!fits("qingshi-2026", &kept));
        assert!(!fits("", ""));
        assert_ne!(kept, hash("Qingshi-2026").unwrap(), "every hash has its own salt");
    }

    #[test]
    fn weak_passwords_are_named() {
        assert!(weakness("Abc123", "a").is_some());
        assert!(weakness("abcdefghijkl", "a").is_some());
        assert!(weakness("Wang-wu-2026", "wang-wu").is_some());
        assert_eq!(weakness("Qingshi-2026", "wangwu"), None);
        assert_eq!(weakness("依法行政Yifa2026", "wangwu"), None);
    }
}
