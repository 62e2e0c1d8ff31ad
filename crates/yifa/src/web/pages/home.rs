//! 待办 and 我经手的: where a day begins.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use engine::{deadline::Light, show::Names};
use law::Id;
use serde::Deserialize;
use store::{AfterTask, CaseRow, Lights, RegisterFilter, Task, TaskFilter, Visible};

use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        frame::Frame,
        lamp::Lamp,
        pages::register::{self, Row},
        paging::{Address, ROWS},
        plain,
        session::SignedIn,
    },
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    today: String,
    can_open: bool,
    cards: Vec<Card>,
    all: String,
    every: bool,
    filtered: bool,
    tabs: Vec<Tab>,
    rows: Vec<TaskRow>,
    shown: String,
    first: Option<String>,
    next: Option<String>,
}

struct Card {
    name: &'static str,
    class: &'static str,
    count: String,
    url: String,
    on: bool,
}

struct Tab {
    name: String,
    count: u32,
    url: String,
    on: bool,
}

struct TaskRow {
    lamp: Lamp,
    due: String,
    case: String,
    name: String,
    procedure: String,
    number: String,
    next: Vec<Step>,
    organ: String,
}

/// One thing that can be done next.
struct Step {
    /// Where it stands in the procedure.
    place: usize,
    act: String,
    name: String,
    role: String,
}

/// What the worklist is cut to, and where the page begins.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    procedure: String,
    light: String,
    due: String,
    case: String,
    act: String,
}

impl Asked {
    fn address(&self) -> Address {
        Address::to("/").with("procedure", &self.procedure).with("light", &self.light)
    }

    fn light(&self) -> Option<Light> {
        light(&self.light)
    }
}

/// A light by the name it has in addresses.
pub fn light(name: &str) -> Option<Light> {
    match name {
        "red" => Some(Light::Red),
        "yellow" => Some(Light::Yellow),
        "green" => Some(Light::Green),
        _ => None,
    }
}

/// `GET /`
pub async fn worklist(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "待办").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let filter = TaskFilter {
            procedure: (!asked.procedure.is_empty()).then(|| Id::from(asked.procedure.as_str())),
            light: asked.light(),
        };
        let after = (!asked.case.is_empty()).then(|| AfterTask {
            due: asked.due.clone(),
            case: asked.case.clone(),
            act: Id::from(asked.act.as_str()),
        });
        let (lights, waiting, page) = office.store().read(office.county(), |read| {
            let lights = read.worklist_lights(&me.actor, today)?;
            Ok::<_, PageError>((
                lights,
                read.worklist_procedures(&me.actor, today)?,
                read.worklist(&me.actor, today, &filter, after.as_ref(), ROWS)?,
            ))
        })?;
        let mut rows: Vec<TaskRow> = Vec::new();
        for task in &page.rows {
            let row = row(office, task);
            // What waits in one case under one period stands in one row.
            match rows.last_mut().filter(|last| last.case == row.case && last.due == row.due) {
                Some(last) => last.next.extend(row.next),
                None => rows.push(row),
            }
        }
        for row in &mut rows {
            row.next.sort_by_key(|step| step.place);
        }
        let next = page.next.map(|next| {
            asked
                .address()
                .with("due", &next.due)
                .with("case", &next.case)
                .with("act", &next.act)
                .into()
        });
        let calendar = &office.law().calendar;
        let day = if calendar.is_working_day(today) { "工作日" } else { "休息日" };
        let page = HomePage {
            frame,
            today: format!("{}　{}　{day}", plain::day(today), law::calendar::weekday_name(today)),
            can_open: super::open::anything(office, &me.actor, today),
            cards: cards(&lights, &asked),
            all: Address::to("/").with("light", &asked.light).into(),
            every: asked.procedure.is_empty(),
            filtered: !asked.procedure.is_empty() || !asked.light.is_empty() || after.is_some(),
            tabs: tabs(office, &waiting, &asked),
            shown: format!("本页 {} 件", rows.len()),
            rows,
            first: after.map(|_| asked.address().into()),
            next,
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn cards(lights: &Lights, asked: &Asked) -> Vec<Card> {
    let card = |name, class, light: &str, count: u32| {
        let on = asked.light == light && !light.is_empty();
        let light = if on { "" } else { light };
        let url = Address::to("/").with("procedure", &asked.procedure).with("light", light).into();
        Card { name, class, count: count.to_string(), url, on }
    };
    vec![
        card("红灯　已超期", if lights.red > 0 { "red" } else { "" }, "red", lights.red),
        card(
            "黄灯　临近到期",
            if lights.yellow > 0 { "amber" } else { "" },
            "yellow",
            lights.yellow,
        ),
        card("绿灯　正常", "", "green", lights.green),
        card("全部待办", "", "", lights.red + lights.yellow + lights.green),
    ]
}

/// The procedures in which something waits for this person, in the order of the menu.
fn tabs(office: &Office, waiting: &[(Id, u32)], asked: &Asked) -> Vec<Tab> {
    let tab = |procedure: &std::sync::Arc<law::procedure::Procedure>| {
        let count = waiting.iter().find(|(id, _)| *id == procedure.id).map(|(_, count)| *count);
        let on = asked.procedure == *procedure.id;
        (count.is_some() || on).then(|| Tab {
            name: procedure.name.clone(),
            count: count.unwrap_or(0),
            url: Address::to("/")
                .with("procedure", &procedure.id)
                .with("light", &asked.light)
                .into(),
            on,
        })
    };
    office.law().newest().filter_map(tab).collect()
}

fn row(office: &Office, task: &Task) -> TaskRow {
    let today = office.clock().today();
    let names = office.names();
    let procedure =
        office.law().procedures.get(&task.case.procedure).and_then(|editions| editions.last());
    let act = procedure.and_then(|procedure| procedure.acts.get(&task.act));
    let (lamp, due) = match &task.pressing {
        Some(pressing) => (Lamp::pressing(pressing, today), format!("截止 {}", pressing.legal)),
        None => (Lamp { class: "none", text: "无期限".into() }, String::new()),
    };
    let title = &task.case.title;
    TaskRow {
        lamp,
        due,
        case: task.case.id.clone(),
        name: if title.is_empty() { "（未命名）".into() } else { title.clone() },
        procedure: procedure
            .map_or_else(|| task.case.procedure.to_string(), |procedure| procedure.name.clone()),
        number: task.case.number.clone().unwrap_or_default(),
        next: vec![Step {
            place: procedure.and_then(|one| one.acts.get_index_of(&task.act)).unwrap_or_default(),
            act: task.act.to_string(),
            name: act.map_or_else(|| task.act.to_string(), |act| act.name.clone()),
            role: procedure
                .map_or_else(String::new, |procedure| plain::role(procedure, &task.role)),
        }],
        organ: names.organ(task.case.organ.as_str()),
    }
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// `GET /mine`: the cases this person has part in.
pub async fn mine(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<register::From>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "我经手的").await?;
    desk.ask(move |office| {
        let visible = Visible::part_of(&me.actor);
        let after = asked.after();
        let page = office.store().read(office.county(), |read| {
            read.register(&RegisterFilter::default(), &visible, after.as_ref(), ROWS)
                .map_err(PageError::from)
        })?;
        let rows = page.rows.iter().map(|row: &CaseRow| register::row(office, row)).collect();
        let next = page.next.map(|next| register::address_after(Address::to("/mine"), &next));
        let page = MinePage { frame, rows, next, first: after.map(|_| "/mine".into()) };
        Ok(Html(page.render()?))
    })
    .await
}
