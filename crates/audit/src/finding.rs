//! 审读意见: what the reader found, with its working.

use std::ops::Range;

/// One thing found. 审读意见
#[derive(Clone, Debug)]
pub struct Finding {
    /// What sort of relation or defect it is: `ratio`, `sum`, `blank`.
    pub kind: &'static str,
    /// The figures it is about, by their place among the figures of the report.
    pub figures: Vec<usize>,
    /// Where in the text it stands, for a defect.
    pub place: Option<Range<usize>>,
    /// The working: 4452/4549=97.87%，原文97.8%.
    pub expression: String,
    /// What comes out.
    pub computed: Option<f64>,
    /// What the report says.
    pub stated: Option<f64>,
    /// How it is judged.
    pub verdict: Verdict,
    /// A sentence that a clerk can send back to the author.
    pub explanation: String,
}

/// How a finding is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It agrees.
    Consistent,
    /// Decimals were cut off and not rounded.
    RoundingTruncated,
    /// It contradicts itself.
    Inconsistent,
    /// Parts that share members were written as if they added up.
    OverlappingCategories,
    /// It cannot be decided from the text.
    Undecided,
    /// It is wrong, but not in its arithmetic.
    Defect,
}

impl Verdict {
    /// As it stands in machine-readable output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::RoundingTruncated => "rounding-truncated",
            Self::Inconsistent => "inconsistent",
            Self::OverlappingCategories => "overlapping-categories",
            Self::Undecided => "undecided",
            Self::Defect => "defect",
        }
    }

    /// As a clerk reads it.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Consistent => "一致",
            Self::RoundingTruncated => "截尾",
            Self::Inconsistent => "矛盾",
            Self::OverlappingCategories => "分类交叉",
            Self::Undecided => "无法判断",
            Self::Defect => "差错",
        }
    }

    /// Whether the report contradicts itself: no report should be signed so.
    pub const fn contradicts(self) -> bool {
        matches!(self, Self::Inconsistent | Self::OverlappingCategories)
    }

    /// Whether somebody ought to look at it.
    pub const fn is_doubt(self) -> bool {
        !matches!(self, Self::Consistent | Self::Undecided)
    }
}
