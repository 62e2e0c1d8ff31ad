//! 字段: what is written down, by people or by the system.

use crate::{Id, expr::Expr};

/// What is written down. 字段
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// What kind of value.
    pub ty: FieldType,
    /// More than one value.
    pub many: bool,
    /// Least number, amount in 分, or length.
    pub min: Option<i64>,
    /// Greatest number, amount in 分, or length in characters (a default applies to text).
    pub max: Option<i64>,
    /// Who may read it.
    pub keep: Keep,
    /// A word of help under the field.
    pub hint: Option<String>,
    /// Sample answers for demonstrations and simulations; never law.
    pub samples: Vec<String>,
    /// The system fills it in; nobody else may.
    pub fill: Option<Fill>,
}

/// What the system fills in by itself when an act is done. 系统填写
#[derive(Clone, Debug)]
pub enum Fill {
    /// What an expression comes to.
    Is(Expr),
    /// A figure as it stands at that moment.
    Figure(Box<FigureFill>),
    /// The draft an outline makes of the ledger, as an attachment.
    Draft {
        /// The outline.
        outline: Id,
        /// The year it is of is the year of this date.
        to: Expr,
    },
}

impl Fill {
    /// Every expression in it.
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Fill::Is(expr) => vec![expr],
            Fill::Draft { to, .. } => vec![to],
            Fill::Figure(figure) => {
                let chosen = match &figure.of {
                    FigureOf::Fixed(_) => None,
                    FigureOf::Chosen(expr) => Some(expr),
                };
                let rest = figure.organ.iter().chain(&figure.from).chain(&figure.to);
                chosen.into_iter().chain(rest).collect()
            }
        }
    }
}

/// Which figure, of whom, in which days.
#[derive(Clone, Debug)]
pub struct FigureFill {
    /// Of which indicator.
    pub of: FigureOf,
    /// Of which organ; none, or not filled in = the organ that handles the case.
    pub organ: Option<Expr>,
    /// First day; none, or not filled in = the first of January of the last day's year.
    pub from: Option<Expr>,
    /// Last day, but no later than the day of the act; none, or not filled in = that day.
    pub to: Option<Expr>,
}

/// Which indicator a figure is of.
#[derive(Clone, Debug)]
pub enum FigureOf {
    /// Always this one.
    Fixed(Id),
    /// The one that was chosen, if one was.
    Chosen(Expr),
}

/// The kinds of field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Text of many lines.
    Text,
    /// A whole number.
    Int,
    /// Yuan with two decimals, kept in 分.
    Money,
    /// 是/否.
    YesNo,
    /// A civil date.
    Date,
    /// A civil date and time.
    Moment,
    /// One code of a list (several where `many`).
    Choice(Id),
    /// 当事人.
    Party,
    /// A person with an account.
    Person,
    /// An organ.
    Organ,
    /// 附件.
    Files,
    /// A provision or an item of the 权责清单, as text.
    LawItem,
    /// The key of an indicator, as text.
    Indicator,
    /// A figure; always filled in by the system.
    Figure,
}

/// Secrecy class of a field; permissions to read derive from it. 保密类别
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// May be published.
    Public,
    /// For those who may see the case.
    Work,
    /// Personal: masked for everyone who is not handling the case; encrypted at rest.
    Personal,
    /// Opened only with a reason that is logged; encrypted at rest.
    Sealed,
}
