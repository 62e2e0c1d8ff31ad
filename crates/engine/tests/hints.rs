//! 重复提示 and 属地 measured on real messages and names. Skipped where the data is absent.
//!
//! `cargo test -p engine --test hints -- --nocapture` prints precision and recall.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use engine::{
    locality::{Area, Gazetteer},
    similar::Pieces,
};

/// A file of the data, or a word that it is not here.
fn data(path: &str) -> Option<String> {
    let root = std::env::var("YIFA_DATA").map(PathBuf::from).unwrap_or_else(|_| {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"))
    });
    let text = fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        println!("skipped: {path} is not here");
    }
    text
}

#[test]
fn likely_duplicates_are_hinted() {
    let folder = "01-teddy-cup-2020-c/dev";
    let (Some(messages), Some(pairs)) = (
        data(&format!("{folder}/hot_messages.jsonl")),
        data(&format!("{folder}/near_duplicate_pairs.tsv")),
    ) else {
        return;
    };
    let mut ids = Vec::new();
    let mut pieces = Vec::new();
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let id = message["id"].as_str().map(str::to_owned);
        ids.push(id.unwrap_or_else(|| message["id"].to_string()));
        pieces.push(Pieces::of(&format!("{}\n{}", part("title"), part("body"))));
    }
    let mut holders: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, one) in pieces.iter().enumerate() {
        one.all().for_each(|piece| holders.entry(piece).or_default().push(at));
    }
    let mut near: BTreeSet<(usize, usize)> = BTreeSet::new();
    for shared in holders.values().filter(|shared| (2..=40).contains(&shared.len())) {
        for (place, one) in shared.iter().enumerate() {
            near.extend(shared[place + 1..].iter().map(|other| (*one, *other)));
        }
    }
    let hinted: BTreeSet<(String, String)> = near
        .into_iter()
        .filter(|(one, other)| pieces[*one].likeness(&pieces[*other]).is_likely(false))
        .map(|(one, other)| ordered(&ids[one], &ids[other]))
        .collect();
    let known: BTreeSet<(String, String)> = pairs
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split('\t');
            ordered(cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    let both = hinted.intersection(&known).count();
    let (precision, recall) = (percent(both, hinted.len()), percent(both, known.len()));
    println!(
        "near duplicates: {} messages, {} known pairs, {} hinted; precision {precision:.1}%, recall {recall:.1}%",
        ids.len(),
        known.len(),
        hinted.len()
    );
    assert!(precision > 85.0 && recall > 90.0);
}

fn ordered(one: &str, other: &str) -> (String, String) {
    if one < other { (one.into(), other.into()) } else { (other.into(), one.into()) }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

#[test]
fn names_lead_to_their_areas() {
    let folder = "05-region-codes";
    let (Some(cases), Some(regions), Some(towns), Some(more)) = (
        data(&format!("{folder}/dev/place_resolution_cases.tsv")),
        data(&format!("{folder}/ref/regions_to_county.tsv")),
        data(&format!("{folder}/ref/townships_selected.tsv")),
        data(&format!("{folder}/ref/townships_yancheng_zhanjiang_all.tsv")),
    ) else {
        return;
    };
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<String>>();
    let mut areas: BTreeMap<String, Area> = BTreeMap::new();
    for line in regions.lines().skip(1).map(cells) {
        let above = Some(line[3].clone()).filter(|above| !above.is_empty());
        areas.insert(line[0].clone(), Area { id: line[0].clone(), name: line[2].clone(), above });
    }
    for line in towns.lines().skip(1).chain(more.lines().skip(1)).map(cells) {
        let above = Some(line[2].clone());
        areas.insert(line[0].clone(), Area { id: line[0].clone(), name: line[1].clone(), above });
    }
    let list = Gazetteer::of(areas.into_values().collect());
    let (mut all, mut answered, mut right, mut certain, mut certain_right, mut rash) =
        (0, 0, 0, 0, 0, 0);
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in cases.lines().skip(1).map(cells) {
        all += 1;
        let noted = line.get(6).is_some_and(|note| !note.is_empty());
        let Some(found) = list.locate(&line[0], false) else {
            wrong.entry(line[1].clone()).or_default().push(format!("{} →", line[0]));
            continue;
        };
        answered += 1;
        let hit = found.id == line[2];
        right += usize::from(hit);
        if !hit && !noted {
            let said = format!("{} → {}", line[0], found.name);
            wrong.entry(line[1].clone()).or_default().push(said);
        }
        if !found.doubtful {
            certain += 1;
            certain_right += usize::from(hit);
            rash += usize::from(noted);
        }
    }
    let (precision, recall) = (percent(right, answered), percent(right, all));
    println!(
        "places: {all} cases; precision {precision:.1}%, recall {recall:.1}%; certain of {certain}, \
         of which right {:.1}%, of ambiguous names {rash}",
        percent(certain_right, certain)
    );
    for (form, said) in wrong {
        println!("  {form}: {}", said.join("; "));
    }
    assert!(precision > 90.0 && percent(certain_right, certain) > 97.0 && rash <= 2);
}
