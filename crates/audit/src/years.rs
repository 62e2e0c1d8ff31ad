//! 几年对照: what a unit's earlier report said, against what its later report says of it.

use crate::{
    Figure, Report, Verdict,
    figure::Qualifier,
    reading::{Derived, Like, Reading},
};

/// A number of an earlier report that a later one speaks of again. 几年对照
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The indicator.
    pub key: String,
    /// Report and figure as it was stated then.
    pub then: (usize, usize),
    /// Report and figure as it is recalled or implied now.
    pub now: (usize, usize),
    /// The figure of the later report's own year, where a change is what recalls.
    pub own: Option<usize>,
    /// The working.
    pub expression: String,
    /// Whether they agree.
    pub verdict: Verdict,
    /// A sentence for the author.
    pub explanation: String,
}

/// Sets the reports of one unit against each other, whatever their order.
pub fn recalled(reports: &[&Report], reading: &Reading) -> Vec<Recalled> {
    let mut found = Vec::new();
    let mut order: Vec<usize> =
        (0..reports.len()).filter(|&at| reports[at].setting.year.is_some()).collect();
    order.sort_by_key(|&at| reports[at].setting.year);
    for pair in order.windows(2) {
        let (earlier, later) = (reports[pair[0]], reports[pair[1]]);
        let consecutive = later.setting.year == earlier.setting.year.map(|year| year + 1);
        for (at, figure) in later.figures.iter().enumerate() {
            let Some(stated) = &figure.stated else { continue };
            let last_year = earlier.setting.year.map(|year| year.to_string());
            if Some(&figure.period) == last_year.as_ref() && !figure.qualifier.is_change() {
                if let Some(then) = total(earlier, &stated.key) {
                    found.extend(same(earlier, later, (pair[0], then), (pair[1], at), &stated.key));
                }
            } else if consecutive
                && figure.qualifier == Qualifier::Change
                && figure.like == Like::Rate
            {
                let derived = reading.indicator(&stated.key);
                let of = derived.filter(|one| one.derived == Some(Derived::Change));
                let Some(of) = of.and_then(|one| one.of.clone()) else { continue };
                let (Some(then), Some(own)) = (total(earlier, &of), total(later, &of)) else {
                    continue;
                };
                found.extend(grown((earlier, pair[0], then), (later, pair[1], at, own), &of));
            }
        }
    }
    found
}

/// The figure of the report's own year that states this indicator exactly.
fn total(report: &Report, key: &str) -> Option<usize> {
    let year = report.setting.year?.to_string();
    report.figures.iter().position(|figure| {
        figure.stated.as_ref().is_some_and(|stated| stated.key == key)
            && figure.period == year
            && figure.qualifier == Qualifier::Exact
    })
}

fn same(
    earlier: &Report,
    later: &Report,
    then: (usize, usize),
    now: (usize, usize),
    key: &str,
) -> Option<Recalled> {
    let (one, two) = (&earlier.figures[then.1], &later.figures[now.1]);
    if two.qualifier != Qualifier::Exact || one.like != two.like {
        return None;
    }
    let agree = one.value == two.value;
    let (a, b) = (written(earlier, one), written(later, two));
    let name = one.stated.as_ref().map_or("", |stated| stated.name.as_str());
    let verdict = if agree { Verdict::Consistent } else { Verdict::Inconsistent };
    let explanation = if agree {
        format!("{name}：当年写{a}，后来也写{b}。")
    } else {
        format!("{name}：{}年的报告写{a}，后一年的报告说成{b}，请核对。", one.period)
    };
    let expression = format!("{a} = {b}");
    Some(Recalled { key: key.to_owned(), then, now, own: None, expression, verdict, explanation })
}

fn grown(
    (earlier, earlier_at, then): (&Report, usize, usize),
    (later, later_at, change, own): (&Report, usize, usize, usize),
    key: &str,
) -> Option<Recalled> {
    let (before, now, stated) =
        (&earlier.figures[then], &later.figures[own], &later.figures[change]);
    if before.value.mantissa() == 0 || before.like == Like::Rate {
        return None;
    }
    let computed = 100.0 * (now.value.rough() - before.value.rough()) / before.value.rough();
    let step = 1.0 / 10_f64.powi(i32::from(stated.written.places()));
    let agree = (computed - stated.value.rough()).abs() < step;
    let verdict = if agree { Verdict::Consistent } else { Verdict::Inconsistent };
    let (a, b, c) = (written(earlier, before), written(later, now), written(later, stated));
    let name = before.stated.as_ref().map_or("", |stated| stated.name.as_str());
    let explanation = if agree {
        format!("{name}：上年报告{a}，本年{b}，变化{computed:.2}%，与“{c}”吻合。")
    } else {
        format!(
            "{name}：上年的报告写{a}，本年{b}，变化应为{computed:.2}%，原文却写“{c}”；上年数改过的请写明。"
        )
    };
    Some(Recalled {
        key: key.to_owned(),
        then: (earlier_at, then),
        now: (later_at, change),
        own: Some(own),
        expression: format!("({b} − {a})/{a} = {computed:.2}% vs {c}"),
        verdict,
        explanation,
    })
}

fn written(report: &Report, figure: &Figure) -> String {
    report.text.written(figure.range.clone())
}
