//! 系统填写: looking up in the ledger what an act fills in by itself.

use engine::{
    action::Answers,
    actor::OrganPath,
    figure::{self, Counted, Measure, Value},
    fill::{Given, Wanted, What},
    refusal::{Ground, Refusal},
};
use law::{
    Law,
    diagnostic::nearest,
    indicator::Span,
    procedure::{FieldType, Procedure},
    value::{FigureRef, FileRef, Value as Answer},
};
use store::{Read, StoreError, canonical::sm3_hex};

use crate::{
    office::{Office, Unperformed},
    report::{self, DraftFault, Written},
};

/// What was looked up, and the drafts that are still to be kept.
#[derive(Default)]
pub struct LookedUp {
    /// By field.
    pub given: Given,
    /// The bytes of each draft.
    pub drafts: Vec<Vec<u8>>,
}

/// Looks up what an act wants, in one snapshot.
pub fn look_up(
    office: &Office,
    read: &Read<'_>,
    wanted: Vec<Wanted>,
) -> Result<LookedUp, Unperformed> {
    let mut found = LookedUp::default();
    for Wanted { field, what, organ, span } in wanted {
        let value = match what {
            What::Figure(key) => match figure::measure(office.law(), &key) {
                Some(measure) => Answer::Figure(recorded(read, &measure, &organ, span)?),
                None => continue,
            },
            What::Draft(outline) => {
                let (name, bytes) = draft(office, read, &outline, &organ, span.to.year())?;
                let (digest, size) = (sm3_hex(&bytes), bytes.len() as u64);
                found.drafts.push(bytes);
                Answer::Files(vec![FileRef { name, digest, size }])
            }
        };
        found.given.insert(field, value);
    }
    Ok(found)
}

/// An indicator that was chosen must be one of the law's.
pub fn known_indicators(
    law: &Law,
    procedure: &Procedure,
    answers: &Answers,
) -> Result<(), Refusal> {
    let mut grounds = Vec::new();
    for (id, value) in answers {
        let field = procedure.fields.get(id).filter(|field| field.ty == FieldType::Indicator);
        let (Some(field), Some(key)) = (field, value.as_text()) else { continue };
        if figure::measure(law, key).is_some() {
            continue;
        }
        let measures = figure::measures(law);
        let meant = measures.iter().find(|one| one.name == key).map(|one| one.key.as_str());
        let near = meant.or_else(|| nearest(key, measures.iter().map(|one| one.key.as_str())));
        let say = match near {
            Some(near) => format!("没有指标“{key}”；是不是 {near}？请从清单里选“{}”", field.name),
            None => format!("没有指标“{key}”；请从清单里选“{}”", field.name),
        };
        grounds.push(Ground::plain(format!("value:{id}"), say));
    }
    if grounds.is_empty() { Ok(()) } else { Err(Refusal { grounds }) }
}

/// The figure of some days as it is recorded.
fn recorded(
    read: &Read<'_>,
    measure: &Measure,
    organ: &OrganPath,
    span: Span,
) -> Result<FigureRef, StoreError> {
    Ok(FigureRef {
        indicator: measure.key.clone(),
        name: measure.name.clone(),
        organ: organ.to_string(),
        from: span.from,
        to: span.to,
        came: measured(read, measure, organ, span)?.recorded(),
        unit: measure.unit.name().to_owned(),
    })
}

fn measured(
    read: &Read<'_>,
    measure: &Measure,
    organ: &OrganPath,
    span: Span,
) -> Result<Value, StoreError> {
    let lists: Vec<Counted> = measure.needs().into_iter().cloned().collect();
    let tallies = read.tally(&lists, organ, span)?;
    Ok(measure.value(&|list: &Counted| tallies.get(list).copied().unwrap_or_default()))
}

/// What a recorded figure would be if it were read today, where that is something else: late
/// entries and corrections do not change what was recorded.
pub fn otherwise_today(
    law: &Law,
    read: &Read<'_>,
    figure: &FigureRef,
) -> Result<Option<Value>, StoreError> {
    let Some(measure) = figure::measure(law, &figure.indicator) else { return Ok(None) };
    let span = Span { from: figure.from, to: figure.to };
    let now = measured(read, &measure, &OrganPath::from(figure.organ.as_str()), span)?;
    Ok((now != figure::came(figure)).then_some(now))
}

/// The address of the list behind a recorded figure.
pub fn address(figure: &FigureRef) -> String {
    format!(
        "/figures/{}?organ={}&year={}&from={}&to={}",
        figure.indicator,
        figure.organ,
        figure.to.year(),
        figure.from,
        figure.to
    )
}

/// The draft of an outline as a file: what it is called, and its bytes.
fn draft(
    office: &Office,
    read: &Read<'_>,
    outline: &str,
    organ: &OrganPath,
    year: i16,
) -> Result<(String, Vec<u8>), Unperformed> {
    let organ = read.organ(organ)?.ok_or(Unperformed::Unknown)?;
    let draft = report::outline(office, &organ, year, Some(outline))
        .and_then(|outline| report::draft(office, &organ, year, outline, &Written::new()));
    let report = match draft {
        Ok(draft) => draft.report,
        Err(DraftFault::Store(error)) => return Err(error.into()),
        Err(DraftFault::Outline(fault)) => {
            return Err(Unperformed::Paper { document: outline.to_owned(), fault });
        }
    };
    let name = format!("{}（底稿）.docx", report.paper.title.replace('\n', ""));
    Ok((name, paper::docx::write(&report.paper)))
}
