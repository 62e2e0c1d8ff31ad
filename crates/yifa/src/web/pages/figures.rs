//! 指标数据: every number opens the list it is the length of.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use engine::{
    actor::Actor,
    figure::{self, Counted, Figure, Measured, change},
    show::Names,
};
use jiff::civil::Date;
use law::{indicator::Span, procedure::Procedure};
use serde::Deserialize;
use store::{AfterObserved, Observed, Organ, Visible};

use crate::{
    figures::of_year,
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::control::Pick,
        frame::Frame,
        paging::{Address, ROWS},
        plain,
        session::SignedIn,
        shell::seats,
    },
};

/// Whose figures, of which year, and where a list goes on.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Path of the organ.
    pub organ: String,
    /// The year.
    pub year: String,
    /// Which of several lists.
    pub list: usize,
    /// First day, where it is not the year's.
    pub from: String,
    /// Last day, where it is not the year's.
    pub to: String,
    on: String,
    case: String,
    place: String,
}

impl Asked {
    /// The days asked for, where they are not a year.
    fn days(&self) -> Option<Span> {
        let span = Span { from: self.from.parse().ok()?, to: self.to.parse().ok()? };
        (span.from <= span.to).then_some(span)
    }
}

/// An organ and a year that a person may see figures of, with what else could be chosen.
pub struct Chosen {
    /// The organ.
    pub organ: Organ,
    /// The year.
    pub year: i16,
    /// Organs to choose from.
    pub organs: Vec<Pick>,
    /// Years to choose from.
    pub years: Vec<Pick>,
}

impl Chosen {
    /// The organ asked for, if one of the person's posts stands above it; else the person's own.
    pub fn of(office: &Office, actor: &Actor, organ: &str, year: &str) -> Result<Self, PageError> {
        let today = office.clock().today();
        let organs =
            office.store().read(office.county(), |read| read.organs().map_err(PageError::from))?;
        let mine = seats(actor, today);
        let mut within: Vec<Organ> = organs
            .into_iter()
            .filter(|organ| mine.iter().any(|seat| seat.covers(&organ.path)))
            .collect();
        if !organ.is_empty() && !within.iter().any(|one| one.path.as_str() == organ) {
            return Err(PageError::Missing);
        }
        let own = within
            .iter()
            .position(|one| one.path.as_str() == organ)
            .or_else(|| (!within.is_empty()).then_some(0));
        let own =
            own.ok_or_else(|| PageError::Forbidden("您没有在任岗位，不能查看数据。".into()))?;
        let year =
            year.parse().ok().filter(|year| (2000..2200).contains(year)).unwrap_or(today.year());
        let pick = |organ: &Organ, on| Pick {
            code: organ.path.to_string(),
            label: organ.name.clone(),
            on,
        };
        let picks =
            within.iter().enumerate().map(|(place, organ)| pick(organ, place == own)).collect();
        let years = (today.year() - 5..=today.year()).rev();
        let years = years
            .map(|one| Pick { code: one.to_string(), label: format!("{one}年"), on: one == year })
            .collect();
        Ok(Self { organ: within.swap_remove(own), year, organs: picks, years })
    }
}

#[derive(Template)]
#[template(path = "figures/table.html")]
struct TablePage {
    frame: Frame,
    organ: String,
    year: i16,
    today: String,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    groups: Vec<(String, Vec<Line>)>,
    blank: usize,
}

struct Line {
    name: String,
    note: String,
    value: String,
    before: String,
    change: String,
    url: String,
}

