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

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 14] = [
        Unit::Item,
        Unit::Time,
        Unit::Person,
        Unit::PersonTime,
        Unit::Batch,
        Unit::Copy,
        Unit::Piece,
        Unit::Name,
        Unit::Household,
        Unit::Entry,
        Unit::Matter,
        Unit::House,
        Unit::Session,
        Unit::Yuan,
    ];

    /// As printed after a number.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Item => "件",
            Unit::Time => "次",
            Unit::Person => "人",
            Unit::PersonTime => "人次",
            Unit::Batch => "批",
            Unit::Copy => "份",
            Unit::Piece => "个",
            Unit::Name => "名",
            Unit::Household => "户",
            Unit::Entry => "条",
            Unit::Matter => "项",
            Unit::House => "家",
            Unit::Session => "场",
            Unit::Yuan => "元",
        }
    }

    /// The unit of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }
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
