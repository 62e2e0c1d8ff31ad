//! The mission: each of the systems that real reports describe, and what serves it here.
//!
//! `docs/mission.tsv` has one row for each: number, name, where it is served, what shows it. Its
//! references must lead somewhere, so that the list cannot promise what is not there.

use std::collections::BTreeSet;

use toml::Table;

use super::{House, Offence};

const MISSION: &str = "docs/mission.tsv";
const ROUTES: &str = "crates/yifa/src/web/mod.rs";
const COMMANDS: &str = "crates/yifa/src/cli/";

/// References that lead nowhere, rows out of place, rows served but shown by nothing.
pub fn dead_references(house: &House) -> Vec<Offence> {
    let Some(file) = house.file(MISSION) else { return Vec::new() };
    let known = Known::of(house);
    let mut offences = Vec::new();
    for (expected, (number, line)) in file.lines().skip(1).enumerate() {
        let mut add = |what: String| offences.push(Offence::new(MISSION, number, what));
        let columns: Vec<&str> = line.split('\t').collect();
        let [row, _, places, shown] = columns.as_slice() else {
            add("wants four columns: row, name, where, shown_by".into());
            continue;
        };
        if row.parse() != Ok(expected + 1) {
            add(format!("row {row} stands in place of {}", expected + 1));
        }
        for reference in references(places).chain(references(shown)) {
            if !known.has(house, reference) {
                add(format!("{reference} leads nowhere"));
            }
        }
        if !places.is_empty() && references(shown).next().is_none() {
            add(format!("row {row} is served, but nothing shows it"));
        }
    }
    offences
}

/// How many rows there are, and how many of them are served.
pub fn served(house: &House) -> (usize, usize) {
    let rows: Vec<&str> =
        house.file(MISSION).map(|file| file.text.lines().skip(1).collect()).unwrap_or_default();
    let served = rows.iter().filter(|row| row.split('\t').nth(2).is_some_and(|w| !w.is_empty()));
    (rows.len(), served.count())
}

fn references(column: &str) -> impl Iterator<Item = &str> {
    column.split("; ").map(str::trim).filter(|reference| !reference.is_empty())
}

/// Everything in the law that a row may point to.
#[derive(Default)]
struct Known {
    names: BTreeSet<String>,
}

impl Known {
    fn of(house: &House) -> Self {
        let mut known = Self::default();
        for file in house.files.iter().filter(|file| file.path.starts_with("law/")) {
            let Ok(table) = file.text.parse::<Table>() else { continue };
            let keys = |name: &str| -> Vec<String> {
                let inner = table.get(name).and_then(|value| value.as_table());
                inner.map(|inner| inner.keys().cloned().collect()).unwrap_or_default()
            };
            let parts: Vec<&str> = file.path.split('/').collect();
            match parts.as_slice() {
                [_, "procedures", id, "procedure.toml"] => {
                    known.names.insert(format!("procedure:{id}"));
                    for kind in ["act", "indicator", "deadline", "document", "publish", "finding"] {
                        let ids = keys(kind).into_iter();
                        known.names.extend(ids.map(|one| format!("{kind}:{id}.{one}")));
                    }
                }
                [_, "procedures", id, "scenarios.toml"] => {
                    let stories = table.get("scenario").and_then(|value| value.as_array());
                    let names = stories.into_iter().flatten().filter_map(|story| {
                        let name = story.as_table()?.get("name")?.as_str()?;
                        Some(format!("scenario:{id}/{name}"))
                    });
                    known.names.extend(names);
                }
                [_, "exchange", file] => {
                    let id = file.trim_end_matches(".toml");
                    known.names.insert(format!("exchange:{id}"));
                }
                _ => {
                    for kind in ["indicator", "quota", "assessment"] {
                        known.names.extend(keys(kind).into_iter().map(|id| format!("{kind}:{id}")));
                    }
                }
            }
        }
        known
    }

    fn has(&self, house: &House, reference: &str) -> bool {
        let Some((kind, rest)) = reference.split_once(':') else { return false };
        match kind {
            "page" => {
                let routes = house.file(ROUTES).map_or("", |file| file.text.as_str());
                routes.contains(&format!("(\"{rest}\""))
            }
            "command" => {
                let mut words = rest.split_whitespace();
                let first = words.next().unwrap_or_default();
                !first.is_empty()
                    && house.files.iter().any(|file| {
                        file.path.starts_with(COMMANDS)
                            && file.text.to_lowercase().contains(&format!("{first}("))
                    })
            }
            "test" => rest.split_once("::").is_some_and(|(path, name)| {
                house.file(path).is_some_and(|file| file.text.contains(&format!("fn {name}(")))
            }),
            _ => self.names.contains(reference),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    #[test]
    fn a_reference_must_lead_somewhere() {
        let mission = "row\tname\twhere\tshown_by\n\
             1\t甲\tprocedure:petition; act:petition.accept\tscenario:petition/受理\n\
             2\t乙\tpage:/figures; quota:none\ttest:crates/a.rs::shows\n\
             3\t丙\t\t\n\
             5\t丁\tprocedure:petition\t\n";
        let house = house(&[
            (MISSION, mission),
            ("law/procedures/petition/procedure.toml", "[act.accept]\n"),
            ("law/procedures/petition/scenarios.toml", "[[scenario]]\nname = \"受理\"\n"),
            (ROUTES, "(\"/figures\", get(x))"),
            ("crates/a.rs", "fn shows() {}"),
        ]);
        let found: Vec<_> = dead_references(&house).into_iter().map(|o| (o.line, o.what)).collect();
        assert_eq!(found[0], (3, "quota:none leads nowhere".to_owned()));
        assert_eq!(found[1], (5, "row 5 stands in place of 4".to_owned()));
        assert_eq!(found[2], (5, "row 5 is served, but nothing shows it".to_owned()));
        assert_eq!(found.len(), 3);
        assert_eq!(served(&house), (4, 3));
    }
}
