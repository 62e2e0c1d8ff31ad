//! 建县: organs, people and posts into an empty database.

use engine::actor::OrganPath;
use jiff::{Timestamp, civil::Date};
use store::{Organ, Person, Store, StoreError};

use super::county::County;
use crate::web::password;

/// Writes a county's organs, people and posts. Everybody who can sign in gets this password.
pub fn found(
    store: &Store,
    county: &County,
    from: Date,
    password: &str,
    must_change: bool,
) -> Result<(), StoreError> {
    let hash = password::hash(password).map_err(StoreError::Elsewhere)?;
    store.write(county.code(), |tx| {
        for organ in &county.organs {
            tx.put_organ(&Organ {
                path: OrganPath::from(organ.path.as_str()),
                name: organ.name.clone(),
                short: organ.short.clone(),
                kind: organ.kind.as_str().into(),
                from,
                to: None,
            })?;
        }
        for line in &county.people {
            tx.put_person(&Person {
                id: line.id.clone(),
                name: line.name.clone(),
                login: line.login.clone(),
                password: if line.login.is_some() { hash.clone() } else { String::new() },
                secret: None,
                must_change,
                closed: None::<Timestamp>,
            })?;
            for post in line.held(from) {
                tx.put_post(&line.id, &post)?;
            }
        }
        Ok(())
    })
}

/// A password nobody can guess, for accounts that must change it at once.
pub fn secret() -> Result<String, String> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    let mut bytes = [0u8; 14];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    Ok(letters.chain(['#', '7']).collect())
}
