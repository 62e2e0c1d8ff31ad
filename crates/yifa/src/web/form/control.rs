//! One thing to fill in, as a form shows it: made from a field of the law and what was typed.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use law::{
    Id,
    procedure::{Field, FieldType, Procedure},
    value::{FileRef, Party, PartyKind},
};

use super::filled::{Filled, keep_file};
use crate::suggestion::Proposal;

/// Longest text where a definition sets no limit, in characters.
pub const LONGEST_TEXT: i64 = 5000;
/// Longest line where a definition sets no limit, in characters.
pub const LONGEST_LINE: i64 = 200;
/// Up to so many choices are shown as buttons, more as a list.
const BUTTONS: usize = 6;
/// So many of those proposed are shown at once; the rest stands with the others.
const FIRST: usize = 8;

/// One thing to fill in.
#[derive(Template)]
#[template(path = "parts/control.html")]
pub struct Control {
    /// The name it is sent under.
    pub name: String,
    /// What the person reads.
    pub label: String,
    /// Must be filled.
    pub required: bool,
    /// A word of help.
    pub hint: String,
    /// What is wrong with what was typed.
    pub wrong: String,
    /// How it is filled in.
    pub kind: Kind,
}

impl HtmlSafe for Control {}

/// How something is filled in.
pub enum Kind {
    /// One line.
    Line { value: String, max: i64 },
    /// One line, with a list of what it may be.
    Listed { value: String, list: Vec<String> },
    /// Many lines.
    Text { value: String, max: i64 },
    /// A whole number.
    Number { value: String, min: String, max: String },
    /// Yuan.
    Money { value: String },
    /// A date.
    Date { value: String },
    /// A date and time.
    Moment { value: String },
    /// One of a few.
    Radio(Vec<Pick>),
    /// One of many.
    Select(Vec<Pick>),
    /// Any of several.
    Checks(Vec<Pick>),
    /// One of those proposed, each with the reason, or one of the others; `open` shows these too.
    Proposed { proposed: Vec<Proposed>, others: Vec<Proposed>, open: bool },
    /// 当事人, one to a row.
    Parties { rows: Vec<Row>, many: bool },
    /// 附件: those already uploaded, and room for more.
    Files { kept: Vec<Kept>, many: bool },
}

/// One choice.
#[derive(Clone)]
pub struct Pick {
    /// What is sent.
    pub code: String,
    /// What is read.
    pub label: String,
    /// Chosen.
    pub on: bool,
}

/// Somebody who may be named.
pub struct Proposed {
    /// The choice.
    pub pick: Pick,
    /// Why them, or how much they have in hand.
    pub why: String,
}

/// A row of the party form.
pub struct Row {
    /// Its prefix: `f.people.0`.
    pub name: String,
    /// What was typed.
    pub party: Party,
}

/// A file that was uploaded with an earlier attempt.
pub struct Kept {
    /// What it is called and how large it is.
    pub label: String,
    /// What is sent back, so that it need not be uploaded again.
    pub ticket: String,
}

/// Choices that depend on where and when, not on the law.
pub struct Around<'a> {
    /// People who may be named: id and name with organ.
    pub people: &'a [(String, String)],
    /// Organs that may be named: path and name.
    pub organs: &'a [(String, String)],
    /// Indicators that may be named: key and name.
    pub indicators: &'a BTreeMap<Id, String>,
    /// Seals the tickets of uploaded files.
    pub key: &'a [u8],
}

impl Control {
    /// The control for a field.
    pub fn of(
        procedure: &Procedure,
        field: &Field,
        required: bool,
        filled: &Filled,
        around: &Around,
    ) -> Self {
        let name = format!("f.{}", field.id);
        let typed = filled.one(&name);
        let chosen = filled.all(&name);
        let kind = match &field.ty {
            FieldType::Line | FieldType::LawItem => {
                Kind::Line { value: typed, max: field.max.unwrap_or(LONGEST_LINE) }
            }
            FieldType::Indicator => {
                let list = around.indicators.iter().map(|(key, name)| format!("{name}（{key}）"));
                Kind::Listed { value: typed, list: list.collect() }
            }
            // Filled in by the system: never asked.
            FieldType::Figure => Kind::Listed { value: String::new(), list: Vec::new() },
            FieldType::Text => Kind::Text { value: typed, max: field.max.unwrap_or(LONGEST_TEXT) },
            FieldType::Int => Kind::Number {
                value: typed,
                min: field.min.map(|least| least.to_string()).unwrap_or_default(),
                max: field.max.map(|most| most.to_string()).unwrap_or_default(),
            },
            FieldType::Money => Kind::Money { value: typed },
            FieldType::Date => Kind::Date { value: typed },
            FieldType::Moment => Kind::Moment { value: typed },
            FieldType::YesNo => Kind::Radio(picks([("yes", "是"), ("no", "否")], chosen)),
            FieldType::Choice(list) => {
                let list = procedure.lists.get(list);
                let pairs =
                    list.into_iter().flatten().map(|(code, label)| (code.as_str(), label.as_str()));
                let picks = picks(pairs, chosen);
                match (field.many, picks.len()) {
                    (true, _) => Kind::Checks(picks),
                    (false, ..BUTTONS) => Kind::Radio(picks),
                    (false, _) => Kind::Select(picks),
                }
            }
            FieldType::Person => people_kind(around.people, field.many, chosen),
            FieldType::Organ => people_kind(around.organs, field.many, chosen),
            FieldType::Party => {
                Kind::Parties { rows: party_rows(&name, filled, field.many), many: field.many }
            }
            FieldType::Files => {
                Kind::Files { kept: kept_files(&name, filled, around.key), many: field.many }
            }
        };
        let hint = field.hint.clone().unwrap_or_default();
        let wrong = filled.wrong.get(&*field.id).cloned().unwrap_or_default();
        Self { name, label: field.name.clone(), required, hint, wrong, kind }
    }

