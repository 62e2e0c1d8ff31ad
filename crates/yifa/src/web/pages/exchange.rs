//! 数据交换: a file is tried out, confirmed, and what became of it can be read and taken along.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::{actor::OrganPath, show::Names};
use jiff::civil::Date;
use law::{
    exchange::{Exchange, Holds, Source},
    procedure::{Field, FieldType, Procedure},
    value::FileRef,
};
use store::{AccessKind, ExchangeRun, Way};

use super::register::download;
use crate::{
    clock::date_of,
    exchange::{
        ExchangeFault,
        check::Compared,
        export::Exporting,
        file::Rows,
        import::{Importing, Mode, Outcome, Problem, REHEARSED},
        seats,
    },
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::{
            answers::date,
            control::{Control, size},
            filled::{Filled, keep_file},
        },
        frame::Frame,
        session::{SignedForm, SignedIn},
        shell::role_name,
    },
};

/// The name of the file control.
const FILE: &str = "file";
/// Runs shown.
const SHOWN: u32 = 30;
/// Grounds shown.
const GROUNDS: usize = 30;

#[derive(Template)]
#[template(path = "exchange/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<ListRow>,
}

struct ListRow {
    id: String,
    name: String,
    platform: String,
    procedure: String,
    ways: &'static str,
    sample: bool,
    connected: usize,
}

/// `GET /exchange`
pub async fn list(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "数据交换").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let mut rows = Vec::new();
        for exchange in office.law().exchanges.values() {
            rows.push(ListRow {
                id: exchange.id.to_string(),
                name: exchange.name.clone(),
                platform: exchange.platform.clone(),
                procedure: procedure(office, exchange)?.name.clone(),
                ways: match (&exchange.import, &exchange.export) {
                    (Some(_), Some(_)) => "导入、导出",
                    (Some(_), None) => "导入",
                    _ => "导出",
                },
                sample: exchange.sample,
                connected: seats::connected(office, exchange, today).map_err(fault)?.len(),
            });
        }
        Ok(Html(ListPage { frame, rows }.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "exchange/one.html")]
struct OnePage {
    frame: Frame,
    id: String,
    about: Vec<(String, String)>,
    sample: bool,
    imports: bool,
    exports: bool,
    organ: Option<Control>,
    connects: bool,
    free: Vec<(String, String)>,
    from: String,
    to: String,
    columns: Vec<(String, String)>,
    wanted: Vec<(String, String)>,
    runs: Vec<RunRow>,
    tried: Option<Tried>,
    compared: Option<Compared>,
    wrong: String,
}

/// What a file that was sent came to.
#[derive(Default)]
struct Came {
    tried: Option<Tried>,
    compared: Option<Compared>,
    /// Why it could not be read.
    wrong: String,
}

/// What a file came to, tried or done.
struct Tried {
    kept: bool,
    file: String,
    ticket: String,
    organ: String,
    outcome: Outcome,
    grounds: Vec<(String, String, u64)>,
    problems: Vec<Problem>,
    part: bool,
}

struct RunRow {
    id: String,
    at: String,
    way: &'static str,
    file: String,
    person: String,
    says: String,
    result: bool,
}

