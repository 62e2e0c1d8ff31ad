//! 指标: what is counted, by which date, out of what.

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{Id, citation::Basis, expr::Expr};

/// A figure of one procedure. 指标
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id within the procedure; its key everywhere else is `<procedure>.<id>`.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// 件、次、人、人次 … never mixed.
    pub unit: Unit,
    /// What is counted.
    pub count: Count,
    /// Adds up this number instead of counting.
    pub sum: Option<Expr>,
    /// The date that puts a case or act into a period. Mandatory.
    pub dated: Expr,
    /// For stocks (存量): no longer counted from this date on; the figure of a period counts what
    /// stands at its end.
    pub stock_until: Option<Option<Expr>>,
    /// Only these (the denominator of a rate).
    pub among: Option<Expr>,
    /// The numerator of a rate.
    pub good: Option<Expr>,
    /// Codes to split by.
    pub split: Vec<Expr>,
    /// 口径 in words.
    pub note: Option<String>,
    /// The article.
    pub basis: Option<Basis>,
}

/// What one observation stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// A case.
    Cases,
    /// Each occurrence of an act; in its expressions `new.x` is that occurrence's answer.
    Acts(Id),
}

/// Units of count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// 件 (宗 is printed where the outline says so).
    Item,
    /// 次.
    Time,
    /// 人.
    Person,
    /// 人次.
    PersonTime,
    /// 批.
    Batch,
    /// 份.
    Copy,
    /// 个.
    Piece,
    /// 名.
    Name,
    /// 户.
    Household,
    /// 条.
    Entry,
    /// 项.
    Matter,
    /// 家.
    House,
    /// 场.
    Session,
    /// 元, kept in 分.
    Yuan,
}

/// Indicators that join procedures, from `law/indicators/*.toml`.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Its key, such as `mediation.success_rate`.
    pub key: Id,
    /// 名称.
    pub name: String,
    /// How it comes about.
    pub how: How,
    /// 口径 in words.
    pub note: Option<String>,
}

/// How a joined indicator comes about from others.
#[derive(Clone, Debug)]
pub enum How {
    /// Sum of others, all of one unit.
    Sum(Vec<Id>),
    /// One count as a share of another.
    Rate {
        /// Numerator.
        good: Id,
        /// Denominator.
        among: Id,
    },
    /// One of the codes of a split: `petition.received` where `channel` is `online`.
    Part {
        /// The split indicator.
        of: Id,
        /// The split expression's text.
        split: String,
        /// Codes that count.
        codes: Vec<Id>,
    },
}

/// Keys of foreign lists of figures (such as those of published reports) = our keys.
#[derive(Clone, Debug, Default)]
pub struct KeyMap {
    /// Foreign key = what it is here.
    pub keys: IndexMap<String, Mapped>,
}

/// What a foreign figure is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// The value of an indicator.
    Value(Id),
    /// The share of a rate, in percent.
    Rate(Id),
    /// The change against the year before, in percent.
    Change(Id),
}

/// A period figures are given for: both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}
