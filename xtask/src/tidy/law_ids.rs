//! The ids of `law/`, looked for in Rust.

use std::collections::BTreeMap;

use super::{House, Offence};

/// Where a word that is also an id of the law means something else: files, word, what it means.
const OTHER_MEANINGS: &[(&str, &str, &str)] = &[
    ("crates/", "county", "the first key of every row, the root of every path of organs"),
    (
        "crates/engine/src/scenario.rs",
        "town",
        "the place a scenario plays in unless it says another",
    ),
    ("crates/yifa/src/play/cast.rs", "town", "the same place, when the scenario is played out"),
];

/// String literals of the product that are the id of a procedure, a post or a kind of organ.
pub fn named_in_rust(house: &House) -> Vec<Offence> {
    let ids = ids(house);
    let mut offences = Vec::new();
    for source in &house.rust {
        for (line, text) in &source.strings {
            let other = |(place, word, _): &(&str, &str, &str)| {
                source.path.starts_with(place) && word == text
            };
            if OTHER_MEANINGS.iter().any(other) {
                continue;
            }
            if let Some(kind) = ids.get(text.as_str()) {
                offences.push(Offence::new(
                    &source.path,
                    *line,
                    format!("“{text}” is {kind} of law/"),
                ));
            }
        }
    }
    offences
}

fn ids(house: &House) -> BTreeMap<String, &'static str> {
    let mut ids = BTreeMap::new();
    for file in house.files.iter().filter(|file| file.is("toml")) {
        if let Some(folder) = file.path.strip_prefix("law/procedures/") {
            let id = folder.split('/').next().unwrap_or_default();
            ids.insert(id.to_owned(), "a procedure");
        }
        if file.path.starts_with("law/organs/") {
            let table: toml::Table = file.text.parse().unwrap_or_default();
            for (group, kind) in [("role", "a post"), ("kind", "a kind of organ")] {
                let group = table.get(group).and_then(toml::Value::as_table);
                let names = group.into_iter().flat_map(toml::Table::keys);
                ids.extend(names.map(|id| (id.clone(), kind)));
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    #[test]
    fn an_id_of_the_law_is_found_in_a_string_but_not_in_a_test() {
        let house = house(&[
            ("law/procedures/licence/procedure.toml", ""),
            ("law/organs/base.toml", "[role]\nclerk = \"文书\"\n"),
            ("crates/yifa/src/a.rs", "f(\"licence\");\ng(\"clerk\");\nh(\"other\");\n"),
            ("crates/yifa/src/b.rs", "#[cfg(test)]\nmod tests {\n    f(\"clerk\");\n}\n"),
            ("crates/yifa/tests/c.rs", "f(\"clerk\");\n"),
        ]);
        let found = named_in_rust(&house);
        let places: Vec<_> = found.iter().map(|o| (o.path.as_str(), o.line)).collect();
        assert_eq!(places, [("crates/yifa/src/a.rs", 1), ("crates/yifa/src/a.rs", 2)]);
    }
}
