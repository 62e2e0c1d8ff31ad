//! 年度报告: the draft with what was found in it, what people write for its places, its case, the
//! files.

mod case;

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use form_urlencoded::byte_serialize;
use law::outline::{Outline, Passage};
use paper::report::Weight;
use serde::Deserialize;
use store::{AccessKind, Visible};

use super::{
    audit::Doubts,
    figures::Chosen,
    files::{html, pdf},
    register::download,
};
use crate::{
    office::Office,
    report::{self, Draft, DraftFault, Spot, Text, spot},
    web::{
        Desk,
        act_form::new_action_id,
        case_file::CaseFile,
        error::PageError,
        form::{
            control::{LONGEST_TEXT, Pick},
            filled::{Filled, Upload},
        },
        frame::{Flash, Frame},
        plain,
        session::{SignedForm, SignedIn},
    },
};
use case::{Came, CaseBox, Wrong};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    organ_path: String,
    year: i16,
    id: String,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    outline: String,
    outlines: Vec<Pick>,
    paper: Fragment,
    found: Doubts,
    contradictions: usize,
    missing: Vec<(String, String)>,
    doubts: Vec<(String, String)>,
    workings: Vec<(String, String)>,
    places: Vec<PlaceView>,
    unwritten: usize,
    /// How many places want nothing written and have nothing.
    extras: usize,
    case: Option<CaseBox>,
    wrong: Wrong,
}

/// A paper as the paper crate wrote it: every text in it is escaped already.
struct Fragment(String);

impl std::fmt::Display for Fragment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Fragment {}

/// A place in which a person writes.
struct PlaceView {
    name: String,
    title: String,
    prompt: String,
    text: String,
    most: i64,
    /// Its text is shown at once.
    open: bool,
    /// What stands here is not what is kept.
    unsaved: bool,
    /// Something has to be written here and is not.
    wanted: bool,
    /// Who wrote what is kept, and when.
    by: String,
    wrong: String,
    /// What somebody else has written here in the meantime.
    other: String,
}

impl PlaceView {
    /// Nothing has to be written here, and nothing is: it stands behind the others.
    fn is_extra(&self) -> bool {
        let empty = self.text.trim().is_empty() && self.by.is_empty() && self.other.is_empty();
        empty && self.prompt.is_empty() && self.wrong.is_empty() && !self.open && !self.unsaved
    }
}

/// Query of the page: whose report, and what has just been done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    organ: String,
    year: String,
    outline: String,
    opened: Option<u8>,
    saved: Option<usize>,
}

impl Asked {
    fn flash(&self) -> Option<Flash> {
        let opened = if self.opened.is_some() { "报告案已建立。" } else { "" };
        let text = match self.saved {
            Some(0) if opened.is_empty() => "没有改动，没有作任何记录。".into(),
            Some(0) | None => opened.to_owned(),
            Some(saved) => format!("{opened}写的文字已记入案卷{saved}处。"),
        };
        (!text.is_empty()).then(|| Flash::good(text))
    }
}

/// `GET /report`
pub async fn draft(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let filled = Filled::of("organ", asked.organ.clone())
        .with("year", asked.year.clone())
        .with("outline", asked.outline.clone());
    page(&desk, me, filled, asked.flash(), Wrong::default()).await
}

/// `POST /report`: the draft with what a person has typed; nothing is kept.
pub async fn preview(
    State(desk): State<Desk>,
    form: SignedForm,
) -> Result<Html<String>, PageError> {
    let SignedForm { me, filled } = form;
    page(&desk, me, filled, None, Wrong::default()).await
}

async fn page(
    desk: &Desk,
    me: SignedIn,
    filled: Filled,
    flash: Option<Flash>,
    wrong: Wrong,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "年度报告").await?.saying(flash);
    desk.ask(move |office| {
        let drafting = Drafting::of(office, &me, &filled)?;
        Ok(Html(drafting.page(office, &me, frame, wrong)?.render()?))
    })
    .await
}

