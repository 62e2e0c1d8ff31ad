//! 句: what the figures of one place say, in sentences of the outline.

use engine::figure::{Figure, Value, change};
use law::{
    Id,
    indicator::Unit,
    outline::{Form, Part, Sentence},
};

use super::{Of, Weight, Writer};
use crate::{Style, model::Run, words};

/// Why a sentence can or cannot be printed.
enum Standing<'s> {
    /// Every place has something to print.
    Ready,
    /// These keys have no figure at all: 未统计.
    Unknown(Vec<&'s Id>),
    /// Everything it speaks of is 0.
    Nothing,
    /// It gives a share of nothing.
    NoShare,
    /// It only compares with a year that has no figures.
    NoYearBefore,
    /// A person has to write it.
    ToWrite,
}

impl<'a> Writer<'a> {
    /// What the figures of a place say, and the keys that have no figure.
    pub(super) fn sentences<'s>(
        &mut self,
        place: &str,
        sentences: &'s [Sentence],
    ) -> (Vec<Run>, Vec<&'s Id>) {
        let mut runs: Vec<Run> = Vec::new();
        let mut alone: Vec<&'a Figure> = Vec::new();
        let mut unknown: Vec<&Id> = Vec::new();
        let mut printed: Vec<&Id> = Vec::new();
        for sentence in sentences {
            match self.standing(sentence) {
                Standing::Ready => {
                    close_sentence(&mut runs);
                    self.sentence(place, sentence, &mut runs);
                    printed.extend(&sentence.keys);
                }
                Standing::ToWrite => {}
                Standing::Unknown(keys) => unknown.extend(keys),
                // 明示“0”，与“未统计”不同.
                Standing::Nothing => alone.extend(self.of(sentence)),
                Standing::NoShare => {
                    alone.extend(self.of(sentence).filter(|figure| !is_nothing(figure)));
                }
                Standing::NoYearBefore => {
                    let names: Vec<&str> = self.of(sentence).map(|f| f.name.as_str()).collect();
                    let what = format!("上年无可比数据，不写同比：{}", names.join("、"));
                    self.check(Weight::Doubt, place, what);
                }
            }
        }
        alone.retain(|figure| self.has_duty(figure));
        alone.retain(|figure| {
            let new = !printed.contains(&&figure.key);
            printed.push(&figure.key);
            new && matches!(figure.value, Value::Amount(..))
        });
        let (zero, some): (Vec<&Figure>, Vec<&Figure>) =
            alone.into_iter().partition(|figure| is_nothing(figure));
        self.values(&some, &mut runs);
        if runs.is_empty() {
            self.values(&zero, &mut runs);
        } else {
            // Beside what was done, a row of zeros stands in the annex alone.
            zero.into_iter().for_each(|figure| self.count(place, figure));
        }
        end_paragraph(&mut runs);
        unknown.dedup();
        (runs, unknown)
    }

    /// 明示“0” where the unit does such work at all: a duty it does not have is not mentioned.
    fn has_duty(&self, figure: &Figure) -> bool {
        let duty = |key: &Id| key.split('.').next().unwrap_or_default().to_owned();
        let own = duty(&figure.key);
        !is_nothing(figure)
            || self.figures.values().any(|other| duty(&other.key) == own && !is_nothing(other))
    }

    fn standing<'s>(&self, sentence: &'s Sentence) -> Standing<'s> {
        if sentence.to_write().is_some() {
            return Standing::ToWrite;
        }
        let known = |key: &&Id| self.figures.contains_key(key.as_str());
        let unknown: Vec<&Id> = sentence.keys.iter().filter(|key| !known(key)).collect();
        if !unknown.is_empty() {
            return Standing::Unknown(unknown);
        }
        if sentence.keys.is_empty() {
            return Standing::Ready;
        }
        let mut places = sentence.parts.iter().filter(|part| matches!(part, Part::Figure(..)));
        let compares = |part: &Part| matches!(part, Part::Figure(_, Form::Last | Form::Change));
        let nothing = self.of(sentence).all(is_nothing);
        if places.all(compares) && !nothing {
            let comparable = self.of(sentence).any(|figure| changed(figure).is_some());
            return if comparable { Standing::Ready } else { Standing::NoYearBefore };
        }
        if nothing {
            return Standing::Nothing;
        }
        let of_nothing = |figure: &Figure| {
            matches!(figure.value, Value::Rate { among: 0, .. } | Value::Mean { count: 0, .. })
        };
        if self.of(sentence).any(of_nothing) {
            return Standing::NoShare;
        }
        Standing::Ready
    }

    /// The figures of a sentence.
    fn of<'s>(&'s self, sentence: &'s Sentence) -> impl Iterator<Item = &'a Figure> + 's {
        sentence.keys.iter().filter_map(|key| self.figures.get(key.as_str()).copied())
    }

    fn sentence(&mut self, place: &str, sentence: &Sentence, runs: &mut Vec<Run>) {
        for part in &sentence.parts {
            match part {
                Part::Text(text) => push_text(runs, text),
                Part::Org => push_text(runs, &self.sources.organ.replace('\n', "、")),
                Part::Year => push_text(runs, &self.sources.year.to_string()),
                Part::Limit { limit, sample: false } => push_text(runs, &limit.number.to_string()),
                Part::Limit { limit, sample: true } => {
                    runs.push(Run::place(limit.number.to_string()));
                    let what = format!("“{}”是样例，照本地规定核对", limit.name);
                    self.check(Weight::Doubt, place, what);
                }
                Part::Figure(key, form) => {
                    if let Some(figure) = self.figures.get(key.as_str()).copied() {
                        runs.push(self.place(figure, *form));
                        self.count(place, figure);
                    }
                }
            }
        }
    }

    fn place(&self, figure: &Figure, form: Form) -> Run {
        let (text, of) = match form {
            Form::Value => (in_words(figure.value), Of::This),
            Form::Number => (number_in_words(figure.value), Of::This),
            Form::Rate => (figure.value.number(), Of::This),
            Form::Working => (figure.value.working().unwrap_or_default(), Of::This),
            Form::Last => {
                let before =
                    figure.before.filter(|value| value.working().is_none() || !value.is_empty());
                (before.map_or("无记录".into(), in_words), Of::Last)
            }
            Form::Change => (changed(figure).unwrap_or_else(|| unchanged(figure)), Of::Last),
        };
        Run::link(text, (self.sources.list)(figure, of))
    }

    /// Figures one after the other under their own names, where no sentence fits them.
    fn values(&mut self, figures: &[&'a Figure], runs: &mut Vec<Run>) {
        for (index, figure) in figures.iter().enumerate() {
            match index {
                0 => close_sentence(runs),
                _ => push_text(runs, "，"),
            }
            push_text(runs, &format!("{}为", figure.name));
            runs.push(self.place(figure, Form::Value));
            self.count(&figure.name, figure);
        }
        if !figures.is_empty() {
            push_text(runs, "。");
        }
    }

    /// Notes that a figure is printed; a rate's working goes to the checks.
    fn count(&mut self, place: &str, figure: &Figure) {
        if self.used.contains(&figure.key) {
            return;
        }
        self.used.push(figure.key.clone());
        if let Some(working) = figure.value.working().filter(|_| !figure.value.is_empty()) {
            let working = working.replace('/', "÷");
            let what = format!("{}{}＝{working}", figure.name, figure.value.number());
            self.check(Weight::Working, place, what);
        }
    }
}

