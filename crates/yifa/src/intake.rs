//! 受理提示: what may have been registered before, the same people's other matters, and whose area
//! a place lies in. Shown before a case is opened; whoever registers decides.

use std::collections::BTreeMap;

use engine::{
    action::Answers,
    actor::{Actor, OrganPath},
    authorise::{Sight, sight},
    case::Case,
    locality::{Area, Gazetteer},
    similar::Pieces,
};
use jiff::{Span, civil::Date};
use law::{
    procedure::{Procedure, Similar},
    value::Value,
};
use store::{CaseRow, Organ, RegisterFilter, StoreError, Visible};

use crate::office::Office;

/// Rows whose titles are compared.
const TITLES: usize = 2000;
/// Cases that are opened to be compared in full.
const OPENED: usize = 200;
/// The most that is shown.
const SHOWN: usize = 8;
/// Matters of one person that are shown.
const OF_PERSON: u32 = 10;
/// Titles of which so much is the same are worth opening, in thousandths.
const TITLE_LIKE: u32 = 250;
/// Places of which so much is the same are one place, in thousandths.
const SAME_PLACE: u32 = 600;

/// A case that may have to do with what is about to be registered.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The case.
    pub case: CaseRow,
    /// Why it is shown.
    pub why: Vec<String>,
    /// How alike, in percent; 0 where only people agree.
    pub percent: u32,
}

/// Whose area a place lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The organ.
    pub organ: OrganPath,
    /// Its name.
    pub name: String,
    /// The words that say so.
    pub words: String,
    /// Another organ would fit as well.
    pub doubtful: bool,
}

/// What may have been registered before, the likeliest first, of what this person may know of.
pub fn hints(
    office: &Office,
    actor: &Actor,
    procedure: &Procedure,
    answers: &Answers,
) -> Result<Vec<Hint>, StoreError> {
    let Some(similar) = &procedure.similar else { return Ok(Vec::new()) };
    let today = office.clock().today();
    let visible = Visible::to(actor, office.county(), today);
    let mut found: BTreeMap<String, Hint> = BTreeMap::new();
    for (row, why) in of_people(office, &visible, answers)? {
        let hint = found.entry(row.id.clone()).or_insert_with(|| Hint {
            case: row,
            why: Vec::new(),
            percent: 0,
        });
        if !hint.why.contains(&why) {
            hint.why.push(why);
        }
    }
    let mine = Pieces::of(&text(similar, |field| answers.get(field)));
    let place = place(similar, |field| answers.get(field));
    for row in candidates(office, procedure, similar, &visible, answers, today)? {
        let Some(case) = seen(office, actor, &row, today)? else { continue };
        let theirs = Pieces::of(&text(similar, |field| case.latest(field)));
        let same_place = same_place(&place, &self::place(similar, |field| case.latest(field)));
        let known = found.contains_key(&row.id);
        let likeness = mine.likeness(&theirs);
        if mine.is_empty() || !likeness.is_likely(same_place || known) {
            continue;
        }
        let hint = found.entry(row.id.clone()).or_insert_with(|| Hint {
            case: row,
            why: Vec::new(),
            percent: 0,
        });
        hint.percent = likeness.percent();
        hint.why.push(format!("内容相似{}%", likeness.percent()));
        if same_place {
            hint.why.push("同一地点".into());
        }
    }
    let mut hints: Vec<Hint> = found.into_values().collect();
    let weight = |hint: &Hint| (hint.percent, hint.why.len(), hint.case.opened);
    hints.sort_by_key(|hint| std::cmp::Reverse(weight(hint)));
    hints.truncate(SHOWN);
    Ok(hints)
}