/// A report being drafted: whose, its case, what is kept there and what is typed.
struct Drafting {
    chosen: Chosen,
    /// The outline that a person has taken; empty for the one meant for the organ and the year.
    outline: String,
    file: Option<CaseFile>,
    places: Vec<Passage>,
    kept: BTreeMap<Spot, Text>,
    typed: BTreeMap<Spot, String>,
    draft: Draft,
}

impl Drafting {
    fn of(office: &Office, me: &SignedIn, filled: &Filled) -> Result<Self, PageError> {
        let mut chosen = Chosen::of(office, &me.actor, &filled.one("organ"), &filled.one("year"))?;
        let mut file = Self::case(office, me, &chosen, Some(chosen.year))?;
        if filled.one("year").is_empty() && file.is_none() {
            // Whoever does not say which year goes on with the report under way.
            file = Self::case(office, me, &chosen, None)?;
            if let Some(year) = file.as_ref().and_then(|file| report::year_of(&file.case)) {
                let organ = filled.one("organ");
                chosen = Chosen::of(office, &me.actor, &organ, &year.to_string())?;
            }
        }
        let named = filled.one("outline");
        let taken = (!named.is_empty()).then_some(named.as_str());
        let outline = report::outline(office, &chosen.organ, chosen.year, taken)?;
        let kept = file.as_ref().map(|file| report::kept(&file.case, u32::MAX));
        let (places, kept) = (outline.places(), kept.unwrap_or_default());
        let typed = places.iter().filter(|place| filled.has(&control(place)));
        let typed: BTreeMap<Spot, String> = typed
            .map(|place| (spot(place), filled.one(&control(place)).trim().to_owned()))
            .collect();
        let written = report::by_chapters(outline, |place| {
            let spot = spot(place);
            typed.get(&spot).cloned().or_else(|| Some(kept.get(&spot)?.text.clone()))
        });
        let draft = report::draft(office, &chosen.organ, chosen.year, outline, &written)?;
        Ok(Self { chosen, outline: named, file, places, kept, typed, draft })
    }

    fn case(
        office: &Office,
        me: &SignedIn,
        chosen: &Chosen,
        year: Option<i16>,
    ) -> Result<Option<CaseFile>, PageError> {
        let visible = Visible::to(&me.actor, office.county(), office.clock().today());
        let case = office.store().read(office.county(), |read| {
            report::case_of(office, read, &chosen.organ, year, &visible).map_err(PageError::from)
        })?;
        case.map(|case| CaseFile::read(office, &me.actor, &case)).transpose()
    }

    /// What stands in the form for a place.
    fn text(&self, spot: &Spot) -> String {
        let kept = || self.kept.get(spot).map(|kept| kept.text.clone());
        self.typed.get(spot).cloned().or_else(kept).unwrap_or_default()
    }

    fn page(
        self,
        office: &Office,
        me: &SignedIn,
        frame: Frame,
        wrong: Wrong,
    ) -> Result<ReportPage, PageError> {
        let reviewed = self.draft.review(office);
        let organ = self.chosen.organ.path.to_string();
        let whose = (organ.as_str(), self.chosen.year);
        let report = &self.draft.report;
        let (paper, shown) = paper::html::marked(&report.paper, &reviewed.audited.stretches());
        let checks = |weight| {
            let some = report.checks.iter().filter(|check| check.weight == weight);
            some.map(|check| (check.place.clone(), check.what.clone())).collect()
        };
        let places = self.places(&wrong);
        let page = ReportPage {
            outlines: outlines(office, &self),
            outline: self.outline.clone(),
            id: new_action_id()?,
            paper: Fragment(paper),
            found: Doubts::of(&reviewed.audited, &shown, &reviewed.differing, whose),
            contradictions: reviewed.contradictions(),
            missing: checks(Weight::Missing),
            doubts: checks(Weight::Doubt),
            workings: checks(Weight::Working),
            unwritten: places.iter().filter(|place| place.wanted).count(),
            extras: places.iter().filter(|place| place.is_extra()).count(),
            case: case::shown(office, me, &self)?,
            frame,
            year: self.chosen.year,
            organs: self.chosen.organs,
            years: self.chosen.years,
            organ_path: organ,
            places,
            wrong,
        };
        Ok(page)
    }