/// Nothing was counted, this year or the last.
fn is_nothing(figure: &Figure) -> bool {
    figure.value.is_empty() && figure.before.is_none_or(|before| before.is_empty())
}

fn changed(figure: &Figure) -> Option<String> {
    change(figure.value, figure.before?)
}

/// Why there is nothing to compare with: nothing was recorded, or it was recorded that there was
/// nothing.
fn unchanged(figure: &Figure) -> String {
    match figure.before {
        Some(Value::Amount(..)) => "上年没有".into(),
        _ => "上年无记录".into(),
    }
}

/// A value with its unit as prose says it: a rate in percent, money and large counts in 万 or 亿
/// where that loses nothing.
fn in_words(value: Value) -> String {
    match value {
        Value::Amount(cents, Unit::Yuan) => words::money_in_prose(cents),
        Value::Amount(_, unit) | Value::Mean { unit, .. } => {
            format!("{}{}", number_in_words(value), unit.name())
        }
        Value::Rate { .. } => value.number(),
    }
}

fn number_in_words(value: Value) -> String {
    match value {
        Value::Amount(_, Unit::Yuan) | Value::Rate { .. } | Value::Mean { .. } => value.number(),
        Value::Amount(count, _) => words::count_in_prose(count),
    }
}

fn push_text(runs: &mut Vec<Run>, text: &str) {
    match runs.last_mut() {
        Some(Run { text: last, style: Style::Plain }) => last.push_str(text),
        _ => runs.push(Run::plain(text)),
    }
}

/// Another sentence follows: the one before must have ended.
fn close_sentence(runs: &mut Vec<Run>) {
    let Some(last) = runs.last() else { return };
    if !last.text.ends_with(['。', '；', '，', '：', '！', '？', '、']) {
        push_text(runs, "。");
    }
}

/// A paragraph ends in a full stop even where the sentence that should have followed has no data.
fn end_paragraph(runs: &mut Vec<Run>) {
    if let Some(Run { text, style: Style::Plain }) = runs.last_mut() {
        let kept = text.trim_end_matches(['；', '，', '、']).len();
        text.truncate(kept);
    }
    close_sentence(runs);
}