/// `GET /exchange/{id}`
pub async fn one(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Html<String>, PageError> {
    page(&desk, me, id, Came::default()).await
}

async fn page(
    desk: &Desk,
    me: SignedIn,
    id: String,
    came: Came,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "数据交换").await?.under("数据交换", "/exchange");
    desk.ask(move |office| {
        let exchange = exchange(office, &id)?;
        let procedure = procedure(office, exchange)?;
        let today = office.clock().today();
        let names = office.names();
        let connected = seats::connected(office, exchange, today).map_err(fault)?;
        let named = |organ: &OrganPath| (organ.to_string(), names.organ(organ.as_str()));
        let mine: Vec<(String, String)> = connected
            .iter()
            .filter(|organ| importing(office, exchange, &me, organ, "", "").allowed().is_ok())
            .map(named)
            .collect();
        let may_export = exchange.export.as_ref().is_some_and(|export| {
            let held = me.actor.posts.iter().filter(|post| post.on(today));
            held.into_iter().any(|post| export.by.contains(&post.role))
        });
        let connects = me.administers_all(office) && exchange.import.is_some();
        let organs = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((read.organs()?, read.exchange_runs(&id, SHOWN)?))
        })?;
        let (organs, runs) = organs;
        let free = organs
            .iter()
            .filter(|organ| connects && !connected.contains(&organ.path))
            .map(|organ| named(&organ.path))
            .collect();
        let sees_runs = !mine.is_empty() || may_export || connects;
        let runs = runs.iter().filter(|_| sees_runs).map(|run| run_row(office, run)).collect();
        let posts = |by: &[law::Id]| {
            by.iter().map(|post| role_name(office, post)).collect::<Vec<_>>().join("、")
        };
        let mut about = vec![
            ("对方平台".to_owned(), exchange.platform.clone()),
            ("进入的程序".into(), procedure.name.clone()),
            ("依据".into(), exchange.basis.text.clone()),
        ];
        if let Some(import) = &exchange.import {
            let list: Vec<String> = connected.iter().map(|organ| named(organ).1).collect();
            about.push(("谁可以导入".into(), posts(&import.by)));
            about.push(("文件".into(), format!("{}（可以是 .gz）", import.format.name())));
            about.push((
                "已接通的机关".into(),
                if list.is_empty() { "还没有".into() } else { list.join("、") },
            ));
        }
        if let Some(export) = &exchange.export {
            about.push(("谁可以导出".into(), posts(&export.by)));
        }
        let organ = match mine.as_slice() {
            [] => None,
            [(first, _), ..] => Some(Control::choice("organ", "承办机关", &mine, first)),
        };
        let page = OnePage {
            frame: frame.titled(exchange.name.clone()),
            about,
            sample: exchange.sample,
            imports: organ.is_some(),
            exports: may_export,
            organ,
            connects,
            free,
            from: Date::constant(today.year(), 1, 1).to_string(),
            to: today.to_string(),
            columns: columns(exchange, procedure),
            wanted: wanted(exchange),
            runs,
            tried: came.tried,
            compared: came.compared,
            wrong: came.wrong,
            id,
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn run_row(office: &Office, run: &ExchangeRun) -> RunRow {
    let (way, says) = match run.way {
        Way::In => (
            "导入",
            format!(
                "{}行，办成{}，以前导入过{}，没有办成{}",
                run.lines, run.done, run.again, run.refused
            ),
        ),
        Way::Out => ("导出", format!("{}行", run.lines)),
        Way::Checked => {
            ("对账", format!("{}行，一致{}，不一致{}", run.lines, run.done, run.refused))
        }
    };
    RunRow {
        id: run.id.clone(),
        at: date_of(run.at).to_string(),
        way,
        file: run.file.clone(),
        person: office.names().person(&run.person),
        says,
        result: !run.result.is_empty(),
    }
}

/// What each field takes from which column.
fn columns(exchange: &Exchange, procedure: &Procedure) -> Vec<(String, String)> {
    let Some(import) = &exchange.import else { return Vec::new() };
    let mut columns = vec![(import.key.clone(), "对方编号".to_owned())];
    for step in &import.steps {
        let act = procedure.acts.get(&step.act).map_or("", |act| act.name.as_str());
        columns.push((step.on.reads().join("、"), format!("{act}：办理日期")));
        for (field, source) in &step.with {
            let Some(field) = procedure.fields.get(field) else { continue };
            columns.push((from(source, procedure, field), format!("{act}：{}", field.name)));
        }
    }
    columns
}

fn from(source: &Source, procedure: &Procedure, field: &Field) -> String {
    match (source.reads().as_slice(), &source.default) {
        ([], Some(text)) => format!("（固定）{}", label(text, procedure, field)),
        (columns, _) => columns.join("、"),
    }
}

/// What a fixed text means: the label of its code, where the field has a list.
fn label<'a>(text: &'a str, procedure: &'a Procedure, field: &Field) -> &'a str {
    match &field.ty {
        FieldType::Choice(list) => procedure.label(list, text).unwrap_or(text),
        FieldType::YesNo if text == "yes" => "是",
        FieldType::YesNo if text == "no" => "否",
        _ => text,
    }
}

fn wanted(exchange: &Exchange) -> Vec<(String, String)> {
    let columns = exchange.export.iter().flat_map(|export| &export.columns);
    let holds = columns.map(|column| {
        let what = match &column.holds {
            Holds::Text(text) => format!("（固定）{text}"),
            Holds::Key => "对方编号".into(),
            Holds::Value(expr) => expr.text.to_string(),
        };
        (column.name.clone(), what)
    });
    holds.collect()
}

/// `POST /exchange/{id}/import`: tries a file out, or takes in the one that was tried.
pub async fn import(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    sent_in(desk, id, form, |office, me, id, filled| {
        let tried = Some(take_in(office, me, id, filled)?);
        Ok(Came { tried, ..Came::default() })
    })
    .await
}

/// `POST /exchange/{id}/check`: compares a file with what is here.
pub async fn check(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    sent_in(desk, id, form, |office, me, id, filled| {
        let compared = Some(compare(office, me, id, filled)?);
        Ok(Came { compared, ..Came::default() })
    })
    .await
}

/// The page again with what a file came to; what is wrong with the file is said beside its form.
async fn sent_in(
    desk: Desk,
    id: String,
    form: SignedForm,
    job: fn(&Office, &SignedIn, &str, Filled) -> Result<Came, PageError>,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let name = id.clone();
    let (me, came) = desk
        .ask(move |office| {
            let came = job(office, &me, &name, filled);
            Ok((me, came))
        })
        .await?;
    let (status, came) = match came {
        Ok(came) => (StatusCode::OK, came),
        Err(PageError::Unfit(wrong)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Came { wrong, ..Came::default() })
        }
        Err(error) => return Err(error),
    };
    Ok((status, page(&desk, me, id, came).await?).into_response())
}

fn take_in(office: &Office, me: &SignedIn, id: &str, filled: Filled) -> Result<Tried, PageError> {
    let mode = if filled.one("confirm") == "1" { Mode::Keep } else { Mode::Rehearse };
    let file = sent(office, filled)?;
    let exchange = exchange(office, id)?;
    let organ = OrganPath::from(file.organ.as_str());
    let (label, digest) = (&file.kept.name, &file.kept.digest);
    let importing = importing(office, exchange, me, &organ, label, digest);
    let import = importing.allowed().map_err(fault)?;
    let rows = Rows::of(file.bytes, import).map_err(wrong)?;
    let outcome = importing.run(rows, mode, |_| ()).map_err(wrong)?;
    let mut grounds: Vec<(String, String, u64)> = outcome
        .grounds
        .iter()
        .map(|((act, ground), count)| (act.clone(), ground.clone(), *count))
        .collect();
    grounds.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    grounds.truncate(GROUNDS);
    Ok(Tried {
        kept: mode == Mode::Keep,
        file: format!("{}（{}）", file.kept.name, size(file.kept.size)),
        ticket: keep_file(&file.kept, me.key()),
        organ: organ.to_string(),
        part: outcome.decided < outcome.lines,
        problems: outcome.problems.clone(),
        grounds,
        outcome,
    })
}

fn compare(
    office: &Office,
    me: &SignedIn,
    id: &str,
    filled: Filled,
) -> Result<Compared, PageError> {
    let file = sent(office, filled)?;
    let exchange = exchange(office, id)?;
    let organ = OrganPath::from(file.organ.as_str());
    let (label, digest) = (&file.kept.name, &file.kept.digest);
    let importing = importing(office, exchange, me, &organ, label, digest);
    let rows = Rows::of(file.bytes, importing.allowed().map_err(fault)?).map_err(wrong)?;
    importing.compare(rows, |_| ()).map_err(wrong)
}

/// `POST /exchange/{id}/export`: the file for the other side.
pub async fn export(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let exported = desk
        .ask(move |office| {
            let exchange = exchange(office, &id)?;
            let day = |name: &str| {
                let typed = filled.one(name);
                date(&typed).ok_or_else(|| PageError::Unfit(format!("日期“{typed}”读不懂。")))
            };
            let days = (day("from")?, day("to")?);
            let exported = Exporting { office, exchange, person: &me.actor, days };
            let exported = exported.run().map_err(fault)?;
            let detail = format!("{} {}行", exchange.name, exported.rows);
            let line = me.access(office, AccessKind::Export, None, &detail);
            office
                .store()
                .write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
            Ok(exported)
        })
        .await?;
    Ok(download(&exported.name, "application/octet-stream", exported.bytes))
}

/// `POST /exchange/{id}/connect`: gives the platform its seats in an organ.
pub async fn connect(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let back = format!("/exchange/{id}?done=connected");
    desk.ask(move |office| {
        if !me.administers_all(office) {
            return Err(PageError::Forbidden("接通对方平台由系统管理员办理。".into()));
        }
        let exchange = exchange(office, &id)?;
        let organ = OrganPath::from(filled.one("organ"));
        let known = office.store().read(office.county(), |read| read.organ(&organ))?;
        let Some(known) = known else { return Err(PageError::Missing) };
        seats::connect(office, exchange, &organ)?;
        let detail = format!("接通{} · {}", exchange.name, known.name);
        let line = me.access(office, AccessKind::Account, None, &detail);
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))
    })
    .await?;
    Ok(Redirect::to(&back).into_response())
}

