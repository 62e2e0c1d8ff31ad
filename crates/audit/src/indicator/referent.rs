//! 关于哪个数: the figure that a change, a share or a second number is about.

use crate::{
    figure::{Figure, Qualifier, tail},
    reading::Like,
    text::Text,
};

/// The figure that a change or a share is about: the last before it, or else the next after it.
pub(crate) fn base(text: &Text, figures: &[Figure], at: usize) -> Option<usize> {
    if let Some(own) = respectively(text, figures, at) {
        return Some(own);
    }
    let figure = &figures[at];
    let share = !figure.qualifier.is_change();
    let fits = |other: &Figure| {
        let rate = matches!(other.like, Like::Rate);
        let level = matches!(other.qualifier, Qualifier::Change | Qualifier::ChangeOnPeriod);
        match figure.like {
            Like::Points => rate && !level,
            // 比上年增加180件 is about a number of 件.
            _ if !share && figure.like != Like::Rate && figure.like != Like::Multiple => {
                !level && other.unit == figure.unit
            }
            _ => !level && !(rate && (share || figure.unit != "%")),
        }
    };
    let sentence = |other: &Figure| other.sentence == figure.sentence;
    let now = |i: usize| {
        !is_of_earlier(text, figures, i, figure) && (share || !is_aside(text, &figures[i], figure))
    };
    let mut before = (0..at).rev().take_while(|&i| sentence(&figures[i]));
    let before = before.find(|&i| fits(&figures[i]) && now(i));
    let after = || {
        let next = (at + 1..figures.len()).take_while(|&i| sentence(&figures[i]));
        next.take(1).find(|&i| fits(&figures[i]) && !share)
    };
    let earlier = || {
        let same = |i: &usize| {
            let all = text.sentences();
            all[figures[*i].sentence].paragraph == all[figure.sentence].paragraph
        };
        (0..at).rev().take(1).filter(same).find(|&i| fits(&figures[i]) && !share)
    };
    before.or_else(after).or_else(earlier)
}

/// 与上年的1068件相比，增长28%: the number of the earlier year is not what has grown.
fn is_of_earlier(text: &Text, figures: &[Figure], at: usize, change: &Figure) -> bool {
    let other = &figures[at];
    let year = |figure: &Figure| figure.period.get(..4).and_then(|year| year.parse::<i16>().ok());
    let earlier = matches!((year(other), year(change)), (Some(a), Some(b)) if a < b);
    let start = at.checked_sub(1).map_or(0, |before| figures[before].range.end);
    let from = start.max(other.range.start.saturating_sub(8)).min(other.range.start);
    change.qualifier.is_change()
        && (earlier || names_earlier_year(&text.plain(from..other.range.start)))
}

/// 26件(一审19件,二审7件),下降16%: what stands in brackets is not spoken of after them.
fn is_aside(text: &Text, other: &Figure, figure: &Figure) -> bool {
    let between = text.plain(other.range.end..figure.range.start.max(other.range.end));
    between.chars().find(|c| matches!(c, '(' | ')')) == Some(')')
}

fn names_earlier_year(text: &str) -> bool {
    ["上年", "去年", "上一年", "前年"].iter().any(|word| text.contains(word))
}

/// 46批102人次，同比分别下降15%和22.7%: each change is about its own number.
fn respectively(text: &Text, figures: &[Figure], at: usize) -> Option<usize> {
    let joined = |i: usize| {
        let (Some(one), Some(two)) = (figures.get(i), figures.get(i + 1)) else { return false };
        let between = text.plain(one.range.end..two.range.start.max(one.range.end));
        one.qualifier.is_change()
            && two.qualifier.is_change()
            && one.unit == two.unit
            && matches!(between.as_str(), "、" | "和" | "与" | "及" | "以及" | ",")
    };
    let first = (0..at).rev().take_while(|&i| joined(i)).last().unwrap_or(at);
    let last = (at..figures.len()).take_while(|&i| joined(i)).last().map_or(at, |i| i + 1);
    let many = last + 1 - first;
    let start = figures[first].range.start;
    let said = tail(&text.plain(start.saturating_sub(10)..start), 10);
    let own = at.checked_sub(many)?;
    let same = figures[own].sentence == figures[at].sentence;
    (many > 1 && said.contains("分别") && same && !figures[own].qualifier.is_change())
        .then_some(own)
}

/// 由816件上升到1087件、较去年的31件: the number before, said of another time.
pub(super) fn restated(text: &Text, figures: &[Figure], at: usize) -> Option<usize> {
    let figure = &figures[at];
    let before = at.checked_sub(1)?;
    let mut between = text.plain(figures[before].range.end..figure.range.start.max(1));
    let mut of = before;
    if between.starts_with(')') {
        // 26件(一审19件,二审7件),较去年的31件
        let start = text.folded()[..figures[before].range.start].iter().rposition(|&c| c == '(')?;
        of = (0..at).rev().find(|&i| figures[i].range.end <= start)?;
        between.remove(0);
    }
    let said = between.trim_matches([',', '、', ' ']).trim_end_matches(['的', '为', '是', '有']);
    let said = said.trim_end_matches("同期").trim_start_matches(['而', '但']);
    let said = said.trim_start_matches(['与', '较', '比', '从', '由', '和', '同']);
    let earlier = matches!(said, "上年" | "去年" | "上一年" | "上年度" | "前年" | "上一年度");
    let moves = ["上升", "提高", "提升", "增加", "增长", "下降", "降低", "减少", "升", "增", "降"];
    let moved = said.strip_suffix(['到', '至']).is_some_and(|way| moves.contains(&way));
    let one = &figures[of];
    let alike = one.sentence == figure.sentence && one.unit == figure.unit;
    (alike && !one.qualifier.is_change() && (earlier || moved)).then_some(of)
}
