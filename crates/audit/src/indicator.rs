//! 归指标: which indicator a figure states, by the words around it.
//!
//! Every word of the rules is looked up once in the whole text. An indicator speaks up when each of
//! its near groups has a word in the clause of the figure and each of its wider groups one in the
//! sentence, its lead or its heading. The best speaks for the figure only if it is clearly better
//! than the next: otherwise the reader says that it is unsure.

mod referent;

use std::{collections::BTreeMap, ops::Range};

pub(crate) use referent::base;

use crate::{
    figure::Figure,
    reading::{Derived, Indicator, Like, Reading},
    text::{Text, ends_clause},
    words::{Hit, WordId},
};

/// The indicator that a figure states, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How sure the reader is, in hundredths.
    pub confidence: u8,
    /// The words that decided it.
    pub words: Vec<String>,
}

/// How much a word counts where it stands, in hundredths.
mod weight {
    pub const CLAUSE: i32 = 100;
    pub const OWN: i32 = 55;
    /// What follows the figure before without a mark, where this one has its own noun after it.
    pub const SHARED: i32 = 50;
    pub const BEFORE: i32 = 45;
    pub const AFTER: i32 = 35;
    pub const LEAD: i32 = 28;
    pub const HEADING: i32 = 30;
}

/// Below this nothing is stated.
const ENOUGH: i32 = 75;
/// The best must be better than the next by this much.
const CLEARLY: i32 = 8;
/// How much of the paragraph before the sentence is read.
const LEAD: usize = 170;

/// How far a sentence is read to either side of a figure.
const FAR: usize = 400;

/// The places around a figure.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    pub sentence: Range<usize>,
    /// From the end of what belongs to the figure before.
    pub own: usize,
    /// From the last comma.
    pub clause: usize,
    pub figure: Range<usize>,
    /// What follows in the same clause, up to here.
    pub tail: usize,
    shared: bool,
    lead: usize,
    heading: Option<Range<usize>>,
    /// What stands in brackets that are closed before the figure: (含撤回、变更).
    asides: Vec<Range<usize>>,
}

/// States the indicators of all figures.
pub(crate) fn state(text: &Text, reading: &Reading, figures: &mut [Figure]) {
    let hits = reading.words.hits(text.folded());
    let around: Vec<Around> = (0..figures.len()).map(|i| around(text, figures, i)).collect();
    for (i, around) in around.iter().enumerate() {
        if is_derived(text, &figures[i], around) {
            continue;
        }
        let near = weigh(&hits, around);
        let plain = |indicator: &Indicator| indicator.derived.is_none();
        let (stated, candidates) = best(reading, &figures[i], &near, plain);
        let restated = || figures[referent::restated(text, figures, i)?].stated.clone();
        let inherited = if stated.is_none() { restated() } else { None };
        figures[i].candidates = if inherited.is_some() { Vec::new() } else { candidates };
        figures[i].stated = stated.or(inherited);
    }
    for (i, around) in around.iter().enumerate() {
        if !is_derived(text, &figures[i], around) {
            continue;
        }
        let wanted = wanted(&figures[i]);
        let inherited = base(text, figures, i).and_then(|base| {
            let key = figures[base].stated.as_ref()?;
            let of = |indicator: &&Indicator| {
                wanted.contains(&indicator.derived) && indicator.of.as_deref() == Some(&key.key)
            };
            let indicator = reading.indicators.iter().find(of)?;
            let (confidence, words) = (key.confidence, key.words.clone());
            let (key, name) = (indicator.key.clone(), indicator.name.clone());
            Some(Stated { key, name, confidence, words })
        });
        figures[i].stated = inherited.or_else(|| {
            let near = weigh(&hits, around);
            let plain = !figures[i].qualifier.is_change();
            let asked_for =
                |one: &Indicator| wanted.contains(&one.derived) || (plain && one.derived.is_none());
            best(reading, &figures[i], &near, asked_for).0
        });
    }
}

/// Changes and shares are understood from the figure they are about.
fn is_derived(text: &Text, figure: &Figure, around: &Around) -> bool {
    figure.qualifier.is_change() || is_share(text, figure, around)
}

fn is_share(text: &Text, figure: &Figure, around: &Around) -> bool {
    let clause = text.plain(around.clause..figure.numeral.start);
    figure.like == Like::Rate && clause.contains('占')
}

fn wanted(figure: &Figure) -> Vec<Option<Derived>> {
    match (figure.qualifier.is_change(), figure.like) {
        (false, _) => vec![Some(Derived::Share)],
        (true, Like::Rate | Like::Points | Like::Multiple) => vec![Some(Derived::Change)],
        (true, _) => vec![Some(Derived::Increase)],
    }
}