/// `GET /exchange/{id}/runs/{run}`: the list of what was not done, or the file that was sent.
pub async fn result(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (name, bytes) = desk
        .ask(move |office| {
            let exchange = exchange(office, &id)?;
            let run = office.store().read(office.county(), |read| read.exchange_run(&run))?;
            let run = run.filter(|run| run.exchange == id).ok_or(PageError::Missing)?;
            let own = run.person == me.actor.person || me.administers_all(office);
            if !own {
                let say = "交换记录的文件由经办的人或者系统管理员下载。";
                return Err(PageError::Forbidden(say.into()));
            }
            let file = office.store().read(office.county(), |read| read.file(&run.result))?;
            let file = file.ok_or(PageError::Missing)?;
            let name = match run.way {
                Way::Out => run.file.clone(),
                Way::In => format!("{}-没有办成的行.csv", exchange.name),
                Way::Checked => format!("{}-对账.csv", exchange.name),
            };
            let line = me.access(office, AccessKind::Export, None, &name);
            office
                .store()
                .write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
            Ok((name, file.content))
        })
        .await?;
    Ok(download(&name, "application/octet-stream", bytes))
}

/// A file that was sent just now, or kept from the trial.
struct Sent {
    kept: FileRef,
    bytes: Vec<u8>,
    organ: String,
}

