//! 账册核验: the ledger as a whole, its daily seals, and a check of everything.

use askama::Template;
use axum::{extract::State, response::Html};
use store::receipt::Seal;

use crate::web::{
    Desk,
    error::PageError,
    frame::Frame,
    plain,
    session::{SignedForm, SignedIn},
};

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    frame: Frame,
    entries: String,
    seals: Vec<SealRow>,
    all_seals: usize,
    chained: bool,
    checks: bool,
    checked: Option<Vec<String>>,
}

/// A seal as a table shows it.
pub struct SealRow {
    /// The day.
    pub day: String,
    /// How many cases moved.
    pub size: String,
    /// Root of the day.
    pub root: String,
    /// The seal itself.
    pub digest: String,
}

impl SealRow {
    /// A row for a seal.
    pub fn of(seal: &Seal) -> Self {
        Self {
            day: seal.day.to_string(),
            size: seal.size.to_string(),
            root: seal.root.clone(),
            digest: seal.digest.clone(),
        }
    }
}

/// Seals shown on the page; the file has them all.
pub const SHOWN_SEALS: usize = 60;

/// `GET /ledger`
pub async fn overview(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    page(&desk, me, false).await
}

/// `POST /ledger/check`: computes every chain and seal again; for administrators.
pub async fn check(State(desk): State<Desk>, form: SignedForm) -> Result<Html<String>, PageError> {
    page(&desk, form.me, true).await
}

async fn page(desk: &Desk, me: SignedIn, check: bool) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "账册核验").await?;
    desk.ask(move |office| {
        let checks = me.administers_all(office);
        if check && !checks {
            return Err(PageError::Forbidden(
                "全册核验由系统管理员进行；单件案卷在案卷页面核验。".into(),
            ));
        }
        let (entries, seals) = office
            .store()
            .read(office.county(), |read| Ok::<_, PageError>((read.entries()?, read.seals()?)))?;
        let checked = match check {
            true => {
                let damages = office.store().verify(office.county(), |_| {})?;
                Some(damages.iter().map(|damage| damage.to_string()).collect())
            }
            false => None,
        };
        let page = LedgerPage {
            frame,
            entries: plain::thousands(i64::try_from(entries).unwrap_or(i64::MAX)),
            all_seals: seals.len(),
            chained: store::receipt::verify_seals(&seals).is_ok(),
            seals: seals.iter().rev().take(SHOWN_SEALS).map(SealRow::of).collect(),
            checks,
            checked,
        };
        Ok(Html(page.render()?))
    })
    .await
}
