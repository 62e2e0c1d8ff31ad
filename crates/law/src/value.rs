//! The values that answers, parameters and scenarios are made of.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::Id;

/// One answer to one field. 填写的内容
///
/// Externally tagged when serialised, so that an entry in the ledger can be read without the
/// definition beside it: `{"money":150000}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text of one or many lines (`line`, `text`, `law_item`).
    Text(String),
    /// A whole number.
    Int(i64),
    /// An amount in 分 (hundredths of a yuan).
    Money(i64),
    /// 是 or 否.
    Yes(bool),
    /// A civil date in Asia/Shanghai.
    Date(Date),
    /// A civil date and time in Asia/Shanghai, for periods counted in hours.
    Moment(DateTime),
    /// Codes of a list; one for `choice`, any number for `choices`.
    Codes(Vec<Id>),
    /// 当事人; one, or several where the field says `many`.
    Parties(Vec<Party>),
    /// People of the organ tree, by their account id.
    People(Vec<String>),
    /// Organs, by path.
    Organs(Vec<String>),
    /// 附件, by content digest.
    Files(Vec<FileRef>),
    /// A figure as it was when it was recorded.
    Figure(FigureRef),
    /// A personal answer as it stands in the ledger: encrypted under the key of one person.
    ///
    /// Only the store makes and opens these; the engine sees them when the key was destroyed.
    Sealed(Sealed),
}

/// 当事人: a person or an organisation that a matter is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// 姓名 or 名称.
    pub name: String,
    /// 公民 or 法人、其他组织.
    #[serde(default)]
    pub kind: PartyKind,
    /// 身份证件号 or 统一社会信用代码.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// 联系电话.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// 住址.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// Whether a party is a natural person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// 公民.
    #[default]
    Person,
    /// 法人或者其他组织.
    Org,
}

/// A file attached to an act: what it was called and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// The name it was uploaded under.
    pub name: String,
    /// SM3 of its bytes, lowercase hexadecimal; the key in the materials store.
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

/// A figure at the moment of recording: what was counted, of whom, in which days, and what it
/// came to. It stands by itself, whatever the indicator is called or counts later. 记录的数据
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FigureRef {
    /// Key of the indicator.
    pub indicator: Id,
    /// What it was called.
    pub name: String,
    /// Path of the organ; those below it count with it.
    pub organ: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// What it came to.
    pub came: Came,
    /// Its unit as printed; of a rate, what is counted.
    pub unit: String,
}

/// What a recorded figure came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// So many; money in 分.
    Amount(i64),
    /// So many out of so many.
    Rate {
        /// Numerator.
        good: i64,
        /// Denominator.
        among: i64,
    },
    /// So much over so many.
    Mean {
        /// What is spread; money in 分.
        sum: i64,
        /// Over how many.
        count: i64,
    },
}

/// Ciphertext of a personal answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Whose key opens it.
    pub subject: String,
    /// Nonce and ciphertext, base64.
    pub data: String,
}

impl Value {
    /// The text of a `Text`, else nothing.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The date of a `Date` or a `Moment`, else nothing.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Value::Date(date) => Some(*date),
            Value::Moment(moment) => Some(moment.date()),
            _ => None,
        }
    }

    /// Whether nothing was filled in: blank text, an empty list.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Text(text) => text.trim().is_empty(),
            Value::Codes(list) => list.is_empty(),
            Value::Parties(list) => list.is_empty(),
            Value::People(list) => list.is_empty(),
            Value::Organs(list) => list.is_empty(),
            Value::Files(list) => list.is_empty(),
            _ => false,
        }
    }
}

/// An amount in 分 from its digits in 元: `12`, `12.5`, `12.50`.
pub fn yuan(digits: &str) -> Option<i64> {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let cents: i64 = match decimals.len() {
        0 => 0,
        1 => decimals.parse::<i64>().ok()? * 10,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    let (whole, negative) = (whole.trim_start_matches('-'), whole.starts_with('-'));
    let amount = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { -amount } else { amount })
}

/// An amount of 分 in 元, without needless zeros: `12`, `12.50`.
pub fn yuan_text(cents: i64) -> String {
    let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    match cents % 100 {
        0 => format!("{sign}{}", cents / 100),
        rest => format!("{sign}{}.{rest:02}", cents / 100),
    }
}
