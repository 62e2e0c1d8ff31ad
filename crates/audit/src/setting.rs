//! 谁的、哪一年: the unit and year of a report, and the subject and period of each figure.

use std::collections::BTreeMap;

use crate::{
    figure::{Figure, tail},
    text::Text,
};

/// Whose report it is, and of which year, as far as it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// The unit.
    pub organ: String,
    /// The year reported on.
    pub year: Option<i16>,
}

impl Setting {
    /// What the report says of itself.
    pub fn of(text: &Text) -> Self {
        let chars = text.folded();
        let years = years(chars);
        Self { year: year(text, &years), organ: organ(text) }
    }
}

/// A year named in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Year {
    pub at: usize,
    pub year: i16,
    /// Where it ends, with 年 or 年度.
    pub end: usize,
    /// The month, if it goes on so.
    pub month: Option<u8>,
    /// The day.
    pub day: Option<u8>,
}

/// Every 2020年(3月(15日)) of the text.
pub(crate) fn years(chars: &[char]) -> Vec<Year> {
    let mut years = Vec::new();
    let digit = |at: usize| chars.get(at).and_then(|c| c.to_digit(10));
    let skip = |at: usize| at + usize::from(chars.get(at) == Some(&' '));
    let number = |at: usize| -> (u8, usize) {
        let len = (0..2).take_while(|i| digit(at + i).is_some()).count();
        let value = (0..len).fold(0, |sum, i| sum * 10 + digit(at + i).unwrap_or(0));
        (u8::try_from(value).unwrap_or(0), at + len)
    };
    for at in 0..chars.len() {
        if digit(at).is_none() || (at > 0 && digit(at - 1).is_some()) {
            continue;
        }
        let len = (0..5).take_while(|i| digit(at + i).is_some()).count();
        if len != 4 {
            continue;
        }
        let value = (0..4).fold(0, |sum, i| sum * 10 + digit(at + i).unwrap_or(0));
        let mark = skip(at + 4);
        if !(1980..2100).contains(&value) || chars.get(mark) != Some(&'年') {
            continue;
        }
        let mut year = Year {
            at,
            year: i16::try_from(value).unwrap_or(0),
            end: mark + 1,
            month: None,
            day: None,
        };
        if chars.get(mark + 1) == Some(&'度') {
            year.end += 1;
        }
        let (month, after) = number(skip(mark + 1));
        if (1..=12).contains(&month) && chars.get(skip(after)) == Some(&'月') {
            (year.month, year.end) = (Some(month), skip(after) + 1);
            let (day, after) = number(skip(year.end));
            if (1..=31).contains(&day) && matches!(chars.get(skip(after)), Some('日' | '号')) {
                (year.day, year.end) = (Some(day), skip(after) + 1);
            }
        }
        years.push(year);
    }
    years
}

/// The year reported on: that of the title, or the one most spoken of.
fn year(text: &Text, years: &[Year]) -> Option<i16> {
    let about = ["法治政府建设", "依法行政", "法治建设", "行政复议", "行政应诉"];
    let titled = years.iter().filter(|year| year.at < 400 && year.month.is_none()).find(|year| {
        let after = text.plain(year.end..(year.end + 40).min(text.len()));
        let line: String = after.chars().take_while(|c| !matches!(c, '\n' | ',' | '。')).collect();
        let what = ["报告", "总结", "情况", "分析", "综述"].iter().any(|word| line.contains(word));
        what && about.iter().any(|word| line.contains(word)) && !in_title(text, year.at)
    });
    if let Some(titled) = titled {
        return Some(titled.year);
    }
    let mut counts: BTreeMap<i16, (usize, std::cmp::Reverse<usize>)> = BTreeMap::new();
    for year in years.iter().filter(|year| year.day.is_none() && !in_title(text, year.at)) {
        let count = counts.entry(year.year).or_insert((0, std::cmp::Reverse(year.at)));
        count.0 += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(year, _)| year)
}

