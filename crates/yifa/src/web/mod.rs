//! 办公桌: the pages. Every route stands on this screen.
//!
//! A handler converts in, asks once, converts out. It holds no rule and no SQL; what may be done
//! and why not comes from the engine, who sees what from the store.

mod act_form;
mod assets;
mod case_file;
mod error;
mod flow;
pub(crate) mod form;
mod frame;
mod guard;
mod lamp;
mod pages;
mod paging;
pub mod password;
mod plain;
mod session;
mod shell;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};
use tokio::net::TcpListener;

use crate::office::Office;
use error::PageError;
use guard::Doors;

/// What every handler shares.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

struct Shared {
    office: Arc<Office>,
    behind_proxy: bool,
    doors: Doors,
}

/// Every route and who answers it. Those a stranger may use are listed in `tests/open-routes.txt`.
fn routes() -> Vec<(&'static str, MethodRouter<Desk>)> {
    use pages::*;
    vec![
        // For everybody.
        ("/assets/{file}", get(assets::asset)),
        ("/health", get(sign_in::health)),
        ("/display", get(sign_in::display)),
        ("/sign-in", get(sign_in::door).post(sign_in::sign_in)),
        ("/notices", get(public::notices)),
        ("/notices/{case}/{notice}", get(public::notice)),
        ("/track", get(public::track).post(public::tracked)),
        ("/verify", get(public::verify).post(public::verified)),
        ("/seals", get(public::seals)),
        ("/seals.json", get(public::seals_file)),
        ("/field/worker.js", get(field::worker)),
        // For those who have signed in.
        ("/sign-out", post(sign_in::sign_out)),
        ("/password", get(sign_in::password).post(sign_in::change_password)),
        ("/", get(home::worklist)),
        ("/mine", get(home::mine)),
        ("/search", get(search::search)),
        ("/new", get(open::choose)),
        ("/new/{procedure}/{act}", get(open::form).post(open::open)),
        ("/field", get(field::start)),
        ("/field/{procedure}/{act}", get(field::form).post(field::send)),
        ("/cases/{case}", get(case::show)),
        ("/cases/{case}/acts/{act}", post(act::take)),
        ("/cases/{case}/print", get(case::print)),
        ("/cases/{case}/verify", get(case::verify)),
        ("/cases/{case}/unseal", post(case::unseal)),
        ("/cases/{case}/entries/{version}", get(case::entry)),
        ("/cases/{case}/entries/{version}/receipt.json", get(case::receipt)),
        ("/cases/{case}/documents/{version}/{file}", get(files::document)),
        ("/cases/{case}/files/{digest}", get(files::material)),
        ("/cases/{case}/files/{digest}/audit", get(audit::draft)),
        ("/cases/{case}/exam", get(exam::show).post(exam::answer)),
        ("/cases/{case}/exam/save", post(exam::save)),
        ("/exams", get(exam::list)),
        ("/registers", get(register::all)),
        ("/registers/{procedure}", get(register::one)),
        ("/registers/{procedure}/export", get(export::register)),
        ("/registers/{procedure}/draw", get(draw::show)),
        ("/registers/{procedure}/draw/export", get(draw::export)),
        ("/law", get(law::list)),
        ("/law/{procedure}", get(law::wall)),
        ("/law/{procedure}/source", get(law::source)),
        ("/law/{procedure}/differences", get(law::differences)),
        ("/people", get(people::list).post(people::add)),
        ("/people/{person}", get(people::show)),
        ("/people/{person}/posts", post(people::give_post)),
        ("/people/{person}/posts/end", post(people::end_post)),
        ("/people/{person}/password", post(people::reset_password)),
        ("/people/{person}/close", post(people::close)),
        ("/figures", get(figures::table)),
        ("/figures/{key}", get(figures::list)),
        ("/cockpit", get(cockpit::show)),
        ("/duties", get(duties::table)),
        ("/duties/{assessment}", get(duties::scores)),
        ("/report", get(report::draft).post(report::preview)),
        ("/report/open", post(report::open)),
        ("/report/write", post(report::write)),
        ("/report/attach", post(report::attach)),
        ("/report/{form}", post(report::file)),
        ("/exchange", get(exchange::list)),
        ("/exchange/{id}", get(exchange::one)),
        ("/exchange/{id}/import", post(exchange::import)),
        ("/exchange/{id}/check", post(exchange::check)),
        ("/exchange/{id}/export", post(exchange::export)),
        ("/exchange/{id}/connect", post(exchange::connect)),
        ("/exchange/{id}/runs/{run}", get(exchange::result)),
        ("/audit", get(audit::door).post(audit::read)),
        ("/audit/sheet", post(audit::sheet)),
        ("/ledger", get(ledger::overview)),
        ("/ledger/check", post(ledger::check)),
        ("/access", get(access::log)),
        ("/refused", get(access::refused)),
    ]
}

/// The paths of every route, for the test that none is left unguarded.
pub fn paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

impl Desk {
    /// A desk in an office. `behind_proxy`: a proxy in front speaks TLS and names the caller's
    /// address; cookies then travel over TLS only.
    pub fn new(office: Arc<Office>, behind_proxy: bool) -> Self {
        Self(Arc::new(Shared { office, behind_proxy, doors: Doors::default() }))
    }

    /// Asks the office. Its work is synchronous and runs beside the threads that answer requests.
    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Office) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, PageError> {
        let desk = self.clone();
        let done = tokio::task::spawn_blocking(move || job(&desk.0.office)).await;
        done.unwrap_or_else(|error| Err(PageError::Broken(error.to_string())))
    }

    fn law(&self) -> &law::Law {
        self.0.office.law()
    }

    /// One more knock at a door that is open to strangers.
    fn knock(&self, visit: &session::Visit) -> Result<(), PageError> {
        self.0.doors.knock(visit.source)
    }

    fn behind_proxy(&self) -> bool {
        self.0.behind_proxy
    }

    fn cookie_name(&self) -> &'static str {
        if self.0.behind_proxy { "__Host-yifa" } else { "yifa" }
    }
}

/// The whole desk: every route behind every guard.
pub fn router(desk: Desk) -> Router {
    let router = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, answers)| router.route(path, answers));
    guard::guarded(router.fallback(error::missing)).with_state(desk)
}

/// Serves the desk until `stop` resolves; answers under way are finished first.
pub async fn serve(
    desk: Desk,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(desk).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
