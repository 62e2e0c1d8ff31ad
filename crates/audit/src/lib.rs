//! 审读: reads anybody's report as a careful clerk would.
//!
//! Text in, findings out; this crate knows no file, no clock and no ledger. Rooms, in the order a
//! report walks through them: [`text`] cuts it into sentences → [`figure`] finds the figures, with
//! [`number`] for their numerals → [`setting`] says whose and of when → [`indicator`] which
//! indicator each states, by the words of [`reading`] → [`relation`] sets figures against each
//! other → [`defect`] finds what is wrong and no arithmetic, [`citation`] what law is cited wrongly → [`years`] compares the reports of
//! several years.

pub mod citation;
pub mod defect;
pub mod figure;
pub mod indicator;
pub mod number;
pub mod reading;
pub mod relation;
pub mod setting;
pub mod text;
pub mod years;

mod finding;
mod words;

pub use citation::citations;
pub use defect::defects;
pub use figure::Figure;
pub use finding::{Finding, Verdict};
pub use reading::Reading;
pub use relation::relations;
pub use setting::Setting;
pub use text::Text;
pub use years::{Recalled, recalled};

/// Longer texts are read for their figures and not audited, in characters.
pub const LONGEST: usize = 400_000;

/// A report that has been read. 审读结果
#[derive(Clone, Debug)]
pub struct Report {
    /// The text itself.
    pub text: Text,
    /// Whose, and of which year.
    pub setting: Setting,
    /// Its figures, in order.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Reads a text: every figure with its indicator, where that is sure.
    pub fn read(text: &str, reading: &Reading) -> Self {
        let text = Text::new(text);
        let setting = Setting::of(&text);
        let mut figures = figure::find(&text, reading);
        setting::place(&text, &setting, &mut figures);
        indicator::state(&text, reading, &mut figures);
        Self { text, setting, figures }
    }

    /// All that can be said against the report, and for it: relations, then defects.
    pub fn audit(&self, reading: &Reading) -> Vec<Finding> {
        if self.text.len() > LONGEST {
            return Vec::new(); // No report is a thousand pages long.
        }
        let mut findings = relations(self, reading);
        findings.extend(defects(self, reading));
        findings
    }

    /// Whether it speaks of a year of law-based government, as far as its first words say.
    pub fn is_annual(&self) -> bool {
        let lead = self.text.plain(0..600);
        let about = ["法治政府建设", "法治建设", "依法行政"].iter().any(|word| lead.contains(word));
        about && ["报告", "总结", "汇报", "情况"].iter().any(|word| lead.contains(word))
    }

    /// The sentence that a figure stands in.
    pub fn sentence(&self, figure: &Figure) -> String {
        let sentence = self.text.sentences()[figure.sentence].range.clone();
        self.text.written(sentence).trim().to_owned()
    }
}
