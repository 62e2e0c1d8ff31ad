//! Rates and changes, against the figures of real published reports.

use engine::figure::{Value, change, percent};
use law::indicator::Unit;

fn items(count: i64) -> Value {
    Value::Amount(count, Unit::Item)
}

fn rate(good: i64, among: i64) -> Value {
    Value::Rate { good, among }
}

#[test]
fn shares_are_rounded_half_up_and_never_to_all_or_nothing() {
    let cases = [
        (4452, 4549, "97.87%"),
        (2904, 3045, "95.37%"),
        (2673, 2776, "96.29%"),
        (352, 352, "100%"),
        (99_999, 100_000, "99.99%"),
        (1, 1_000_000, "0.01%"),
        (0, 5, "0%"),
        (1, 8, "12.5%"),
        (1, 3, "33.33%"),
        (2, 3, "66.67%"),
    ];
    for (good, among, expected) in cases {
        assert_eq!(percent(good, among).as_deref(), Some(expected), "{good}/{among}");
    }
    assert_eq!(percent(0, 0), None);
}

#[test]
fn changes_of_amounts_are_percentages() {
    let cases = [
        (90, 157, "同比下降42.68%"),
        (6432, 4701, "同比上升36.82%"),
        (120, 153, "同比下降21.57%"),
        (4549, 4251, "同比上升7.01%"),
        (5, 5, "与上年持平"),
        (0, 0, "与上年持平"),
        (0, 4, "同比下降100%"),
    ];
    for (now, before, expected) in cases {
        assert_eq!(change(items(now), items(before)).as_deref(), Some(expected));
    }
    assert_eq!(change(items(5), items(0)), None, "nothing is a percentage of nothing");
}

#[test]
fn changes_of_rates_are_percentage_points_of_unrounded_rates() {
    // 3/22 against 30%: the published report took 13.6 from 30 and printed 16.36 points.
    assert_eq!(change(rate(3, 22), rate(3, 10)).as_deref(), Some("同比下降16.36个百分点"));
    assert_eq!(change(rate(1, 2), rate(2, 4)).as_deref(), Some("与上年持平"));
    assert_eq!(change(rate(1, 2), rate(0, 0)), None);
}

#[test]
fn different_units_are_never_compared() {
    assert_eq!(change(items(3), Value::Amount(2, Unit::PersonTime)), None);
    assert_eq!(change(items(3), rate(1, 2)), None);
}

#[test]
fn a_rate_prints_its_working() {
    assert_eq!(rate(4452, 4549).to_string(), "97.87%（4452/4549）");
    assert_eq!(items(4549).to_string(), "4549件");
    assert_eq!(Value::Amount(123_456_789, Unit::Yuan).to_string(), "1,234,567.89元");
}
