//! 工作看板: where the lights are red, unit by unit and duty by duty, for whoever stands above.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use engine::{actor::OrganPath, deadline::Light, duty::Standing};
use law::Id;
use store::{Load, RegisterFilter, Visible};

use super::{
    figures::{Asked, Chosen},
    register::{Row, row},
};
use crate::{
    duties,
    office::Office,
    web::{Desk, error::PageError, form::control::Pick, frame::Frame, session::SignedIn},
};

/// So many of the most overdue are shown.
const WORST: u32 = 15;

#[derive(Template)]
#[template(path = "cockpit.html")]
struct CockpitPage {
    frame: Frame,
    organ: String,
    organs: Vec<Pick>,
    all: Sum,
    missing: usize,
    units: Vec<(String, String, Sum)>,
    groups: Vec<(String, String, Sum)>,
    worst: Vec<Row>,
}

/// Open cases and how they stand.
#[derive(Clone, Copy, Default)]
struct Sum {
    open: u32,
    red: u32,
    yellow: u32,
}

impl Sum {
    fn add(&mut self, load: &Load) {
        self.open += load.open;
        self.red += load.red;
        self.yellow += load.yellow;
    }
}

/// `GET /cockpit`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "工作看板").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let chosen = Chosen::of(office, &me.actor, &asked.organ, &asked.year)?;
        let organ = &chosen.organ.path;
        let visible = Visible::to(&me.actor, office.county(), today);
        let overdue = RegisterFilter {
            organ: Some(organ.clone()),
            light: Some((Light::Red, today)),
            ended: Some(false),
            ..RegisterFilter::default()
        };
        let (loads, organs, worst) = office.store().read(office.county(), |read| {
            let worst = read.register(&overdue, &visible, None, 500)?.rows;
            Ok::<_, PageError>((read.loads(organ, today)?, read.organs()?, worst))
        })?;
        let loads = loads.into_iter().filter(|load| !is_roster(office, &load.procedure));
        let (mut all, mut units, mut groups) = (Sum::default(), BTreeMap::new(), Vec::new());
        for load in loads {
            all.add(&load);
            let unit: &mut Sum = units.entry(child(organ, &load.organ)).or_default();
            unit.add(&load);
            let group = group(office, &load);
            let place = groups.iter().position(|(name, _): &(String, Sum)| *name == group);
            let place = place.unwrap_or_else(|| {
                groups.push((group, Sum::default()));
                groups.len() - 1
            });
            groups[place].1.add(&load);
        }
        groups.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.red, sum.yellow, sum.open)));
        let name = |path: &OrganPath| {
            organs.iter().find(|one| one.path == *path).map_or_else(String::new, |o| o.name.clone())
        };
        let mut worst: Vec<_> =
            worst.into_iter().filter(|case| !is_roster(office, &case.procedure)).collect();
        worst.sort_by_key(|case| case.pressing.map(|pressing| pressing.legal));
        worst.truncate(WORST as usize);
        let duties = duties::of_year(office, organ, today.year())?;
        let lacking = duties
            .iter()
            .map(|duty| duty.how_many(Standing::Missing) + duty.how_many(Standing::Over));
        let page = CockpitPage {
            missing: lacking.sum(),
            units: units
                .into_iter()
                .map(|(path, sum)| {
                    let below = path != *organ;
                    let url = below.then(|| format!("/cockpit?organ={path}"));
                    (name(&path), url.unwrap_or_default(), sum)
                })
                .collect(),
            groups: groups
                .into_iter()
                .map(|(name, sum)| {
                    let url = crate::web::paging::Address::to("/registers").with("group", &name);
                    (name, url.into(), sum)
                })
                .collect(),
            worst: worst.iter().map(|case| row(office, case)).collect(),
            organ: chosen.organ.name,
            organs: chosen.organs,
            all,
            frame,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// The organ directly below that an organ belongs to, or the organ itself.
fn child(organ: &OrganPath, path: &OrganPath) -> OrganPath {
    let below = path.as_str().get(organ.as_str().len() + 1..);
    match below.and_then(|below| below.split('/').next()) {
        Some(code) => OrganPath::from(format!("{organ}/{code}")),
        None => organ.clone(),
    }
}

/// What stands in a roster is not work that is open.
fn is_roster(office: &Office, procedure: &Id) -> bool {
    let editions = office.law().procedures.get(procedure);
    editions.and_then(|editions| editions.last()).is_some_and(|one| one.roster)
}

fn group(office: &Office, load: &Load) -> String {
    let editions = office.law().procedures.get(&load.procedure);
    let procedure = editions.and_then(|editions| editions.last());
    procedure.map_or_else(|| "其他".into(), |procedure| procedure.group.clone())
}