    /// The places of the outline; behind them what is written for places it does not have.
    fn places(&self, wrong: &Wrong) -> Vec<PlaceView> {
        let most = self.file.as_ref().and_then(|file| {
            let procedure = &file.case.procedure;
            procedure.fields.get(&procedure.report.as_ref()?.text)?.max
        });
        let known = self.places.iter().map(|place| {
            let (name, spot) = (control(place), spot(place));
            let text = self.text(&spot);
            let kept = self.kept.get(&spot).filter(|kept| !kept.text.is_empty());
            let unsaved = text != kept.map_or("", |kept| &kept.text);
            let about = |said: &BTreeMap<String, String>| said.get(&name).cloned();
            let (wrong, other) = (about(&wrong.places), about(&wrong.others));
            PlaceView {
                open: unsaved || wrong.is_some() || other.is_some(),
                unsaved,
                title: title(&spot),
                prompt: place.prompt.clone().unwrap_or_default(),
                most: most.unwrap_or(LONGEST_TEXT),
                wanted: place.prompt.is_some() && text.is_empty(),
                by: kept.map_or_else(String::new, |kept| {
                    format!("{}　{}", kept.by, plain::stamp(kept.at))
                }),
                wrong: wrong.unwrap_or_default(),
                other: other.unwrap_or_default(),
                text,
                name,
            }
        });
        known.collect()
    }

    /// Titles of what is written for places that the outline does not have: it is not printed.
    fn strangers(&self) -> Vec<String> {
        let known = |at: &Spot| self.places.iter().any(|place| spot(place) == *at);
        let strange = self.kept.iter().filter(|(at, kept)| !kept.text.is_empty() && !known(at));
        strange.map(|(at, _)| title(at)).collect()
    }
}

impl From<DraftFault> for PageError {
    fn from(fault: DraftFault) -> Self {
        match fault {
            DraftFault::Store(error) => error.into(),
            DraftFault::Outline(say) => Self::Unfit(say),
        }
    }
}

/// The default, then every outline: those meant for such organs first.
fn outlines(office: &Office, drafting: &Drafting) -> Vec<Pick> {
    let law = office.law();
    let (kind, year) = (&drafting.chosen.organ.kind, drafting.chosen.year);
    let named = &drafting.outline;
    let default = law.outline(kind, year).map_or("无", |one| &one.name);
    let default = Pick {
        code: String::new(),
        label: format!("按单位和年度：{default}"),
        on: named.is_empty(),
    };
    let mut known: Vec<&Outline> = law.outlines.iter().filter(|one| one.of.is_none()).collect();
    known.sort_by_key(|one| !one.fits(kind, year));
    let known = known.into_iter().map(|one| Pick {
        code: one.id.to_string(),
        label: one.name.clone(),
        on: *one.id == **named || one.name == *named,
    });
    [default].into_iter().chain(known).collect()
}

/// The control in which a place is written.
fn control(place: &Passage) -> String {
    let (chapter, section) = spot(place);
    format!("w.{chapter}／{section}")
}

fn title((chapter, section): &Spot) -> String {
    if section.is_empty() { chapter.clone() } else { format!("{chapter}／{section}") }
}

/// The page of an organ's report for a year.
pub fn address(organ: &str, year: i16) -> String {
    let organ: String = byte_serialize(organ.as_bytes()).collect();
    format!("/report?organ={organ}&year={year}")
}

/// The page of a report, after something was done there.
fn after(drafting: &Drafting, done: &str) -> String {
    let address = address(drafting.chosen.organ.path.as_str(), drafting.chosen.year);
    let outline: String = byte_serialize(drafting.outline.as_bytes()).collect();
    let outline = if outline.is_empty() { outline } else { format!("&outline={outline}") };
    format!("{address}{outline}{done}")
}