/// Cases of people with the same number, telephone or name, whatever the procedure.
fn of_people(
    office: &Office,
    visible: &Visible,
    answers: &Answers,
) -> Result<Vec<(CaseRow, String)>, StoreError> {
    let mut found = Vec::new();
    let parties = answers.values().filter_map(|value| match value {
        Value::Parties(parties) => Some(parties),
        _ => None,
    });
    for party in parties.flatten() {
        let known = [
            (&party.number, "同一证件号"),
            (&party.phone, "同一电话"),
            (&party.name, "同名当事人"),
        ];
        for (sought, why) in known.into_iter().filter(|(sought, _)| sought.chars().count() >= 2) {
            let filter =
                RegisterFilter { party: Some(sought.clone()), ..RegisterFilter::default() };
            let page = office
                .store()
                .read(office.county(), |read| read.register(&filter, visible, None, OF_PERSON))?;
            found.extend(page.rows.into_iter().map(|row| (row, why.to_owned())));
        }
    }
    Ok(found)
}

/// The cases worth opening: the latest, and those whose titles are alike.
fn candidates(
    office: &Office,
    procedure: &Procedure,
    similar: &Similar,
    visible: &Visible,
    answers: &Answers,
    today: Date,
) -> Result<Vec<CaseRow>, StoreError> {
    let from = today.saturating_sub(Span::new().days(i64::from(similar.days)));
    let filter = RegisterFilter {
        procedure: Some(procedure.id.clone()),
        from: Some(from),
        ..RegisterFilter::default()
    };
    let title = answers.get(&procedure.title).and_then(Value::as_text).unwrap_or_default();
    let title = Pieces::of(title);
    let (mut worth, mut read_rows, mut after) = (Vec::new(), 0, None);
    loop {
        let page = office
            .store()
            .read(office.county(), |read| read.register(&filter, visible, after.as_ref(), 500))?;
        for row in page.rows {
            read_rows += 1;
            let alike = || title.likeness(&Pieces::of(&row.title)).shared >= TITLE_LIKE;
            if read_rows <= OPENED / 2 || (!title.is_empty() && alike()) {
                worth.push(row);
            }
        }
        after = page.next;
        if after.is_none() || read_rows >= TITLES || worth.len() >= OPENED {
            return Ok(worth);
        }
    }
}

/// A case as this person may read it.
fn seen(
    office: &Office,
    actor: &Actor,
    row: &CaseRow,
    today: Date,
) -> Result<Option<Case>, StoreError> {
    office.store().read(office.county(), |read| {
        let Some(heading) = read.heading(&row.id)? else { return Ok(None) };
        let edition = read.edition(&heading, office.law())?;
        let sight: Option<Sight> = sight(edition, actor, &heading, today);
        sight.map(|sight| read.case_seen(&row.id, office.law(), sight)).transpose()
    })
}

fn text<'v>(similar: &Similar, answer: impl Fn(&str) -> Option<&'v Value>) -> String {
    let parts = similar.text.iter().filter_map(|field| answer(field).and_then(Value::as_text));
    parts.collect::<Vec<_>>().join("\n")
}

fn place<'v>(similar: &Similar, answer: impl Fn(&str) -> Option<&'v Value>) -> String {
    let field = similar.place.as_ref();
    let said = field.and_then(|field| answer(field)).and_then(Value::as_text);
    said.unwrap_or_default().to_owned()
}

fn same_place(one: &str, other: &str) -> bool {
    !one.is_empty() && Pieces::of(one).likeness(&Pieces::of(other)).shared >= SAME_PLACE
}

/// Whose area the place of a matter lies in, as its words say.
pub fn ground(
    office: &Office,
    procedure: &Procedure,
    answers: &Answers,
) -> Result<Option<Ground>, StoreError> {
    let Some(similar) = &procedure.similar else { return Ok(None) };
    let place = place(similar, |field| answers.get(field));
    if place.is_empty() {
        return Ok(None);
    }
    let organs = office.store().read(office.county(), |read| read.organs())?;
    let found = gazetteer(&organs).locate(&place, true);
    Ok(found.map(|found| Ground {
        organ: found.id.as_str().into(),
        name: found.name,
        words: found.words.join("、"),
        doubtful: found.doubtful,
    }))
}

/// The organs of the county as areas that a text may name.
pub fn gazetteer(organs: &[Organ]) -> Gazetteer {
    let areas = organs.iter().map(|organ| Area {
        above: organ.path.parent().map(|above| above.to_string()),
        id: organ.path.to_string(),
        name: organ.name.clone(),
    });
    Gazetteer::of(areas.collect())
}