/// Inside 《》.
pub(crate) fn in_title(text: &Text, at: usize) -> bool {
    let start = at.saturating_sub(60);
    let before = &text.folded()[start..at];
    let open = before.iter().rposition(|&c| c == '《');
    let close = before.iter().rposition(|&c| c == '》');
    open.is_some_and(|open| close.is_none_or(|close| close < open))
}

/// The name of the unit: from the title, the signature, or wherever its government is named.
fn organ(text: &Text) -> String {
    let mut found: Vec<(usize, String)> = Vec::new();
    for at in text.find_all("人民政府").take(500) {
        let line: String = tail(&text.plain(at.saturating_sub(20)..at), 20);
        let name = name_at_end(&line);
        let title = at < 200 || at + 120 > text.len();
        if name.chars().count() >= 2 && !in_title(text, at) {
            match found.iter_mut().find(|(_, known)| *known == name) {
                Some((count, _)) => *count += if title { 3 } else { 1 },
                None => found.push((if title { 3 } else { 1 }, name)),
            }
        }
    }
    let best = found.into_iter().rev().max_by_key(|(count, _)| *count);
    best.map(|(_, name)| name).or_else(|| titled(text)).unwrap_or_default()
}

/// 2020年度新蒲新区法治政府建设……, 云溪县2023年法治政府建设……
fn titled(text: &Text) -> Option<String> {
    let at = text.find_all("法治政府建设").next().filter(|at| *at < 400)?;
    let line = text.plain(at.saturating_sub(40)..at);
    let line = line.rsplit(['\n', ',', '。', ' ']).next().unwrap_or_default();
    let mut parts = line.split(|c: char| c.is_ascii_digit() || matches!(c, '年' | '度'));
    let name = parts.find(|part| is_place(part))?;
    Some(name.trim_end_matches("关于").to_owned())
}

const PLACES: &[char] = &['镇', '乡', '县', '区', '市', '州', '旗', '道', '局', '委', '办', '会'];

fn is_place(name: &str) -> bool {
    let count = name.chars().count();
    (2..=20).contains(&count) && name.ends_with(PLACES)
}

/// The longest name that ends here: letters until a mark or a word that is no name.
fn name_at_end(line: &str) -> String {
    let line = line.rsplit(|c: char| !c.is_alphanumeric() || c.is_ascii_digit()).next();
    let mut name = line.unwrap_or_default().to_owned();
    for word in [
        "年度", "年", "经", "由", "报", "向", "和", "与", "及", "是", "将", "在", "为", "于", "请",
        "级", "本", "各", "地方", "关于", "中共", "月", "日",
    ] {
        if let Some((_, after)) = name.rsplit_once(word) {
            name = after.to_owned();
        }
    }
    if is_place(&name) && !["上级", "县级", "市级", "乡镇"].contains(&name.as_str()) {
        name
    } else {
        String::new()
    }
}

/// How far before a figure its year and subject are looked for.
const FAR: usize = 300;

/// Gives every figure its period and its subject.
pub(crate) fn place(text: &Text, setting: &Setting, figures: &mut [Figure]) {
    let years = years(text.folded());
    for figure in figures.iter_mut() {
        let sentence = text.sentences()[figure.sentence].range.start;
        let from = sentence.max(figure.range.start.saturating_sub(FAR)).min(figure.range.start);
        let before = text.plain(from..figure.range.start);
        figure.period = period(text, setting, &years, from, figure);
        if figure.qualifier.is_change() {
            figure.base_period = base_period(text, &years, from, figure);
        }
        figure.subject = subject(&before).unwrap_or_else(|| setting.organ.clone());
    }
}

