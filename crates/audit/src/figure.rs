//! 数据: finds the figures of a report, and leaves out what only looks like one.
//!
//! A figure is a numeral with a measure word. Dates, years, document numbers, ordinals, numbered
//! headings and names (三项制度, “1+1+9”, 12345) have none, or stand where a name stands.

mod said;

use std::ops::Range;

use said::{change, qualifier};

use crate::{
    indicator::Stated,
    number::{self, Decimal, Numeral, Script},
    reading::{Like, Reading, Small, Unit},
    text::{Text, ends_clause},
};

/// A figure found in a report. 数据
#[derive(Clone, Debug)]
pub struct Figure {
    /// Where it stands, with what belongs to it: 近30次.
    pub range: Range<usize>,
    /// Where its numeral stands: 30.
    pub numeral: Range<usize>,
    /// What it is worth in its unit; money in 元; below zero for a fall.
    pub value: Decimal,
    /// The numeral as written, without 万: what rounding goes by.
    pub written: Decimal,
    /// What one unit of the written numeral is worth: 10000 for 2.1万.
    pub factor: i128,
    /// Its measure word.
    pub unit: String,
    /// What sort of thing it counts.
    pub like: Like,
    /// Exact or not, and in which direction.
    pub qualifier: Qualifier,
    /// Up or down, for a change against an earlier time.
    pub direction: Option<Direction>,
    /// The sentence it stands in, by number.
    pub sentence: usize,
    /// Whose number it is.
    pub subject: String,
    /// When it holds: a year, a month, a day.
    pub period: String,
    /// The time it is compared with, for a change.
    pub base_period: Option<String>,
    /// The indicator it states, if that is sure enough.
    pub stated: Option<Stated>,
    /// What it may state, the likeliest first, where that is not sure enough.
    pub candidates: Vec<String>,
}

/// How exact a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    /// 30件
    Exact,
    /// 近、约
    Approx,
    /// 余、多、以上
    AtLeast,
    /// 不超过、以内
    AtMost,
    /// 同比、较上年
    Change,
    /// 环比
    ChangeOnPeriod,
}

impl Qualifier {
    /// As it stands in machine-readable output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approx => "approx",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Change => "change_yoy",
            Self::ChangeOnPeriod => "change_mom",
        }
    }

    /// A change against an earlier time.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Change | Self::ChangeOnPeriod)
    }
}

/// Which way something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// 上升、增长
    Up,
    /// 下降、减少
    Down,
}

impl Direction {
    /// As it stands in machine-readable output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Every figure of the text, in order, not yet understood.
pub(crate) fn find(text: &Text, reading: &Reading) -> Vec<Figure> {
    let masked = masked(text.folded());
    let finder = Finder { text, chars: text.folded(), reading, masked };
    let mut figures = finder.all();
    share_units(&finder, &mut figures);
    figures.sort_by_key(|figure| figure.numeral.start);
    figures.dedup_by_key(|figure| figure.numeral.start);
    share_changes(&finder, &mut figures);
    figures
}

struct Finder<'a> {
    text: &'a Text,
    chars: &'a [char],
    reading: &'a Reading,
    /// Titles and names, in which no figure stands.
    masked: Vec<bool>,
}

/// What is counted in 元 even where 元 is not written: 保费320万.
const MONEY: &[&str] = &[
    "资金", "经费", "投入", "金额", "损失", "货值", "债务", "资产", "补贴", "补助", "补偿", "赔偿",
    "保费", "保额", "罚款", "罚没", "标的", "欠款", "工资", "贷款", "税费",
];

/// No report counts in more than 万亿.
const LARGEST: i128 = 1_000_000_000_000;
/// Quotations up to this many characters are names.
const NAME: usize = 20;
/// Titles up to this many characters.
const TITLE: usize = 120;

/// Inside 《》 and inside short quotations.
fn masked(chars: &[char]) -> Vec<bool> {
    let mut masked = vec![false; chars.len()];
    let pairs = [('《', '》', TITLE), ('“', '”', NAME), ('「', '」', NAME), ('‘', '’', NAME)];
    for (open, close, longest) in pairs {
        for start in (0..chars.len()).filter(|&at| chars[at] == open) {
            let end = chars.len().min(start + longest + 2);
            let Some(len) = chars[start..end].iter().position(|&c| c == close) else { continue };
            masked[start..=start + len].fill(true);
        }
    }
    masked
}

