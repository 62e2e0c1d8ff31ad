//! 应办清单、考核得分: who has not done what they owe, and how organs score; each opens its list.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use engine::{duty::Standing, show::points};

use super::figures::{Asked, Chosen};
use crate::{
    duties::{Duty, Owed, Scored, of_year, schemes, scored},
    web::{Desk, error::PageError, form::control::Pick, frame::Frame, session::SignedIn},
};

#[derive(Template)]
#[template(path = "duties/table.html")]
struct TablePage {
    frame: Frame,
    organ: String,
    year: i16,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    schemes: Vec<(String, String)>,
    duties: Vec<Line>,
}

struct Line {
    id: String,
    name: String,
    asks: String,
    say: String,
    basis: String,
    kept: usize,
    missing: usize,
    open: usize,
    owing: usize,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    url: Option<String>,
    done: String,
    light: &'static str,
    word: &'static str,
}

/// `GET /duties`
pub async fn table(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "应办清单").await?;
    desk.ask(move |office| {
        let chosen = Chosen::of(office, &me.actor, &asked.organ, &asked.year)?;
        let duties = of_year(office, &chosen.organ.path, chosen.year)?;
        let scope = format!("?organ={}&year={}", chosen.organ.path, chosen.year);
        let page = TablePage {
            frame,
            organ: chosen.organ.name,
            year: chosen.year,
            organs: chosen.organs,
            years: chosen.years,
            schemes: schemes(office.law(), chosen.year)
                .map(|one| (one.name.clone(), format!("/duties/{}{scope}", one.id)))
                .collect(),
            duties: duties.iter().map(line).collect(),
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn line(duty: &Duty<'_>) -> Line {
    let quota = duty.quota;
    let sample = if quota.sample { "（依据待确认）" } else { "" };
    Line {
        id: quota.id.to_string(),
        name: quota.name.clone(),
        asks: format!("{}{}{sample}", quota.per.name(), duty.asks()),
        say: quota.say.clone(),
        basis: quota.basis.text.clone(),
        kept: duty.how_many(Standing::Kept),
        missing: duty.how_many(Standing::Missing) + duty.how_many(Standing::Over),
        open: duty.how_many(Standing::Open),
        owing: duty.rows.len(),
        rows: duty.rows.iter().map(|row| row_of(duty, row)).collect(),
    }
}

fn row_of(duty: &Duty<'_>, row: &Owed) -> Row {
    let (light, word) = match row.standing {
        Standing::Kept => ("green", "已办"),
        Standing::Open => ("yellow", "还没到期"),
        Standing::Missing => ("red", "未办够"),
        Standing::Over => ("red", "超过上限"),
    };
    let each = row.terms.iter().map(|(name, done, _)| format!("{name}{}", duty.amount(*done)));
    let done = each.collect::<Vec<_>>().join("，");
    Row { name: row.name.clone(), url: row.url.clone(), done, light, word }
}

#[derive(Template)]
#[template(path = "duties/scores.html")]
struct ScoresPage {
    frame: Frame,
    name: String,
    basis: String,
    organ: String,
    year: i16,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    full: String,
    rows: Vec<ScoreRow>,
}

struct ScoreRow {
    rank: usize,
    name: String,
    points: String,
    /// Name of the item, points, working, address.
    items: Vec<(String, String, String, String)>,
}

/// `GET /duties/{assessment}`
pub async fn scores(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "考核得分").await?.under("应办清单", "/duties");
    desk.ask(move |office| {
        let assessment = office.law().assessments.get(id.as_str()).ok_or(PageError::Missing)?;
        let chosen = Chosen::of(office, &me.actor, &asked.organ, &asked.year)?;
        let all = scored(office, assessment, &chosen.organ.path, chosen.year)?;
        let weights = assessment.items.iter().filter(|item| !is_extra(&item.how));
        let full: i64 = weights.map(|item| item.weight).sum();
        let row = |scored: &Scored| {
            let items = assessment.items.iter().zip(&scored.items).map(|(item, (score, url))| {
                (item.name.clone(), points(score.points), score.working.clone(), url.clone())
            });
            // Equal points share a rank.
            let rank = all.iter().filter(|other| other.points > scored.points).count() + 1;
            ScoreRow {
                rank,
                name: scored.organ.name.clone(),
                points: points(scored.points),
                items: items.collect(),
            }
        };
        let page = ScoresPage {
            frame,
            name: assessment.name.clone(),
            basis: assessment.basis.text.clone(),
            organ: chosen.organ.name,
            year: chosen.year,
            organs: chosen.organs,
            years: chosen.years,
            full: points(full),
            rows: all.iter().map(row).collect(),
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// 加分、扣分: not part of the full mark.
fn is_extra(how: &law::assessment::Scoring) -> bool {
    matches!(how, law::assessment::Scoring::Each(..))
}
