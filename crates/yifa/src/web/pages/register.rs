//! 台账: the cases of one procedure, filtered, paged, exported.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use engine::{actor::OrganPath, show::Names};
use jiff::civil::Date;
use law::{Id, procedure::Procedure};
use serde::Deserialize;
use store::{After, CaseRow, RegisterFilter, Visible};

use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::control::Pick,
        frame::Frame,
        lamp::Lamp,
        pages::home::light,
        paging::{Address, ROWS},
        session::SignedIn,
        shell::seats,
    },
};

/// A case in a list.
pub struct Row {
    /// Its id.
    pub case: String,
    /// 案号.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// Its procedure, where the list mixes several.
    pub procedure: String,
    /// Where it stands.
    pub stage: String,
    /// It is finished.
    pub end: bool,
    /// Its light.
    pub lamp: Option<Lamp>,
    /// Until when.
    pub due: String,
    /// Who handles it.
    pub organ: String,
    /// Since when.
    pub opened: String,
}

/// A row of cases of several procedures.
pub fn row(office: &Office, case: &CaseRow) -> Row {
    let procedure =
        office.law().procedures.get(&case.procedure).and_then(|editions| editions.last());
    let stage = procedure.and_then(|procedure| procedure.stages.get(&case.stage));
    let running = case.ended.is_none() && !case.void;
    let pressing = case.pressing.as_ref().filter(|_| running);
    Row {
        case: case.id.clone(),
        number: case.number.clone().unwrap_or_else(|| "（未编号）".into()),
        title: case.title.clone(),
        procedure: procedure.map(|procedure| procedure.name.clone()).unwrap_or_default(),
        stage: stage.map_or("已作废", |stage| stage.name.as_str()).into(),
        end: case.ended.is_some(),
        lamp: pressing.map(|pressing| Lamp::pressing(pressing, office.clock().today())),
        due: pressing.map(|pressing| format!("截止 {}", pressing.legal)).unwrap_or_default(),
        organ: office.names().organ(case.organ.as_str()),
        opened: case.opened.to_string(),
    }
}

/// Where a page begins.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct From {
    opened: String,
    case: String,
}

impl From {
    /// The row the page begins behind.
    pub fn after(&self) -> Option<After> {
        let opened: Date = self.opened.parse().ok()?;
        Some(After { opened, case: self.case.clone() })
    }
}

/// The address of the page behind a row.
pub fn address_after(address: Address, after: &After) -> String {
    address.with("opened", &after.opened.to_string()).with("case", &after.case).into()
}

/// What a register is cut to.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    stage: String,
    light: String,
    organ: String,
    from: String,
    to: String,
    opened: String,
    case: String,
}

impl Asked {
    fn address(&self, path: String) -> Address {
        Address::to(path)
            .with("q", &self.q)
            .with("stage", &self.stage)
            .with("light", &self.light)
            .with("organ", &self.organ)
            .with("from", &self.from)
            .with("to", &self.to)
    }

    /// The same for the store.
    pub fn filter(&self, procedure: &Procedure, today: Date) -> RegisterFilter {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        RegisterFilter {
            procedure: Some(procedure.id.clone()),
            stages: given(&self.stage)
                .filter(|stage| stage != "void")
                .map(Id::from)
                .into_iter()
                .collect(),
            void: self.stage == "void",
            organ: given(&self.organ).map(OrganPath::from),
            from: self.from.parse().ok(),
            to: self.to.parse().ok(),
            light: light(&self.light).map(|light| (light, today)),
            text: given(&self.q),
            ..RegisterFilter::default()
        }
    }

    fn is_empty(&self) -> bool {
        [&self.q, &self.stage, &self.light, &self.organ, &self.from, &self.to]
            .iter()
            .all(|text| text.is_empty())
    }
}

#[derive(Template)]
#[template(path = "registers.html")]
struct AllPage {
    frame: Frame,
    groups: Vec<(String, Vec<Entry>)>,
}

struct Entry {
    id: String,
    name: String,
    open: String,
    all: String,
}

/// Which of the registers.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Group {
    group: String,
}