/// `GET /figures`
pub async fn table(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "指标数据").await?;
    desk.ask(move |office| {
        let chosen = Chosen::of(office, &me.actor, &asked.organ, &asked.year)?;
        let figures = of_year(office, &chosen.organ.path, chosen.year)?;
        let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
        let mut blank = 0;
        for figure in &figures {
            if figure.value.is_empty() && figure.before.is_none_or(|before| before.is_empty()) {
                blank += 1;
                continue;
            }
            let group = group(office, figure);
            let line = line(figure, &chosen);
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((group, vec![line])),
            }
        }
        let page = TablePage {
            frame,
            organ: chosen.organ.name,
            year: chosen.year,
            today: plain::day(office.clock().today()),
            organs: chosen.organs,
            years: chosen.years,
            groups,
            blank,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// The procedure a figure comes from; figures that join several stand together.
fn group(office: &Office, figure: &Figure) -> String {
    let own = |id: &str| office.law().procedures.get(id).and_then(|editions| editions.last());
    let joined = office.law().joined.contains_key(&figure.key);
    let procedure = figure.key.split_once('.').and_then(|(id, _)| own(id)).filter(|_| !joined);
    procedure.map_or_else(
        || "综合".into(),
        |procedure: &std::sync::Arc<Procedure>| procedure.name.clone(),
    )
}

fn line(figure: &Figure, chosen: &Chosen) -> Line {
    let before = figure.before;
    Line {
        name: figure.name.clone(),
        note: figure.note.clone().unwrap_or_default(),
        value: figure.value.to_string(),
        before: before.map(|before| before.to_string()).unwrap_or_default(),
        change: before.and_then(|before| change(figure.value, before)).unwrap_or_default(),
        url: address(&figure.key, chosen).into(),
    }
}

fn address(key: &str, chosen: &Chosen) -> Address {
    Address::to(format!("/figures/{key}"))
        .with("organ", chosen.organ.path.as_str())
        .with("year", &chosen.year.to_string())
}

#[derive(Template)]
#[template(path = "figures/list.html")]
struct ListPage {
    frame: Frame,
    organ: String,
    period: String,
    value: String,
    lines: Vec<(&'static str, String)>,
    lists: Vec<(String, String, bool)>,
    parts: Vec<(String, String, String)>,
    rate: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

struct Row {
    url: Option<String>,
    number: String,
    title: String,
    organ: String,
    on: String,
    adds: String,
    good: bool,
}

/// `GET /figures/{key}`: how a number came about, and the list behind it.
pub async fn list(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "指标数据").await?;
    desk.ask(move |office| {
        let chosen = Chosen::of(office, &me.actor, &asked.organ, &asked.year)?;
        let measure = figure::measure(office.law(), &key).ok_or(PageError::Missing)?;
        let days = asked.days();
        let span = days.unwrap_or_else(|| figure::year(chosen.year));
        let address = |chosen: &Chosen| {
            let here = address(&key, chosen);
            match days {
                Some(days) => {
                    here.with("from", &days.from.to_string()).with("to", &days.to.to_string())
                }
                None => here,
            }
        };
        let needs: Vec<Counted> = measure.needs().into_iter().cloned().collect();
        let list = needs.get(asked.list).or(needs.first()).ok_or(PageError::Missing)?;
        let on: Option<Date> = asked.on.parse().ok();
        let after = on.map(|on| AfterObserved {
            on,
            case: asked.case.clone(),
            place: asked.place.parse().unwrap_or_default(),
        });
        let organ = &chosen.organ.path;
        let (tallies, by_organ, page) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((
                read.tally(&needs, organ, span)?,
                read.tally_by_organ(list, organ, span)?,
                read.observed(list, organ, span, after.as_ref(), ROWS)?,
            ))
        })?;
        let value =
            measure.value(&|counted: &Counted| tallies.get(counted).copied().unwrap_or_default());
        let rate = matches!(measure.how, Measured::Share(_));
        let visible = Visible::to(&me.actor, office.county(), office.clock().today());
        let ids: Vec<String> = page.rows.iter().map(|row| row.case.id.clone()).collect();
        let open = office
            .store()
            .read(office.county(), |read| read.cases(&ids, &visible).map_err(PageError::from))?;
        let may_open = |id: &str| open.iter().any(|case| case.id == id);
        let mut lines = vec![("指标", measure.name.clone()), ("单位", measure.unit.name().into())];
        lines.extend(
            value.working().map(|working| ("算式", format!("{working} = {}", value.number()))),
        );
        lines.extend(measure.note.clone().map(|note| ("口径", note)));
        lines.extend(measure.basis.clone().map(|basis| ("依据", basis)));
        let names = office.names();
        let places: Vec<String> = needs.iter().map(|list| list_name(office, list)).collect();
        let lists = needs.iter().zip(places).enumerate().map(|(place, (list, name))| {
            let count = tallies.get(list).copied().unwrap_or_default().count;
            let url = address(&chosen).with("list", &place.to_string()).into();
            (format!("{name}（{count}）"), url, place == asked.list)
        });
        let parts = by_organ.iter().filter(|(path, _)| *path != organ || by_organ.len() > 1).map(
            |(path, tally)| {
                let below = Chosen {
                    organ: Organ { path: path.clone(), ..chosen.organ.clone() },
                    year: chosen.year,
                    organs: Vec::new(),
                    years: Vec::new(),
                };
                let said = if rate {
                    format!("{}/{}", tally.good, tally.count)
                } else {
                    plain::thousands(tally.count)
                };
                let name = if path == organ {
                    format!("{}本级", names.organ(path.as_str()))
                } else {
                    names.organ(path.as_str())
                };
                (name, said, String::from(address(&below)))
            },
        );
        let page_of = |next: &AfterObserved| {
            address(&chosen)
                .with("list", &asked.list.to_string())
                .with("on", &next.on.to_string())
                .with("case", &next.case)
                .with("place", &next.place.to_string())
        };
        let view = ListPage {
            frame: frame.titled(measure.name.clone()).under("指标数据", back(&chosen)),
            organ: chosen.organ.name.clone(),
            period: match days {
                Some(days) => format!("{}至{}", plain::day(days.from), plain::day(days.to)),
                None => format!("{}年", chosen.year),
            },
            value: value.to_string(),
            lines,
            lists: if needs.len() > 1 { lists.collect() } else { Vec::new() },
            parts: parts.collect(),
            rate,
            rows: page
                .rows
                .iter()
                .map(|row| observed(office, row, may_open(&row.case.id), &measure))
                .collect(),
            first: after.map(|_| address(&chosen).with("list", &asked.list.to_string()).into()),
            next: page.next.as_ref().map(|next| page_of(next).into()),
        };
        Ok(Html(view.render()?))
    })
    .await
}

fn back(chosen: &Chosen) -> String {
    Address::to("/figures")
        .with("organ", chosen.organ.path.as_str())
        .with("year", &chosen.year.to_string())
        .into()
}

fn list_name(office: &Office, list: &Counted) -> String {
    let found = list.indicator.split_once('.').and_then(|(procedure, id)| {
        let procedure = office.law().procedures.get(procedure)?.last()?;
        let indicator = procedure.indicators.get(id)?;
        Some((procedure, indicator))
    });
    let Some((procedure, indicator)) = found else { return list.indicator.to_string() };
    match &list.part {
        None => indicator.name.clone(),
        Some((_, codes)) => {
            let label = |code: &law::Id| {
                procedure
                    .lists
                    .values()
                    .find_map(|list| list.get(code))
                    .cloned()
                    .unwrap_or_else(|| code.to_string())
            };
            let labels: Vec<String> = codes.iter().map(label).collect();
            format!("{}：{}", indicator.name, labels.join("、"))
        }
    }
}

fn observed(office: &Office, row: &Observed, may_open: bool, measure: &figure::Measure) -> Row {
    let money = measure.unit == law::indicator::Unit::Yuan;
    let anchor = if row.version > 0 { format!("#entry-{}", row.version) } else { String::new() };
    Row {
        url: may_open.then(|| format!("/cases/{}{anchor}", row.case.id)),
        number: row.case.number.clone().unwrap_or_else(|| "（未编号）".into()),
        title: row.case.title.clone(),
        organ: office.names().organ(row.case.organ.as_str()),
        on: row.on.to_string(),
        adds: match (money, row.value) {
            (true, cents) => engine::show::money(cents),
            (false, 1) => String::new(),
            (false, value) => plain::thousands(value),
        },
        good: row.good,
    }
}
