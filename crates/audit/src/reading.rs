//! 审读依据: what `law/reading/` says about units, indicators and defects.

use std::collections::BTreeMap;

use law::{diagnostic::Diagnostic, source::SourceFile};
use serde::Deserialize;

use crate::{
    text::fold,
    words::{WordId, Words},
};

/// Everything that the reader of reports knows. 审读依据
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Units, the longest first.
    pub(crate) units: Vec<Unit>,
    /// Words by which Chinese numerals are judged.
    pub(crate) small: SmallWords,
    /// Indicators that a figure can state.
    pub(crate) indicators: Vec<Indicator>,
    /// Words that speak for indicators.
    pub(crate) words: Words,
    /// Which indicators ask for a word of their first near group.
    pub(crate) asked: BTreeMap<WordId, Vec<usize>>,
    /// Indicators by key.
    by_key: BTreeMap<String, usize>,
    /// Indicators of which another, by key, is a part: the parts of rates and what is within.
    pub(crate) wholes: BTreeMap<String, Vec<String>>,
    /// What is wrong with reports.
    pub(crate) defects: Defects,
    /// Where figures are recorded as stated by another unit.
    take: Option<Take>,
}

/// The act by which the figures of somebody's report are recorded, and the fields they go into.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// The procedure.
    pub procedure: String,
    /// Its opening act.
    pub act: String,
    /// The field for the unit.
    pub organ: String,
    /// The field for the last day of the year.
    pub year_end: String,
    /// The field for the figures.
    pub figures: String,
    /// The field for the number of doubts.
    pub doubts: String,
}

/// A measure word.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub written: Vec<char>,
    /// What it is called in a figure.
    pub name: String,
    /// How much of it belongs to the text of a figure.
    pub shown: usize,
    pub like: Like,
    pub chinese: Small,
    /// What must not follow.
    pub not: Vec<Vec<char>>,
    /// What must stand before, if anything must.
    pub when: Vec<String>,
}

/// Units that count things of one sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Like {
    /// 件、宗、起、份
    Case,
    /// 次、场、期
    Times,
    /// 人、名
    Person,
    /// 人次
    Persontime,
    /// 户
    Household,
    /// 个、家、所
    Place,
    /// 类、种
    Kind,
    /// 票
    Vote,
    /// 元
    Money,
    /// %
    Rate,
    /// 个百分点
    Points,
    /// 倍
    Multiple,
    /// 分
    Score,
    /// 工作日、天
    Day,
    /// 小时
    Hour,
    /// 分钟
    Minute,
    /// 课时
    Time,
    /// 年
    Year,
    /// 亩、公里
    Area,
    /// 吨
    Weight,
}

/// When a Chinese numeral of one to ten with this unit is a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Small {
    Always,
    Act,
    Thing,
    End,
    Never,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct SmallWords {
    pub thing: Vec<String>,
    pub rhetoric: Vec<String>,
    pub acts: Vec<String>,
}

/// One indicator as it is spoken of in reports.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its published key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its usual unit.
    pub unit: String,
    pub(crate) also: Vec<String>,
    pub(crate) likes: Vec<Like>,
    /// Only figures in its own unit state it.
    pub(crate) strict: bool,
    /// Of each group one word must stand in the clause of the figure.
    pub(crate) near: Vec<Vec<WordId>>,
    /// Of each group one word must stand in its sentence, its lead or its heading.
    pub(crate) with: Vec<Vec<WordId>>,
    /// Words that speak for it, without which it can still be meant.
    pub(crate) hint: Vec<WordId>,
    /// Words of the clause that speak against it.
    pub(crate) not: Vec<WordId>,
    /// Words of sentence or heading that speak against it.
    pub(crate) nor: Vec<WordId>,
    /// The indicator whose change or share this is.
    pub of: Option<String>,
    /// What kind of derived figure it is.
    pub derived: Option<Derived>,
    /// A rate: of what (good, among).
    pub rate: Option<(String, String)>,
    /// What it cannot exceed.
    pub within: Vec<String>,
    /// What it is the sum of.
    pub parts: Vec<String>,
    /// What it is the difference of.
    pub less: Option<(String, String)>,
    /// What ought to be the same number, unless the report says why not.
    pub alike: Vec<String>,
}