/// `GET /registers`
pub async fn all(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Group>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "台账").await?;
    desk.ask(move |office| {
        let visible = Visible::to(&me.actor, office.county(), office.clock().today());
        let mut groups: Vec<(String, Vec<Entry>)> = Vec::new();
        office.store().read(office.county(), |read| {
            let chosen = |group: &str| asked.group.is_empty() || asked.group == group;
            for procedure in office.law().newest().filter(|one| chosen(&one.group)) {
                let filter = |ended| RegisterFilter {
                    procedure: Some(procedure.id.clone()),
                    ended,
                    ..RegisterFilter::default()
                };
                let entry = Entry {
                    id: procedure.id.to_string(),
                    name: procedure.name.clone(),
                    open: read.register_count(&filter(Some(false)), &visible)?.to_string(),
                    all: read.register_count(&filter(None), &visible)?.to_string(),
                };
                match groups.iter_mut().find(|(name, _)| *name == procedure.group) {
                    Some((_, entries)) => entries.push(entry),
                    None => groups.push((procedure.group.clone(), vec![entry])),
                }
            }
            Ok::<_, PageError>(())
        })?;
        Ok(Html(AllPage { frame, groups }.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    sub: String,
    open_url: String,
    export: String,
    export_whole: String,
    draw: String,
    clear: String,
    filter: Asked,
    filtered: bool,
    stages: Vec<Pick>,
    lights: Vec<Pick>,
    organs: Vec<Pick>,
    rows: Vec<Row>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /registers/{procedure}`
pub async fn one(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let procedure = newest(&desk, &id)?;
    let frame = desk.frame(&me, &procedure.name).await?.under("台账", "/registers");
    desk.ask(move |office| {
        let today = office.clock().today();
        let visible = Visible::to(&me.actor, office.county(), today);
        let filter = asked.filter(&procedure, today);
        let after = From { opened: asked.opened.clone(), case: asked.case.clone() }.after();
        let (count, page, organs) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((
                read.register_count(&filter, &visible)?,
                read.register(&filter, &visible, after.as_ref(), ROWS)?,
                read.organs()?,
            ))
        })?;
        let path = format!("/registers/{id}");
        let mine = seats(&me.actor, today);
        let below = organs.iter().filter(|organ| mine.iter().any(|seat| seat.covers(&organ.path)));
        let openings = super::open::openings(office, &me.actor, &procedure, today);
        let rows: Vec<Row> = page
            .rows
            .iter()
            .map(|case| Row { procedure: String::new(), ..row(office, case) })
            .collect();
        let pick = |code: &str, label: &str, now: &str| Pick {
            code: code.into(),
            label: label.into(),
            on: code == now,
        };
        let stages =
            procedure.stages.values().map(|stage| pick(&stage.id, &stage.name, &asked.stage));
        let page = RegisterPage {
            sub: format!("共 {count} 件"),
            open_url: openings.first().map(|act| format!("/new/{id}/{act}")).unwrap_or_default(),
            export: asked.address(format!("{path}/export")).into(),
            export_whole: asked.address(format!("{path}/export")).with("whole", "yes").into(),
            draw: format!("{path}/draw"),
            clear: path.clone(),
            filtered: !asked.is_empty(),
            stages: stages.chain([pick("void", "已作废", &asked.stage)]).collect(),
            lights: [
                ("red", "红灯　已超期"),
                ("yellow", "黄灯　临近到期"),
                ("green", "绿灯　正常"),
            ]
            .map(|(code, label)| pick(code, label, &asked.light))
            .into(),
            organs: below
                .map(|organ| pick(organ.path.as_str(), &organ.name, &asked.organ))
                .collect(),
            shown: format!("本页 {} 件，共 {count} 件", rows.len()),
            first: after.map(|_| asked.address(path.clone()).into()),
            next: page.next.map(|next| address_after(asked.address(path), &next)),
            rows,
            frame,
            filter: asked,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// The newest edition of a procedure.
pub fn newest(desk: &Desk, id: &str) -> Result<std::sync::Arc<Procedure>, PageError> {
    let found = desk.law().procedures.get(id).and_then(|editions| editions.last());
    found.cloned().ok_or(PageError::Missing)
}

/// A file for the browser to save.
pub fn download(name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let plain: String = name
        .chars()
        .map(|char| if char.is_ascii_graphic() && !"\"\\%;".contains(char) { char } else { '_' })
        .collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
