//! Quotas and scores, worked by hand.

use engine::{
    duty::{Score, Standing, Subject, Sum, Sums, score, standing, terms, value_for},
    figure::{Counted, Measure, Measured, Part, Tally, Value},
};
use jiff::civil::{Date, date};
use law::{
    assessment::{ScoreItem, Scoring},
    citation::Basis,
    indicator::Unit,
    quota::{Bound, Per, Quota, Subjects},
};

const TODAY: Date = date(2025, 5, 10);

fn list(key: &str) -> Counted {
    Counted { indicator: key.into(), part: None, stock: false }
}

fn sum(organ: &str, split: &str, count: i64, value: i64) -> Sum {
    let tally = Tally { count, good: 0, sum: value };
    Sum { organ: organ.into(), split: split.into(), tally }
}

fn measure(how: Measured) -> Measure {
    Measure { key: "k".into(), name: "数".into(), unit: Unit::Item, note: None, basis: None, how }
}

fn quota(bound: Bound, per: Per) -> Quota {
    Quota {
        id: "q".into(),
        name: "应办".into(),
        figure: "k".into(),
        of: Subjects::Organs(Vec::new()),
        by: None,
        bound,
        sample: false,
        per,
        say: String::new(),
        basis: Basis::default(),
    }
}

#[test]
fn a_unit_owns_its_cases_and_those_below_or_where_it_is_named() {
    let sums = vec![
        sum("c/a", "c/v1|x", 2, 0),
        sum("c/a/v1", "c/v2,c/v1|y", 3, 0),
        sum("c/ab", "|x", 5, 0),
    ];
    let sums = Sums::from([(list("k"), sums)]);
    let count = measure(Measured::Amount { lists: vec![list("k")], sums: false });
    let town = "c/a".into();
    assert_eq!(value_for(&count, &sums, Subject::Organ(&town)), Value::Amount(5, Unit::Item));
    let named = |code| value_for(&count, &sums, Subject::Code(0, code));
    assert_eq!(named("c/v1"), Value::Amount(5, Unit::Item));
    assert_eq!(named("c/v2"), Value::Amount(3, Unit::Item));
    assert_eq!(named("c/v"), Value::Amount(0, Unit::Item));
}

#[test]
fn differences_and_means_say_how_they_came_about() {
    let sums = Sums::from([
        (list("score"), vec![sum("c", "", 4596, 420_389)]),
        (list("people"), vec![sum("c", "", 4596, 0)]),
    ]);
    let part = |key, sums| Part { lists: vec![list(key)], sums };
    let organ = "c".into();
    let mean = Measure {
        unit: Unit::Point,
        ..measure(Measured::Mean(part("score", true), part("people", false)))
    };
    let value = value_for(&mean, &sums, Subject::Organ(&organ));
    assert_eq!(value.to_string(), "91.47分（420389/4596）");
    let less = measure(Measured::Difference(part("people", false), part("none", false)));
    let value = value_for(&less, &sums, Subject::Organ(&organ));
    assert_eq!(value.to_string(), "4596件");
}

#[test]
fn a_period_still_running_is_not_missed() {
    let quarters = terms(Per::Quarter, 2025, TODAY);
    let names: Vec<(&str, bool)> = quarters.iter().map(|one| (&*one.name, one.ended)).collect();
    assert_eq!(names, [("第1季度", true), ("第2季度", false)]);
    assert_eq!(quarters[1].span.to, date(2025, 6, 30));
    assert_eq!(terms(Per::Month, 2024, TODAY).len(), 12);
    assert_eq!(terms(Per::Year, 2026, TODAY).len(), 0);
    let two = quota(Bound::AtLeast(2), Per::Quarter);
    assert_eq!(standing(&two, 1, true), Standing::Missing);
    assert_eq!(standing(&two, 1, false), Standing::Open);
    assert_eq!(standing(&two, 2, true), Standing::Kept);
    assert_eq!(standing(&quota(Bound::AtLeast(1), Per::Standing), 0, false), Standing::Missing);
    assert_eq!(standing(&quota(Bound::AtMost(1), Per::Year), 2, false), Standing::Over);
}

#[test]
fn a_score_explains_itself_and_is_full_only_for_the_whole() {
    let item = |weight, how| ScoreItem { name: "项".into(), weight, how };
    let of = |points, working: &str| Score { points, working: working.into() };
    let share = item(1000, Scoring::Share("k".into()));
    let scored = score(&share, Value::Rate { good: 2904, among: 3045 }, None);
    assert_eq!(scored, of(954, "10分 × 95.37%（2904/3045）"));
    let scored = score(&share, Value::Rate { good: 99_999, among: 100_000 }, None);
    assert_eq!(scored.points, 999);
    let full = item(500, Scoring::Full("k".into(), 4));
    let scored = score(&full, Value::Amount(3, Unit::Time), None);
    assert_eq!(scored, of(375, "5分 × 3次 ÷ 4次"));
    let owed = item(500, Scoring::Quota("q".into()));
    let scored = score(&owed, Value::Amount(9, Unit::Time), Some(Bound::AtLeast(2)));
    assert_eq!(scored, of(500, "5分 × 已办9次 ÷ 应办2次"));
    let minus = item(200, Scoring::Each("k".into(), -50));
    let scored = score(&minus, Value::Amount(7, Unit::Item), None);
    assert_eq!(scored, of(-200, "7件 × 每一扣0.5分，至多2分"));
}
