//! Samples are repeatable, fair enough, and follow the seed.

use std::collections::BTreeMap;

use engine::draw::draw;

fn population(units: usize, each: usize) -> Vec<(engine::actor::OrganPath, String)> {
    let cases = (0..units).flat_map(|unit| (0..each).map(move |n| (unit, n)));
    cases.map(|(unit, n)| (format!("c/u{unit}").as_str().into(), format!("{unit}-{n}"))).collect()
}

#[test]
fn the_same_seed_draws_the_same_whatever_the_order() {
    let all = population(3, 20);
    let mut reversed = all.clone();
    reversed.reverse();
    reversed.extend(all.clone());
    let drawn = draw("seed", 2, all);
    assert_eq!(drawn, draw("seed", 2, reversed));
    assert_eq!(drawn.iter().map(|one| (one.of, one.cases.len())).collect::<Vec<_>>(), [(20, 2); 3]);
    assert_ne!(drawn, draw("another", 2, population(3, 20)));
}

#[test]
fn a_unit_with_few_cases_gives_all_of_them() {
    let drawn = draw("seed", 5, population(1, 3));
    assert_eq!((drawn[0].of, drawn[0].cases.len()), (3, 3));
    assert_eq!(draw("seed", 5, Vec::new()), []);
}

/// Over a thousand seeds each of ten cases is drawn about one hundred times.
#[test]
fn no_case_is_favoured() {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..1000 {
        for one in draw(&seed.to_string(), 1, population(1, 10)) {
            for case in one.cases {
                *times.entry(case).or_default() += 1;
            }
        }
    }
    assert_eq!(times.len(), 10);
    assert!(times.values().all(|times| (60..=140).contains(times)), "{times:?}");
}