/// The places around one figure.
pub(crate) fn around(text: &Text, figures: &[Figure], at: usize) -> Around {
    let figure = &figures[at];
    let sentence = &text.sentences()[figure.sentence];
    // What stands further off in an endless sentence is no longer about the figure.
    let far = |at: usize| at.saturating_sub(FAR);
    let range = sentence.range.start.max(far(figure.range.start))
        ..sentence.range.end.min(figure.range.end + FAR);
    let same = |i: usize| figures.get(i).filter(|other| other.sentence == figure.sentence);
    let tail = tail_end(text, figure.range.end, range.end, same(at + 1));
    let mut shared = false;
    let own = match at.checked_sub(1).and_then(same) {
        None => range.start,
        Some(before) => {
            let its_tail = tail_end(text, before.range.end, range.end, Some(figure));
            shared = its_tail >= figure.range.start && tail > figure.range.end;
            if its_tail >= figure.range.start { before.range.end } else { its_tail }
        }
    }
    .min(figure.range.start);
    // 6类42项: nothing of its own before or after, so what was said before the one before it.
    let bare = |range: Range<usize>| text.plain(range).trim().is_empty();
    if own > range.start && bare(own..figure.range.start) && bare(figure.range.end..tail) {
        let before = around(text, figures, at - 1);
        return Around { figure: figure.range.clone(), tail, ..before };
    }
    let clause = text.folded()[own..figure.range.start].iter().rposition(|&c| ends_clause(c));
    let lead = sentence.paragraph.max(range.start.saturating_sub(LEAD)).min(range.start);
    Around {
        own,
        clause: clause.map_or(own, |end| own + end + 1),
        figure: figure.range.clone(),
        tail,
        shared,
        lead,
        heading: sentence.heading.clone(),
        asides: asides(text.folded(), own, figure.range.start),
        sentence: range,
    }
}

/// What stands in closed brackets between these two places.
fn asides(chars: &[char], from: usize, to: usize) -> Vec<Range<usize>> {
    let (mut open, mut asides) = (None, Vec::new());
    for (at, c) in chars.iter().enumerate().take(to).skip(from) {
        match c {
            '(' => open = Some(at + 1),
            ')' => asides.extend(open.take().map(|start| start..at)),
            _ => {}
        }
    }
    asides
}

/// Words with which a new statement begins: what follows belongs to the next figure.
const TURNS: &[&str] = &[
    "其中",
    "共",
    "累计",
    "合计",
    "总计",
    "均",
    "分别",
    "和",
    "与",
    "及",
    "并",
    "较",
    "同比",
    "占",
    "压缩至",
    "压缩到",
    "缩短至",
    "缩短到",
    "缩减",
    "压减",
    "降至",
    "减至",
    "降低",
    "下降",
    "上升",
    "增长",
    "增加",
    "提高到",
    "提升至",
    "推出",
    "发布",
    "提出",
    "出台",
    "参加",
    "开展",
    "涉及",
    "解决",
    "帮助",
    "办结",
    "审结",
    "受理",
    "化解",
    "整改",
    "完成",
];

/// What follows a figure in its clause, until the next figure.
fn tail_end(text: &Text, from: usize, end: usize, next: Option<&Figure>) -> usize {
    let end = next.map_or(end, |next| next.range.start.min(end)).max(from);
    let stop = text.folded()[from..end].iter().position(|&c| ends_clause(c) || c == '。');
    let end = stop.map_or(end, |stop| from + stop);
    // A clause that runs into the next figure: what follows its verb is said of that one.
    if stop.is_some() || next.is_none_or(|next| next.range.start > end) {
        return end;
    }
    let turn = (from..end).find(|&at| turns(&text.folded()[..end], at));
    turn.unwrap_or(end)
}

/// Whether a word that begins a new statement stands here, and not a word that contains it.
fn turns(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(' ', |before| text[before]);
    let starts = |word: &&&str| word.chars().enumerate().all(|(i, c)| text.get(at + i) == Some(&c));
    let Some(word) = TURNS.iter().find(starts) else { return false };
    let after = text.get(at + word.chars().count()).copied().unwrap_or(' ');
    let inside = match *word {
        "共" => before == '公' || "同产享青建治".contains(after),
        "和" => "解谐睦".contains(after) || before == '调',
        "与" => before == '参',
        "均" => "平人户".contains(before),
        "及" => "时格以".contains(after),
        "并" => before == '合',
        _ => false,
    };
    !inside
}