/// What follows a numeral.
struct Measure<'a> {
    factor: i128,
    vague: bool,
    unit: &'a Unit,
    /// Where the text of the figure ends.
    end: usize,
    suffix: Option<Qualifier>,
}

impl<'a> Finder<'a> {
    fn all(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            let (found, next) = self.at(at);
            figures.extend(found);
            at = next.max(at + 1);
        }
        figures
    }

    /// What begins at this character, and where to go on.
    fn at(&self, at: usize) -> (Vec<Figure>, usize) {
        let c = self.chars[at];
        if self.masked[at] {
            return (Vec::new(), at + 1);
        }
        if c.is_ascii_alphabetic() {
            let run = |c: &&char| c.is_ascii_alphanumeric() || matches!(**c, '/' | '-' | '_' | '.');
            return (Vec::new(), at + self.chars[at..].iter().take_while(run).count());
        }
        if c.is_ascii_digit() {
            return self.arabic(at);
        }
        if self.follows(at, "百分之") {
            return self.percent_in_words(at);
        }
        if number::is_chinese(c) || matches!(c, '数' | '几') {
            return self.chinese(at);
        }
        (Vec::new(), at + 1)
    }

    fn arabic(&self, at: usize) -> (Vec<Figure>, usize) {
        let digits = self.chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let Some(numeral) = number::arabic(&self.chars[at..]) else {
            return (Vec::new(), at + digits);
        };
        // 1.2020年…… at the head of a line is an item with its number.
        if numeral.value.places() > 0 && self.begins_line(at) && self.is_item(at, &numeral) {
            return (Vec::new(), at + digits + 1);
        }
        let next = at + numeral.len;
        if self.is_name(at, next) || self.is_counter_of_page(at) {
            return (Vec::new(), next);
        }
        if let Some(rank) = self.rank(at, &numeral) {
            return (vec![rank], next);
        }
        if self.before(at).ends_with('第') {
            return (Vec::new(), next);
        }
        if let Some(both) = self.span(at, &numeral) {
            return both;
        }
        match self.measure(next, &numeral) {
            Some(measure) if self.is_plausible(at, &numeral, &measure) => {
                let end = measure.end;
                (vec![self.figure(at, &numeral, &measure)], end)
            }
            Some(_) => (Vec::new(), next),
            None => (self.bare(at, &numeral).into_iter().collect(), next),
        }
    }

    fn chinese(&self, at: usize) -> (Vec<Figure>, usize) {
        let run = self.chars[at..].iter().take_while(|&&c| number::is_chinese(c)).count();
        let Some(numeral) = number::chinese(&self.chars[at..]) else {
            return (Vec::new(), at + run.max(1));
        };
        let next = at + numeral.len;
        if let Some(rank) = self.rank(at, &numeral) {
            return (vec![rank], next);
        }
        let before = self.before(at);
        let part_of_word = ["第", "初", "星期", "礼拜", "周", "统", "唯", "之", "+", "十几"];
        if part_of_word.iter().any(|word| before.ends_with(word)) {
            return (Vec::new(), next);
        }
        let Some(measure) = self.measure(next, &numeral) else { return (Vec::new(), next) };
        if self.is_head_of_ranking(at, &measure) {
            return (Vec::new(), next);
        }
        if self.counts_in_chinese(at, &numeral, &measure) {
            let end = measure.end;
            (vec![self.figure(at, &numeral, &measure)], end)
        } else {
            (Vec::new(), next)
        }
    }

    /// 百分之九十五、百分之98.5
    fn percent_in_words(&self, at: usize) -> (Vec<Figure>, usize) {
        let start = at + 3;
        let rest = &self.chars[start..];
        let read = number::arabic(rest).or_else(|| number::chinese(rest).filter(|n| n.len <= 4));
        let Some(mut numeral) = read else { return (Vec::new(), start) };
        if rest.first() == Some(&'百') {
            numeral = Numeral { len: 1, value: Decimal::whole(100), script: Script::Chinese };
        }
        let Some(unit) = self.reading.units.iter().find(|unit| unit.name == "%") else {
            return (Vec::new(), start);
        };
        let after = start + numeral.len;
        let (end, suffix) = self.suffix(after);
        let exact = Numeral { script: Script::Arabic, ..numeral };
        let measure = Measure { factor: 1, vague: false, unit, end, suffix };
        let mut figure = self.figure(start, &exact, &measure);
        figure.range.start = at;
        (vec![figure], end)
    }

    /// 万、余、万余, then the unit, then 以上.
    fn measure(&self, after: usize, numeral: &Numeral) -> Option<Measure<'a>> {
        let mut at = self.skip_spaces(after);
        let mut factor = 1_i128;
        let mut vague = numeral.script == Script::Vague;
        for _ in 0..4 {
            match self.chars.get(at) {
                Some(&c) if number::multiplier(c).is_some() && numeral.script == Script::Arabic => {
                    factor = (factor * number::multiplier(c)?).min(LARGEST);
                }
                Some(&c) if factor == 1 && vague && matches!(c, '万' | '亿') => {
                    factor = (factor * number::multiplier(c)?).min(LARGEST);
                }
                Some('余' | '多' | '来' | '几') => vague = true,
                _ => break,
            }
            at = self.skip_spaces(at + 1);
        }
        let unit = self.unit(at)?;
        if !unit.when.is_empty() {
            let before = self.clause_before(after - numeral.len);
            if !unit.when.iter().any(|word| before.ends_with(word.as_str())) {
                return None;
            }
        }
        let (end, suffix) = self.suffix(at + unit.shown);
        Some(Measure { factor, vague, unit, end, suffix })
    }

    fn unit(&self, at: usize) -> Option<&'a Unit> {
        let rest = self.chars.get(at..)?;
        let unit = self.reading.units.iter().find(|unit| rest.starts_with(&unit.written))?;
        let following = &rest[unit.written.len()..];
        let word = unit.not.iter().any(|not| following.starts_with(not));
        (!word).then_some(unit)
    }

    /// 以上、以内、左右, as part of the figure.
    fn suffix(&self, at: usize) -> (usize, Option<Qualifier>) {
        let suffixes = [
            ("及以上", Qualifier::AtLeast),
            ("以上", Qualifier::AtLeast),
            ("有余", Qualifier::AtLeast),
            ("以下", Qualifier::AtMost),
            ("以内", Qualifier::AtMost),
            ("之内", Qualifier::AtMost),
            ("左右", Qualifier::Approx),
            ("上下", Qualifier::Approx),
            ("余", Qualifier::AtLeast),
        ];
        for (word, qualifier) in suffixes {
            if self.follows(at, word) {
                return (at + word.chars().count(), Some(qualifier));
            }
        }
        (at, None)
    }

    fn figure(&self, at: usize, numeral: &Numeral, measure: &Measure<'_>) -> Figure {
        let mut range = at..measure.end;
        let before = self.clause_before(at);
        let adjoining = ['近', '约', '逾', '超'].iter().find(|c| before.ends_with(**c));
        let inside = ["最近", "附近", "临近", "靠近", "大约", "节约", "条约", "制约", "履约"];
        if adjoining.is_some() && !inside.iter().any(|word| before.ends_with(word)) {
            range.start -= 1;
        }
        let mut qualifier = measure.suffix.unwrap_or_else(|| qualifier(&before));
        if measure.vague && matches!(qualifier, Qualifier::Exact | Qualifier::Approx) {
            qualifier = Qualifier::AtLeast;
        }
        let mut value = numeral.value.times(measure.factor);
        let change = change(&self.sentence_before(at), measure.unit.like);
        let direction = change.map(|(_, direction)| direction);
        if let Some((kind, direction)) = change {
            qualifier = kind;
            if direction == Direction::Down {
                value = value.negative();
            }
        }
        Figure {
            range,
            numeral: at..at + numeral.len,
            value,
            written: numeral.value,
            factor: measure.factor,
            unit: measure.unit.name.clone(),
            like: measure.unit.like,
            qualifier,
            direction,
            sentence: self.text.sentence_at(at),
            subject: String::new(),
            period: String::new(),
            base_period: None,
            stated: None,
            candidates: Vec::new(),
        }
    }

    /// 5-15个、20%至30%: the least and the most.
    fn span(&self, at: usize, numeral: &Numeral) -> Option<(Vec<Figure>, usize)> {
        let mut dash = at + numeral.len;
        if self.chars.get(dash) == Some(&'%') {
            dash += 1;
        }
        if !matches!(self.chars.get(dash), Some('-' | '至' | '到' | '~')) {
            return None;
        }
        let start = self.skip_dashes(dash);
        let upper = number::arabic(self.chars.get(start..)?)?;
        let measure = self.measure(start + upper.len, &upper)?;
        let ordered = numeral.value.compare(upper.value).is_lt();
        let year = |n: &Numeral| n.len == 4 && n.value.places() == 0 && is_year(n.value);
        if !ordered || year(numeral) || self.chars[at + numeral.len..start].contains(&'月') {
            return None;
        }
        let mut low = self.figure(at, numeral, &measure);
        let mut high = self.figure(start, &upper, &measure);
        if low.qualifier == Qualifier::Exact {
            (low.qualifier, high.qualifier) = (Qualifier::AtLeast, Qualifier::AtMost);
        }
        let end = measure.end;
        (low.range.end, high.range.start) = (end, low.range.start);
        Some((vec![low, high], end))
    }

    /// A numeral without a measure word that is a figure all the same: a mark, or a sum in 万.
    fn bare(&self, at: usize, numeral: &Numeral) -> Option<Figure> {
        let end = at + numeral.len;
        let before = self.clause_before(at);
        let before = before.trim_end_matches(['为', '是', '达', '到', ':', ' ']);
        let mark = ["平均分", "均分", "平均得分", "平均成绩", "得分", "平均分数"];
        let ended = self.chars.get(end).is_none_or(|&c| ends_clause(c) || c == ')');
        if ended && mark.iter().any(|word| before.ends_with(word)) {
            let unit = self.reading.units.iter().find(|unit| unit.like == Like::Score)?;
            let measure = Measure { factor: 1, vague: false, unit, end, suffix: None };
            return Some(self.figure(at, numeral, &measure));
        }
        let mut after = self.skip_spaces(end);
        let (mut factor, mut vague) = (1_i128, false);
        while let Some(&c) = self.chars.get(after) {
            match number::multiplier(c) {
                Some(power) if power >= 10_000 => factor = (factor * power).min(LARGEST),
                None if matches!(c, '余' | '多') => vague = true,
                _ => break,
            }
            after += 1;
        }
        let ended = self.chars.get(after).is_none_or(|&c| ends_clause(c) || c == ')');
        if factor > 1 && ended && MONEY.iter().any(|word| before.contains(word)) {
            let unit = self.reading.units.iter().find(|unit| unit.name == "元")?;
            let measure = Measure { factor, vague, unit, end: after, suffix: None };
            return Some(self.figure(at, numeral, &measure));
        }
        None
    }

    /// 排名第3、位列全省第一
    fn rank(&self, at: usize, numeral: &Numeral) -> Option<Figure> {
        let before = self.clause_before(at);
        let clause = before.strip_suffix('第')?;
        let end = at + numeral.len;
        let named = matches!(self.chars.get(end), Some('名' | '位'));
        let ends = self.chars.get(end).is_none_or(|&c| ends_clause(c) || matches!(c, ')' | '的'));
        let ranked = ["排名", "位居", "位列", "名列", "列", "居", "排在", "排"];
        let near: String = tail(clause, 14);
        if !(named || ends) || !ranked.iter().any(|word| near.contains(word)) {
            return None;
        }
        let unit = self.reading.units.iter().find(|unit| unit.name == "名")?;
        let end = end + usize::from(named);
        let measure = Measure { factor: 1, vague: false, unit, end, suffix: None };
        let mut figure = self.figure(at, numeral, &measure);
        figure.range.start = at - 1;
        Some(figure)
    }

    /// 前三位的是、前5名: the head of a ranking counts nothing.
    fn is_head_of_ranking(&self, at: usize, measure: &Measure<'_>) -> bool {
        let before = self.before(at);
        let time = ["目前", "此前", "之前", "以前", "日前", "年前", "当前", "会前", "提前"];
        matches!(measure.unit.name.as_str(), "名" | "位")
            && before.ends_with('前')
            && !time.iter().any(|word| before.ends_with(word))
    }

    /// An Arabic numeral with a unit that is still no figure.
    fn is_plausible(&self, at: usize, numeral: &Numeral, measure: &Measure<'_>) -> bool {
        let before = self.before(at);
        let next = self.chars.get(measure.end).copied().unwrap_or(' ');
        if self.is_head_of_ranking(at, measure) {
            return false;
        }
        match measure.unit.like {
            // 5月1日内、12时30分
            Like::Day if before.ends_with('月') || before.ends_with('年') => false,
            Like::Score if before.ends_with('时') || before.ends_with(':') => false,
            // 1村1顾问
            _ if numeral.value == Decimal::whole(1) && next == '1' => false,
            // 第十二条、15条
            _ if matches!(measure.unit.name.as_str(), "条" | "项") => {
                !["条、", "条和", "条至", "款、"].iter().any(|word| before.ends_with(word))
            }
            _ => true,
        }
    }

    /// Whether a Chinese numeral with a unit is a figure, and not a name, an article or rhetoric.
    fn counts_in_chinese(&self, at: usize, numeral: &Numeral, measure: &Measure<'_>) -> bool {
        let before = self.before(at);
        let clause = self.clause_before(at);
        let value = numeral.value.as_whole().unwrap_or(0);
        let after: String = self.chars[measure.end..].iter().take(8).collect();
        let spoken = ["上", "近", "过", "逾", "达", "约", "超"];
        let vague_word = matches!(self.chars[at], '数' | '几');
        if measure.vague {
            let qualified = vague_word
                || self.chars[at + numeral.len..measure.end]
                    .iter()
                    .any(|c| matches!(c, '余' | '多' | '来' | '几'))
                || spoken.iter().any(|word| before.ends_with(word));
            if qualified {
                return measure.unit.chinese != Small::Never || measure.unit.like == Like::Day;
            }
            if value != 10 {
                return false; // 千家万户、百姓
            }
        }
        let legal =
            ["条、", "条和", "条至", "条及", "款、"].iter().any(|word| before.ends_with(word));
        if value > 10 {
            return measure.unit.chinese != Small::Never && !legal;
        }
        let norm = clause.contains('每') || before.ends_with('按');
        let words = &self.reading.small;
        let ends = self.chars.get(measure.end).is_none_or(|&c| ends_clause(c) || c == ')');
        let slogan = ['一', '化', '制', '联', '定', '统'].iter().any(|&c| after.starts_with(c));
        if legal || norm || slogan {
            return false;
        }
        let rhetoric = words.rhetoric.iter().any(|word| after.starts_with(word.as_str()));
        let acted = words.acts.iter().any(|word| clause.ends_with(word.as_str()));
        match measure.unit.chinese {
            Small::Never => false,
            Small::Always if value == 1 && measure.unit.like == Like::Case => {
                let none = ["没", "未", "无"].iter().any(|word| clause.contains(word));
                let had =
                    ["有", "共", "仅", "收到", "受理", "办理", "新收", "接到", "审结", "查处"];
                let case = matches!(measure.unit.name.as_str(), "件" | "宗" | "起");
                case && !none && had.iter().any(|word| clause.ends_with(word))
            }
            Small::Always if value == 1 => {
                let made =
                    ["建成", "成立", "设立", "新建", "建立", "打造", "创建", "建设", "建", "了"];
                let thing = matches!(measure.unit.name.as_str(), "座" | "所" | "处" | "家");
                let near = tail(&clause, 6);
                thing && made.iter().any(|word| near.contains(word))
            }
            Small::Always => !rhetoric,
            Small::Act if value == 1 => {
                acted && (ends || !after.starts_with(['办', '告', '提', '性']))
            }
            Small::Act => {
                let begins = |word: &String| word.len() > 3 && after.starts_with(word.as_str());
                let acts = words.acts.iter().any(begins) || after.starts_with('赴');
                acted || acts || (ends && clause.chars().count() >= 2)
            }
            Small::Thing => {
                if after.starts_with('人') && !after.starts_with("人民") {
                    return false; // 一个人、个人
                }
                let thing = words.thing.iter().any(|word| after.contains(word.as_str()));
                value > 1 && !rhetoric && (thing || (ends && acted))
            }
            Small::End => {
                let listed = ["下列", "上述", "以上", "这", "各", "以下"];
                let named = ["必经程序", "法定程序"].iter().any(|word| after.starts_with(word));
                (ends || named) && value > 1 && !listed.iter().any(|word| before.ends_with(word))
            }
        }
    }

    /// 1+1+9、7×24、1/3、21:00: part of a name or of a time of day.
    fn is_name(&self, at: usize, end: usize) -> bool {
        let hour = |at: usize| self.chars.get(at).is_some_and(char::is_ascii_digit);
        if at >= 2 && self.chars[at - 1] == ':' && hour(at - 2) && end == at + 2 {
            return true;
        }
        let joins = |c: Option<&char>| matches!(c, Some('+' | '×' | '*' | '/' | '#' | '&' | '·'));
        joins(at.checked_sub(1).and_then(|before| self.chars.get(before)))
            || joins(self.chars.get(end))
            || self.chars.get(end).is_some_and(|c| c.is_ascii_alphabetic() && *c != 'x')
    }

    /// 浏览次数：123次 belongs to the page.
    fn is_counter_of_page(&self, at: usize) -> bool {
        let before = self.clause_before(at);
        let line: String = tail(&self.before(at), 8);
        let counter = ["浏览", "点击", "阅读", "访问"];
        before.is_empty() && line.ends_with(':') && counter.iter().any(|word| line.contains(word))
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.chars[..at].iter().rev().find(|c| **c != ' ');
        before.is_none_or(|&c| c == '\n')
    }

    /// 1.5个部门 at the head of a line, unless 万 or % follows.
    fn is_item(&self, at: usize, numeral: &Numeral) -> bool {
        let next = self.chars.get(at + numeral.len);
        !matches!(next, Some('万' | '亿' | '%' | '个')) || self.chars.get(at + 1) != Some(&'.')
    }

    /// The few characters before, spaces passed over.
    fn before(&self, at: usize) -> String {
        let near = &self.chars[at.saturating_sub(10)..at];
        near.iter().filter(|c| !c.is_whitespace()).collect()
    }

    /// What stands before in the same clause.
    fn clause_before(&self, at: usize) -> String {
        let near = &self.chars[at.saturating_sub(40)..at];
        let start = near.iter().rposition(|&c| ends_clause(c)).map_or(0, |end| end + 1);
        near[start..].iter().filter(|c| !c.is_whitespace()).collect()
    }

    /// What stands before in the same sentence, the nearest 30 characters.
    fn sentence_before(&self, at: usize) -> String {
        let near = &self.chars[at.saturating_sub(30)..at];
        let start = near.iter().rposition(|&c| matches!(c, '。' | ';')).map_or(0, |end| end + 1);
        near[start..].iter().filter(|c| !c.is_whitespace()).collect()
    }

    fn follows(&self, at: usize, word: &str) -> bool {
        let rest = self.chars.get(at..).unwrap_or_default();
        word.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c))
    }

    fn skip_spaces(&self, at: usize) -> usize {
        let spaces = self.chars.get(at..).unwrap_or_default().iter();
        at + spaces.take(3).take_while(|c| c.is_whitespace()).count()
    }

    fn skip_dashes(&self, at: usize) -> usize {
        let dashes = self.chars[at..].iter();
        at + dashes.take_while(|c| matches!(c, '-' | '至' | '到' | '~')).count()
    }
}

