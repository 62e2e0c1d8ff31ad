//! 不予办理: the law says no, and why.

use std::fmt;

use law::citation::Basis;

/// Every reason at once. 不予办理
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// At least one.
    pub grounds: Vec<Ground>,
}

/// One reason. 理由
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// A condition's id, or `by`, `from`, `not_by`, `team`, `hold`, `hold_if_first`, `times`,
    /// `assign`, `date`, `ask:<field>`, `value:<field>`, `says:<document>`.
    pub code: String,
    /// The sentence shown.
    pub say: String,
    /// The article.
    pub basis: Basis,
    /// It will go away by itself with time (a period must pass first).
    pub waits: bool,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say)?;
        if self.basis.text.is_empty() { Ok(()) } else { write!(f, "（{}）", self.basis.text) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, ground) in self.grounds.iter().enumerate() {
            if index > 0 {
                f.write_str("；")?;
            }
            ground.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl Ground {
    /// A reason that rests on no article of its own.
    pub fn plain(code: impl Into<String>, say: impl Into<String>) -> Self {
        Self { code: code.into(), say: say.into(), basis: Basis::default(), waits: false }
    }

    /// A reason with its article.
    pub fn under(code: impl Into<String>, say: impl Into<String>, basis: &Basis) -> Self {
        Self { basis: basis.clone(), ..Self::plain(code, say) }
    }
}
