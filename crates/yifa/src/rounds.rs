//! 每日例行: sealing yesterday, work that has become due, periods of a newly published year, idle
//! sessions. Every process may run it; a day that is sealed stays sealed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use engine::{
    action::{Action, Target},
    actor::Actor,
};
use jiff::{ToSpan, civil::Date};
use law::value::Value;
use store::StoreError;

use crate::exam;
use crate::office::{Office, Unperformed};

/// How often the office looks whether a day has passed.
const EVERY: Duration = Duration::from_secs(60);
/// A session that nobody used for so long is forgotten.
const FORGET_HOURS: i64 = 24;

/// What a round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// A day was sealed.
    pub sealed: Option<Date>,
    /// Cases in which work has become ready.
    pub ready: u64,
    /// Cases whose periods were counted again.
    pub recounted: u64,
    /// Sessions forgotten.
    pub forgotten: u64,
    /// Sittings of examinations whose time was over and whose results were entered.
    pub marked: u64,
}

/// Makes rounds until the runtime ends.
pub fn start(office: Arc<Office>) {
    tokio::spawn(async move {
        loop {
            let doing = office.clone();
            let done = tokio::task::spawn_blocking(move || round(&doing)).await;
            match done {
                Ok(Ok(done)) if done != Round::default() => tracing::info!(?done, "round"),
                Ok(Err(error)) => tracing::error!(%error, "the daily round failed"),
                Err(error) => tracing::error!(%error, "the daily round failed"),
                Ok(Ok(_)) => {}
            }
            tokio::time::sleep(EVERY).await;
        }
    });
}

/// One round: does what is due and has not been done.
pub fn round(office: &Office) -> Result<Round, Unperformed> {
    let (county, now, today) = (office.county(), office.clock().now(), office.clock().today());
    let yesterday = today.saturating_sub(1.day());
    let sealed = seal(office, yesterday)?;
    let calendar = &office.law().calendar;
    let ready =
        office.store().write(county, |tx| tx.refresh_turns(office.law(), calendar, today))?;
    let idle = now.checked_sub(FORGET_HOURS.hours()).unwrap_or(now);
    let forgotten = office.store().write(county, |tx| tx.expire_sessions(idle))?;
    let recounted = recount(office, today)?;
    let marked = exam::settle(office, now)?;
    Ok(Round { sealed, ready, recounted, forgotten, marked })
}

/// Seals a day if something was entered since the last seal and it is not sealed yet.
pub fn seal(office: &Office, day: Date) -> Result<Option<Date>, StoreError> {
    let at = office.clock().now();
    office.store().write(office.county(), |tx| {
        let last = tx.seals()?.last().map(|seal| seal.day);
        if last.is_some_and(|last| last >= day) || tx.last_entry_on()?.is_none() {
            return Ok(None);
        }
        tx.seal(day, at).map(|seal| Some(seal.day))
    })
}

/// Periods that were counted on a year whose days off were not published yet: once they are, a
/// fact says so and the dates are counted again.
fn recount(office: &Office, today: Date) -> Result<u64, Unperformed> {
    let Some(published) = office.law().calendar.last_published() else { return Ok(0) };
    let cases = office.store().read(office.county(), |read| read.provisional_before(published))?;
    for case in &cases {
        let answers = BTreeMap::from([("calendar".into(), Value::Int(published.into()))]);
        let action = Action {
            id: action_id(case, published),
            target: Target::Case { case: case.clone(), seen: None },
            act: engine::builtin::Kind::Recount.id().into(),
            answers,
            with: Vec::new(),
            assign: BTreeMap::new(),
            on: today,
            late_entry: None,
        };
        office.perform(&Actor::machine(), &action)?;
    }
    Ok(cases.len() as u64)
}

/// The same case is counted again for the same calendar only once.
fn action_id(case: &str, calendar: i16) -> String {
    use sm3::{Digest, Sm3};
    let digest = Sm3::digest(format!("recount/{case}/{calendar}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