fn period(text: &Text, setting: &Setting, years: &[Year], from: usize, figure: &Figure) -> String {
    let reported = setting.year.map_or_else(String::new, |year| year.to_string());
    let first = years.partition_point(|year| year.at < from);
    let near = years[first..].iter().take_while(|year| year.at < figure.range.start);
    let near = near.filter(|year| !in_title(text, year.at)).last();
    let clause = clause(text, from, figure.range.start);
    let mut said = ["上年", "去年", "上一年"].iter().filter_map(|word| clause.rsplit_once(word));
    let said = said.next_back();
    let last_year = said.is_some_and(|(_, after)| !goes_on_to_now(after));
    if let (true, Some(year), false) = (last_year, setting.year, figure.qualifier.is_change()) {
        return (year - 1).to_string();
    }
    let Some(year) = near else { return reported };
    let before = tail(&text.plain(from..year.at), 3);
    if ["较", "比", "与", "自", "从"].iter().any(|word| before.ends_with(word)) {
        return reported;
    }
    let until = before.ends_with("截至") || before.ends_with("截止") || before.ends_with("截止到");
    let own_year = Some(year.year) == setting.year;
    match (year.month, year.day) {
        (Some(month), Some(day)) if until => format!("{}-{month:02}-{day:02}", year.year),
        (Some(month), None) if until => format!("{}-{month:02}", year.year),
        (Some(_), _) if own_year => reported,
        (Some(_), _) => reported,
        _ => year.year.to_string(),
    }
}

/// 由上年的816件上升到: what follows is this year's again.
fn goes_on_to_now(text: &str) -> bool {
    let moves = ["上升", "提高", "提升", "增加", "增长", "下降", "降低", "减少", "增", "升", "降"];
    let mut words = moves.iter().flat_map(|word| text.match_indices(word).map(|m| (m.0, *word)));
    words.any(|(at, word)| text[at + word.len()..].starts_with(['到', '至']))
}

fn base_period(text: &Text, years: &[Year], from: usize, figure: &Figure) -> Option<String> {
    let first = years.partition_point(|year| year.at < from);
    let after = years.partition_point(|year| year.at < figure.range.start);
    let near = years[first..after].iter();
    let mut compared = near.filter(|year| {
        let before = tail(&text.plain(from..year.at), 1);
        ["较", "比", "与"].contains(&before.as_str())
    });
    if let Some(year) = compared.next_back() {
        return Some(year.year.to_string());
    }
    let year: i16 = figure.period.get(..4)?.parse().ok()?;
    Some((year - 1).to_string())
}

fn clause(text: &Text, from: usize, to: usize) -> String {
    let before = text.plain(from..to);
    before.rsplit([',', '、', ';']).next().unwrap_or_default().to_owned()
}

/// 全镇、我县、各级人民调解组织: the last one named before the figure.
fn subject(before: &str) -> Option<String> {
    let ends = [
        "调解组织",
        "律师事务所",
        "法律服务所",
        "委员会",
        "法律顾问",
        "执法部门",
        "领导干部",
        "国家工作人员",
        "工作人员",
        "行政机关负责人",
        "主要负责人",
        "司法局",
        "司法所",
        "人民法院",
        "政务大厅",
        "服务中心",
        "调解员",
        "律师",
        "部门",
        "单位",
        "群众",
        "企业",
        "全省",
        "全市",
        "全县",
        "全区",
        "全镇",
        "全乡",
        "全州",
        "全街道",
        "我省",
        "我市",
        "我县",
        "我区",
        "我镇",
        "我乡",
        "我局",
        "我街道",
        "新区",
        "县政府",
        "区政府",
        "市政府",
        "镇政府",
    ];
    let found = ends.iter().filter_map(|word| Some((before.rfind(word)?, *word)));
    let (at, word) = found.max_by_key(|(at, word)| (*at, word.len()))?;
    let lead: String = before[..at].chars().rev().take_while(|c| c.is_alphabetic()).collect();
    let lead: String = lead.chars().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    let whole = ["全", "我"].iter().any(|first| word.starts_with(first));
    let lead = ["各级", "各", "县级", "镇", "县", "区", "全镇", "全县"]
        .iter()
        .find(|known| lead.ends_with(**known));
    Some(if whole { word.to_owned() } else { format!("{}{word}", lead.unwrap_or(&"")) })
}
