//! 席位: the accounts through which another platform's officers act here.
//!
//! What a platform reports was done by its own people. It is entered under its name, in the post
//! in which it was done there, and whoever imported it stands in the reason of every entry. A
//! seat has no password and no sign-in; its posts are given and ended like anybody's.

use std::{collections::BTreeMap, sync::Arc};

use engine::actor::{Actor, OrganPath, Post};
use jiff::civil::Date;
use law::{Id, exchange::Exchange};
use store::{Person, Store, StoreError};

use super::ExchangeFault;
use crate::office::Office;

/// The account of a platform's post.
pub fn seat_id(exchange: &Exchange, post: &str) -> String {
    format!("{}:{post}", exchange.id)
}

/// Whether an account is a platform's. No other id has this sign.
pub fn is_seat(person: &str) -> bool {
    person.contains(':')
}

/// Since when a platform has had its officers: imports bring what was done long ago.
const ALWAYS: Date = Date::constant(1900, 1, 1);

/// Gives the platform its seats in an organ: an account for each post, once.
pub fn connect(office: &Office, exchange: &Exchange, organ: &OrganPath) -> Result<(), StoreError> {
    let Some(import) = &exchange.import else { return Ok(()) };
    let names = &office.law().organs.roles;
    let procedure = office.law().procedures.get(&exchange.procedure).and_then(|e| e.last());
    let store: &Store = office.store();
    store.write(office.county(), |tx| {
        for post in import.seats() {
            let id = seat_id(exchange, post);
            let role = procedure.and_then(|p| p.roles.get(post)).map(|role| &role.name);
            let title = names.get(post).or(role).map_or(post.as_str(), String::as_str);
            if tx.person(&id)?.is_none() {
                tx.put_person(&Person {
                    id: id.clone(),
                    name: format!("{}（{title}）", exchange.platform),
                    login: None,
                    password: String::new(),
                    secret: None,
                    must_change: false,
                    closed: None,
                })?;
            }
            let held = tx.actor(&id)?.map(|actor| actor.posts).unwrap_or_default();
            if !held.iter().any(|held| held.role == *post && held.organ == *organ) {
                tx.put_post(
                    &id,
                    &Post {
                        role: post.clone(),
                        organ: organ.clone(),
                        from: ALWAYS,
                        to: None,
                        substitute_for: None,
                    },
                )?;
            }
        }
        Ok::<_, StoreError>(())
    })?;
    office.reload_names()
}

/// The platform's officers by post, as the law sees them.
pub fn seats(
    office: &Office,
    exchange: &Exchange,
) -> Result<BTreeMap<Id, Arc<Actor>>, ExchangeFault> {
    let Some(import) = &exchange.import else { return Ok(BTreeMap::new()) };
    let posts = import.seats();
    let ids: Vec<String> = posts.iter().map(|post| seat_id(exchange, post)).collect();
    let actors = office.store().read(office.county(), |read| read.actors(&ids))?;
    let mut seats = BTreeMap::new();
    for (post, id) in posts.into_iter().zip(ids) {
        let actor = actors.iter().find(|actor| actor.person == id).ok_or_else(|| {
            ExchangeFault(format!("“{}”还没有接通，请系统管理员先接通", exchange.name))
        })?;
        seats.insert(post.clone(), Arc::new(actor.clone()));
    }
    Ok(seats)
}

/// The organs in which the platform has its seats on a day.
pub fn connected(
    office: &Office,
    exchange: &Exchange,
    on: Date,
) -> Result<Vec<OrganPath>, ExchangeFault> {
    let Some(import) = &exchange.import else { return Ok(Vec::new()) };
    let Some(first) = import.seats().first().map(|post| seat_id(exchange, post)) else {
        return Ok(Vec::new());
    };
    let actor = office.store().read(office.county(), |read| read.actor(&first))?;
    let posts = actor.map(|actor| actor.posts).unwrap_or_default();
    let mut organs: Vec<OrganPath> =
        posts.into_iter().filter(|post| post.on(on)).map(|post| post.organ).collect();
    organs.sort();
    organs.dedup();
    Ok(organs)
}