fn sent(office: &Office, mut filled: Filled) -> Result<Sent, PageError> {
    let organ = filled.one("organ");
    let at = office.clock().now();
    if let Some(upload) = filled.uploads.pop() {
        let bytes = upload.bytes.to_vec();
        let digest = office.store().write(office.county(), |tx| {
            tx.put_file(&bytes, "application/octet-stream", at).map_err(PageError::from)
        })?;
        let kept = FileRef { name: upload.name, digest, size: bytes.len() as u64 };
        return Ok(Sent { kept, bytes, organ });
    }
    let kept = filled.files.remove(FILE).and_then(|mut files| files.pop());
    let kept = kept.ok_or_else(|| PageError::Unfit("请选择要导入的文件。".into()))?;
    let found = office.store().read(office.county(), |read| read.file(&kept.digest))?;
    Ok(Sent { bytes: found.ok_or(PageError::Missing)?.content, kept, organ })
}

fn importing<'a>(
    office: &'a Office,
    exchange: &'a Exchange,
    me: &'a SignedIn,
    organ: &OrganPath,
    file: &str,
    digest: &str,
) -> Importing<'a> {
    Importing {
        office,
        exchange,
        person: &me.actor,
        organ: organ.clone(),
        file: file.into(),
        digest: digest.into(),
    }
}

fn exchange<'a>(office: &'a Office, id: &str) -> Result<&'a Exchange, PageError> {
    office.law().exchanges.get(id).ok_or(PageError::Missing)
}

fn procedure<'a>(office: &'a Office, exchange: &Exchange) -> Result<&'a Procedure, PageError> {
    let editions = office.law().procedures.get(&exchange.procedure);
    Ok(editions.and_then(|editions| editions.last()).ok_or(PageError::Missing)?)
}

/// What was not allowed.
fn fault(fault: ExchangeFault) -> PageError {
    PageError::Forbidden(format!("{fault}。"))
}

/// What is wrong with the file.
fn wrong(fault: ExchangeFault) -> PageError {
    PageError::Unfit(format!("{fault}。"))
}