/// `POST /report/open`: the report case is opened, and what was typed is kept in it.
pub async fn open(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (me, filled, came) = desk
        .ask(move |office| {
            let drafting = Drafting::of(office, &me, &filled)?;
            let mut came = case::open(office, &me, &drafting, &filled)?;
            if matches!(came, Came::Done(_)) {
                let drafting = Drafting::of(office, &me, &filled)?;
                came = case::write(office, &me, &drafting, &filled)?;
                if let Came::Done(saved) = came {
                    let to = after(&drafting, &format!("&opened=1&saved={saved}"));
                    return Ok((me, filled, Ok(to)));
                }
            }
            Ok((me, filled, Err(came)))
        })
        .await?;
    answer(&desk, me, filled, came).await
}

/// `POST /report/write`: what was changed is kept, each place as one entry.
pub async fn write(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (me, filled, came) = desk
        .ask(move |office| {
            let drafting = Drafting::of(office, &me, &filled)?;
            let came = match case::write(office, &me, &drafting, &filled)? {
                Came::Done(saved) => Ok(after(&drafting, &format!("&saved={saved}"))),
                came => Err(came),
            };
            Ok((me, filled, came))
        })
        .await?;
    answer(&desk, me, filled, came).await
}

async fn answer(
    desk: &Desk,
    me: SignedIn,
    filled: Filled,
    came: Result<String, Came>,
) -> Result<Response, PageError> {
    let (status, wrong) = match came {
        Ok(to) => return Ok(Redirect::to(&to).into_response()),
        Err(Came::Done(_)) => (StatusCode::OK, Wrong::default()),
        Err(Came::Wrong(status, wrong)) => (status, wrong),
    };
    Ok((status, page(desk, me, filled, None, wrong).await?).into_response())
}

/// `POST /report/attach`: the form that attaches the draft to its case, with the draft in it; what
/// was typed is kept first.
pub async fn attach(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (me, filled, made) = desk
        .ask(move |office| {
            let drafting = Drafting::of(office, &me, &filled)?;
            let made = match case::write(office, &me, &drafting, &filled)? {
                Came::Done(_) => Ok(case::attachable(office, &drafting)?),
                came => Err(came),
            };
            Ok((me, filled, made))
        })
        .await?;
    match made {
        Ok((case, asked)) => Ok(super::case::page(&desk, me, case, asked).await?.into_response()),
        Err(came) => answer(&desk, me, filled, Err(came)).await,
    }
}

/// The figures of a draft as a workbook, and what it is called.
fn workbook(office: &Office, draft: &Draft) -> Result<(String, Vec<u8>), PageError> {
    let about = vec![
        ("单位".to_owned(), draft.organ.name.clone()),
        ("年度".to_owned(), draft.year.to_string()),
    ];
    let title = format!("{}{}年指标数据", draft.organ.name, draft.year);
    let book = paper::xlsx::figures(&title, about, &draft.figures, office.clock().today());
    let bytes = book.map_err(|fault| PageError::Broken(fault.to_string()))?;
    Ok((format!("{title}.xlsx"), bytes))
}

/// `POST /report/{docx|pdf|html|xlsx}`: the draft as a file.
pub async fn file(
    State(desk): State<Desk>,
    Path(form): Path<String>,
    sent: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = sent;
    desk.ask(move |office| {
        let Drafting { draft, .. } = Drafting::of(office, &me, &filled)?;
        let report = &draft.report;
        let name = report.paper.title.replace('\n', "");
        let line = me.access(office, AccessKind::Export, None, &format!("{name}（{form}）"));
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
        match &*form {
            "docx" => {
                let kind =
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                Ok(download(&format!("{name}.docx"), kind, paper::docx::write(&report.paper)))
            }
            "pdf" => pdf(&report.paper, &format!("{name}.pdf")),
            "html" => Ok(html(&report.paper)),
            "xlsx" => {
                let (name, bytes) = workbook(office, &draft)?;
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                Ok(download(&name, kind, bytes))
            }
            _ => Err(PageError::Missing),
        }
    })
    .await
}