/// Each word around the figure with its greatest weight.
fn weigh(hits: &[Hit], around: &Around) -> BTreeMap<WordId, i32> {
    let mut found: BTreeMap<WordId, i32> = BTreeMap::new();
    let mut add = |range: Range<usize>, weigh: &dyn Fn(&Hit) -> i32| {
        let first = hits.partition_point(|hit| hit.at < range.start);
        for hit in hits[first..].iter().take_while(|hit| hit.at < range.end) {
            if hit.at + hit.len <= range.end {
                let weight = found.entry(hit.word).or_default();
                *weight = (*weight).max(weigh(hit));
            }
        }
    };
    let figure = &around.figure;
    add(around.sentence.clone(), &|hit| {
        let end = hit.at + hit.len;
        if around.asides.iter().any(|aside| aside.start <= hit.at && end <= aside.end) {
            weight::BEFORE
        } else if end <= figure.start {
            if hit.at >= around.own && around.shared {
                weight::SHARED
            } else if hit.at >= around.clause {
                weight::CLAUSE
            } else if hit.at >= around.own {
                weight::OWN
            } else {
                weight::BEFORE
            }
        } else if end <= around.tail {
            weight::CLAUSE
        } else {
            weight::AFTER
        }
    });
    add(around.lead..around.sentence.start, &|_| weight::LEAD);
    if let Some(heading) = &around.heading {
        add(heading.clone(), &|_| weight::HEADING);
    }
    found
}

fn best(
    reading: &Reading,
    figure: &Figure,
    near: &BTreeMap<WordId, i32>,
    wanted: impl Fn(&Indicator) -> bool,
) -> (Option<Stated>, Vec<String>) {
    let in_clause = near.iter().filter(|(_, weight)| **weight >= weight::OWN);
    let mut candidates: Vec<usize> =
        in_clause.filter_map(|(word, _)| reading.asked.get(word)).flatten().copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    let mut scored: Vec<(i32, usize, Vec<WordId>)> = Vec::new();
    for at in candidates {
        let indicator = &reading.indicators[at];
        if wanted(indicator)
            && let Some((score, words)) = score(reading, indicator, figure, near)
        {
            scored.push((score, at, words));
        }
    }
    scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let Some((score, at, words)) = scored.first() else { return (None, Vec::new()) };
    let second = scored.get(1).map_or(0, |(score, ..)| *score);
    if *score < ENOUGH || score - second < CLEARLY {
        let candidates =
            scored.iter().take(3).map(|(_, at, _)| reading.indicators[*at].key.clone());
        return (None, candidates.collect());
    }
    let indicator = &reading.indicators[*at];
    let confidence = 100 * score / (score + (second / 2).max(10));
    let stated = Stated {
        key: indicator.key.clone(),
        name: indicator.name.clone(),
        confidence: u8::try_from(confidence).unwrap_or(100),
        words: words.iter().map(|&word| reading.words.written(word).to_owned()).collect(),
    };
    (Some(stated), Vec::new())
}

fn score(
    reading: &Reading,
    indicator: &Indicator,
    figure: &Figure,
    near: &BTreeMap<WordId, i32>,
) -> Option<(i32, Vec<WordId>)> {
    let mut score = unit(indicator, figure)?;
    let weight = |word: &WordId| near.get(word).copied().unwrap_or(0);
    if indicator.not.iter().any(|word| weight(word) >= weight::CLAUSE) {
        return None;
    }
    let sentence = |weight: i32| weight > weight::LEAD;
    if indicator.nor.iter().any(|word| sentence(weight(word))) {
        return None;
    }
    let mut words = Vec::new();
    let mut met = |group: &[WordId], least: i32, share: i32| -> Option<i32> {
        let worth = |word: &WordId| {
            let weight = weight(word);
            (weight >= least).then(|| weight * strength(reading.words.written(*word)) / 100)
        };
        let best = group.iter().filter_map(|word| Some((worth(word)?, *word))).max()?;
        words.push(best.1);
        Some(best.0 * share / 100)
    };
    for group in &indicator.near {
        score += met(group, weight::OWN, 100)?;
    }
    for group in &indicator.with {
        score += met(group, 1, 55)?;
    }
    score += met(&indicator.hint, 1, 45).unwrap_or(0);
    Some((score, words))
}

/// A long word says more than a short one.
fn strength(word: &str) -> i32 {
    match word.chars().count() {
        0 | 1 => 55,
        2 => 90,
        3 => 120,
        4 => 145,
        5 => 165,
        _ => 180,
    }
}

/// Whether the unit of the figure can be that of the indicator, and how well it fits.
fn unit(indicator: &Indicator, figure: &Figure) -> Option<i32> {
    if indicator.unit == figure.unit {
        return Some(25);
    }
    if indicator.strict {
        return None;
    }
    if indicator.also.contains(&figure.unit) {
        return Some(20);
    }
    if indicator.likes.contains(&figure.like) {
        return Some(8);
    }
    let near = |group: &[Like]| {
        group.contains(&figure.like) && indicator.likes.iter().any(|like| group.contains(like))
    };
    let alike = near(&[Like::Person, Like::Household])
        || near(&[Like::Rate, Like::Points, Like::Multiple])
        || near(&[Like::Day, Like::Hour, Like::Minute]);
    alike.then_some(-30)
}