/// 分别为12、15和20件: the unit of the last is that of all.
fn share_units(finder: &Finder<'_>, figures: &mut Vec<Figure>) {
    let mut shared = Vec::new();
    for figure in figures.iter() {
        let mut at = figure.numeral.start;
        loop {
            let before: &[char] = &finder.chars[..at];
            let Some(&join) = before.last() else { break };
            if !matches!(join, '、' | '和' | '与' | '及' | ',') {
                break;
            }
            let end = at - 1;
            let digits = |c: &&char| c.is_ascii_digit() || **c == '.';
            let len = finder.chars[..end].iter().rev().take_while(digits).count();
            if len == 0 {
                break;
            }
            let start = end - len;
            let Some(numeral) = number::arabic(&finder.chars[start..end]) else { break };
            let named = finder.clause_before(start).contains("分别")
                || finder.sentence_before(start).contains("分别");
            if numeral.len != len || !named {
                break;
            }
            let mut copy = figure.clone();
            copy.numeral = start..end;
            copy.range = start..end;
            copy.value = numeral.value.times(figure.factor);
            copy.written = numeral.value;
            shared.push(copy);
            at = start;
        }
    }
    figures.extend(shared);
}

/// 件数、人数同比分别下降15%和20%: both fell.
fn share_changes(finder: &Finder<'_>, figures: &mut [Figure]) {
    for at in 1..figures.len() {
        let (before, rest) = figures.split_at_mut(at);
        let (Some(first), Some(next)) = (before.last(), rest.first_mut()) else { continue };
        let between: String =
            finder.chars[first.range.end..next.range.start.max(first.range.end)].iter().collect();
        let joined = matches!(between.as_str(), "、" | "和" | "与" | "及" | "以及" | ",");
        let alike = first.unit == next.unit && first.qualifier.is_change();
        if joined && alike && !next.qualifier.is_change() {
            let clause = finder.sentence_before(first.range.start);
            if clause.contains("分别") || clause.contains("均") {
                (next.qualifier, next.direction) = (first.qualifier, first.direction);
                if first.direction == Some(Direction::Down) {
                    next.value = next.value.negative();
                }
            }
        }
    }
}

fn is_year(value: Decimal) -> bool {
    value.as_whole().is_some_and(|year| (1949..2100).contains(&year))
}

/// The last so many characters.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let skip = text.chars().count().saturating_sub(count);
    text.chars().skip(skip).collect()
}