    /// A list of people to name for a role.
    pub fn people(
        name: String,
        label: String,
        required: bool,
        filled: &Filled,
        people: &[(String, String)],
    ) -> Self {
        let chosen = filled.all(&name);
        let wrong = filled.wrong.get(&name).cloned().unwrap_or_default();
        Self {
            kind: people_kind(people, false, chosen),
            name,
            label,
            required,
            hint: String::new(),
            wrong,
        }
    }

    /// People to name for a role, those whom the law proposes before the others.
    pub fn proposed(
        name: String,
        label: String,
        required: bool,
        filled: &Filled,
        people: &[(String, String)],
        proposals: &[Proposal],
    ) -> Self {
        let chosen = filled.all(&name);
        let fitting = proposals.iter().take_while(|one| one.suits).count();
        let (first, rest) = proposals.split_at(fitting.min(FIRST));
        let shown = |those: &[Proposal]| {
            let shown = those.iter().filter_map(|one| {
                let (code, label) = people.iter().find(|(id, _)| *id == one.person)?.clone();
                let pick = Pick { on: chosen.contains(&code), code, label };
                Some(Proposed { pick, why: one.why.clone() })
            });
            shown.collect::<Vec<Proposed>>()
        };
        let others = shown(rest);
        let open = others.iter().any(|one| one.pick.on);
        Self {
            kind: Kind::Proposed { proposed: shown(first), others, open },
            wrong: filled.wrong.get(&name).cloned().unwrap_or_default(),
            name,
            label,
            required,
            hint: String::new(),
        }
    }

    /// A list of which one is chosen from the start.
    pub fn choice(name: &str, label: &str, list: &[(String, String)], chosen: &str) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            required: true,
            hint: String::new(),
            wrong: String::new(),
            kind: people_kind(list, false, &[chosen.to_owned()]),
        }
    }

    /// Whether it carries files.
    pub fn has_files(&self) -> bool {
        matches!(self.kind, Kind::Files { .. })
    }

    /// Whether it is a group of controls rather than one.
    pub fn is_group(&self) -> bool {
        matches!(
            self.kind,
            Kind::Radio(_) | Kind::Checks(_) | Kind::Proposed { .. } | Kind::Parties { .. }
        )
    }

    /// Ids of the sentences that describe the control, for readers of the screen.
    pub fn described(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        if !self.wrong.is_empty() {
            ids.push(format!("{}-wrong", self.name));
        }
        ids.join(" ")
    }
}

fn picks<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &[String]) -> Vec<Pick> {
    pairs
        .into_iter()
        .map(|(code, label)| Pick {
            code: code.into(),
            label: label.into(),
            on: chosen.iter().any(|one| one == code),
        })
        .collect()
}

fn people_kind(people: &[(String, String)], many: bool, chosen: &[String]) -> Kind {
    let picks = picks(people.iter().map(|(id, name)| (id.as_str(), name.as_str())), chosen);
    if many { Kind::Checks(picks) } else { Kind::Select(picks) }
}

/// The rows typed, at least one, and one more where a row was asked for.
fn party_rows(name: &str, filled: &Filled, many: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = filled
        .parties(name)
        .into_iter()
        .enumerate()
        .map(|(index, party)| Row { name: format!("{name}.{index}"), party })
        .collect();
    let wanted = if !many {
        1
    } else {
        rows.len().max(1) + usize::from(filled.more == name && !rows.is_empty())
    };
    while rows.len() < wanted {
        rows.push(Row { name: format!("{name}.{}", rows.len()), party: Party::default() });
    }
    rows
}

fn kept_files(name: &str, filled: &Filled, key: &[u8]) -> Vec<Kept> {
    let files: &[FileRef] = filled.files.get(name).map(Vec::as_slice).unwrap_or_default();
    files
        .iter()
        .map(|file| Kept {
            label: format!("{}（{}）", file.name, size(file.size)),
            ticket: keep_file(file, key),
        })
        .collect()
}

/// `12.3 KB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

impl Row {
    /// Whether the party is an organisation.
    pub fn is_org(&self) -> bool {
        self.party.kind == PartyKind::Org
    }
}

/// What is wrong, by field.
pub type Wrong = BTreeMap<String, String>;