/// A figure that is about another figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Derived {
    /// 同比
    Change,
    /// 占比
    Share,
    /// 比上年增加多少
    Increase,
}

/// The catalogue of defects.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defects {
    #[serde(default)]
    pub block: Vec<Block>,
    #[serde(default)]
    pub plan: Vec<Plan>,
    #[serde(default)]
    pub title: Vec<Title>,
    #[serde(default)]
    pub persons: Vec<String>,
    #[serde(default)]
    pub units_of_things: Vec<String>,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default)]
    pub stages: Vec<String>,
    #[serde(default)]
    pub levels: Vec<String>,
    #[serde(default)]
    pub measured: Vec<String>,
    #[serde(default)]
    pub changes: Vec<String>,
    #[serde(default)]
    pub future: Vec<String>,
    #[serde(default)]
    pub renamed: BTreeMap<String, String>,
}

/// A part that a report must have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// Any of these, in a heading.
    #[serde(default)]
    pub heading: Vec<String>,
    /// Any of these, anywhere.
    #[serde(default)]
    pub text: Vec<String>,
    pub say: String,
}

/// A plan with its period.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub title: String,
    pub from: i16,
    pub to: i16,
}

/// A title that does not exist or is wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Title {
    pub written: String,
    pub say: String,
    /// The year from which it is wrong.
    #[serde(default)]
    pub since: Option<i16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    like: Like,
    chinese: Small,
    #[serde(default)]
    not: String,
    #[serde(default)]
    when: String,
    unit: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitsFile {
    unit: BTreeMap<String, UnitRow>,
    words: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorRow {
    name: String,
    unit: String,
    /// Further units it is counted in.
    #[serde(default)]
    also: String,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    near: Groups,
    #[serde(default)]
    with: Groups,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    not: String,
    #[serde(default)]
    nor: String,
    of: Option<String>,
    derived: Option<Derived>,
    rate: Option<(String, String)>,
    #[serde(default)]
    within: Vec<String>,
    #[serde(default)]
    parts: Vec<String>,
    less: Option<(String, String)>,
    #[serde(default)]
    alike: Vec<String>,
}

/// One group of words, or several of which each must be met.
#[derive(Deserialize)]
#[serde(untagged)]
enum Groups {
    One(String),
    Many(Vec<String>),
}

impl Default for Groups {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskFile {
    take: Take,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorsFile {
    indicator: BTreeMap<String, IndicatorRow>,
}

impl Reading {
    /// Reads `reading/*.toml` of a law folder, and says what is wrong with it.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let mut reading = Self::default();
        let mut faults = Vec::new();
        let mut files: Vec<&SourceFile> =
            files.iter().filter(|file| file.path.starts_with("reading/")).collect();
        // Indicators are counted in units: those are read first.
        files.sort_by_key(|file| !file.path.ends_with("units.toml"));
        for file in files {
            let done = if file.path.ends_with("units.toml") {
                toml::from_str(&file.text).map(|rows| reading.add_units(rows))
            } else if file.path.ends_with("defects.toml") {
                toml::from_str(&file.text).map(|defects| reading.defects = defects)
            } else if file.path.ends_with("desk.toml") {
                toml::from_str(&file.text).map(|desk: DeskFile| reading.take = Some(desk.take))
            } else {
                toml::from_str(&file.text).map(|rows| reading.add_indicators(rows))
            };
            if let Err(error) = done {
                let place = error.span().unwrap_or(0..0);
                faults.push(Diagnostic::error("E0001", &file.path, place, error.message()));
            }
        }
        reading.inherit();
        reading.look_up();
        reading.words.finish();
        reading.units.sort_by_key(|unit| std::cmp::Reverse(unit.written.len()));
        (reading, faults)
    }

    /// Where figures are recorded as stated by another unit, if the law says so.
    pub fn take(&self) -> Option<&Take> {
        self.take.as_ref()
    }

    /// The indicators there are.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// One indicator.
    pub fn indicator(&self, key: &str) -> Option<&Indicator> {
        self.by_key.get(key).map(|&at| &self.indicators[at])
    }

    /// A change or a share is spoken of in the words of what it is about.
    fn inherit(&mut self) {
        let known = self.indicators.clone();
        for indicator in self.indicators.iter_mut().filter(|one| one.near.is_empty()) {
            let of = known.iter().find(|one| Some(&one.key) == indicator.of.as_ref());
            if let Some(of) = of {
                indicator.near.clone_from(&of.near);
                indicator.with.clone_from(&of.with);
                indicator.hint.clone_from(&of.hint);
                indicator.not.clone_from(&of.not);
                indicator.nor.clone_from(&of.nor);
            }
        }
    }

    /// What is asked of every figure, looked up once.
    fn look_up(&mut self) {
        for (at, indicator) in self.indicators.iter().enumerate() {
            self.by_key.insert(indicator.key.clone(), at);
            for word in indicator.near.first().into_iter().flatten() {
                self.asked.entry(*word).or_default().push(at);
            }
            let wholes = self.wholes.entry(indicator.key.clone()).or_default();
            wholes.extend(indicator.within.iter().cloned());
            if let Some((good, among)) =
                indicator.rate.as_ref().filter(|(good, among)| good != among)
            {
                self.wholes.entry(good.clone()).or_default().push(among.clone());
            }
        }
        for wholes in self.wholes.values_mut() {
            wholes.sort_unstable();
            wholes.dedup();
        }
    }

    /// What sort of thing a unit counts.
    pub(crate) fn like(&self, unit: &str) -> Option<Like> {
        let unit = self.units.iter().find(|known| known.name == unit)?;
        Some(unit.like)
    }

    fn add_units(&mut self, file: UnitsFile) {
        for (written, row) in file.unit {
            let chars: Vec<char> = written.chars().map(fold).collect();
            self.units.push(Unit {
                shown: row.text.map_or(chars.len(), |text| text.chars().count()),
                written: chars,
                name: row.unit.unwrap_or(written),
                like: row.like,
                chinese: row.chinese,
                not: split(&row.not).map(|word| word.chars().collect()).collect(),
                when: split(&row.when).collect(),
            });
        }
        let words = |name: &str| {
            let words = file.words.get(name);
            words.map(|words| split(words).collect()).unwrap_or_default()
        };
        self.small =
            SmallWords { thing: words("thing"), rhetoric: words("rhetoric"), acts: words("acts") };
    }

    fn add_indicators(&mut self, file: IndicatorsFile) {
        for (key, row) in file.indicator {
            let mut likes: Vec<Like> = Vec::new();
            for unit in std::iter::once(row.unit.as_str()).chain(row.also.split_whitespace()) {
                likes.extend(self.like(unit));
            }
            let words = &mut self.words;
            let indicator = Indicator {
                near: groups(row.near, words),
                with: groups(row.with, words),
                hint: group(&row.hint, words),
                not: group(&row.not, words),
                nor: group(&row.nor, words),
                key,
                name: row.name,
                unit: row.unit,
                likes,
                strict: row.strict,
                also: row.also.split_whitespace().map(str::to_owned).collect(),
                of: row.of,
                derived: row.derived,
                rate: row.rate,
                within: row.within,
                parts: row.parts,
                less: row.less,
                alike: row.alike,
            };
            self.indicators.push(indicator);
        }
    }
}

fn split(words: &str) -> impl Iterator<Item = String> {
    words.split_whitespace().map(|word| word.chars().map(fold).collect())
}

fn group(written: &str, words: &mut Words) -> Vec<WordId> {
    split(written).map(|word| words.add(&word)).collect()
}

fn groups(written: Groups, words: &mut Words) -> Vec<Vec<WordId>> {
    let all = match written {
        Groups::One(one) => vec![one],
        Groups::Many(many) => many,
    };
    all.iter().map(|one| group(one, words)).collect()
}
