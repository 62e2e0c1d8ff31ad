//! The walls of the house: who may read the clock, speak SQL, depend on what.

use super::{House, Offence, rust};

/// The only file that reads the time of day.
const CLOCK: &str = "crates/yifa/src/clock.rs";

/// Ways to read the time of day.
const TIME_OF_DAY: &[&str] =
    &["SystemTime::now", "Timestamp::now", "Zoned::now", "TimeZone::system", "Local::now"];

pub fn clocks(house: &House) -> Vec<Offence> {
    let elsewhere = house.rust.iter().filter(|source| source.path != CLOCK);
    elsewhere.flat_map(|source| written(source, TIME_OF_DAY)).collect()
}

/// What the two pure crates may not write.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "File::open",
    "Instant::now",
    "async ",
    "HashMap",
    "HashSet",
    "RandomState",
    "println!",
];
const FLOATS: &[&str] = &["f32", "f64"];
/// The law is read from a folder somewhere: here, and here only.
const READS_FOLDERS: &str = "crates/law/src/source.rs";

pub fn impure(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in &house.rust {
        let pure = matches!(source.krate(), "law" | "engine");
        if pure && source.path != READS_FOLDERS {
            offences.extend(written(source, IMPURE));
        }
        if source.krate() == "engine" {
            offences.extend(written(source, FLOATS));
        }
    }
    offences
}

/// The only file that appends to the ledger.
const OFFICE: &str = "crates/yifa/src/office.rs";
const APPENDING: &[&str] = &["tx.append", "store::Entry", "Tx::append"];

pub fn entries_elsewhere(house: &House) -> Vec<Offence> {
    let desk = house.rust.iter().filter(|source| source.krate() == "yifa" && source.path != OFFICE);
    desk.flat_map(|source| written(source, APPENDING)).collect()
}

/// For each crate, all that it may depend on. To widen a row is a decision about the house.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "law",
        &[
            "annotate-snippets",
            "include_dir",
            "indexmap",
            "jiff",
            "minijinja",
            "serde",
            "sm3",
            "toml",
        ],
    ),
    ("audit", &["law", "jiff", "serde", "toml"]),
    ("engine", &["law", "indexmap", "jiff", "serde", "serde_json", "sm3"]),
    (
        "store",
        &[
            "law",
            "engine",
            "aes-gcm",
            "base64",
            "bytes",
            "getrandom",
            "hmac",
            "jiff",
            "rusqlite",
            "serde",
            "serde_json",
            "sm3",
            "sm4",
            "subtle",
            "thiserror",
            "tokio",
            "tokio-postgres",
            "zeroize",
            "zip",
        ],
    ),
    (
        "paper",
        &[
            "law",
            "engine",
            "encoding_rs",
            "flate2",
            "fontdb",
            "html5gum",
            "jiff",
            "minijinja",
            "pdf-writer",
            "quick-xml",
            "rust_xlsxwriter",
            "serde",
            "subsetter",
            "thiserror",
            "ttf-parser",
            "zip",
        ],
    ),
];

/// Crates with one home: SQL in the store, HTTP at the desk.
const AT_HOME: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("tokio-postgres", "store"),
    ("axum", "yifa"),
    ("tower-http", "yifa"),
    ("askama", "yifa"),
    ("argon2", "yifa"),
];

pub fn dependencies(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    for file in &house.files {
        let Some(krate) =
            file.path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let manifest: toml::Table = file.text.parse().unwrap_or_default();
        let listed = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in listed.into_iter().flat_map(toml::Table::keys) {
            let row = ALLOWED.iter().find(|(owner, _)| *owner == krate);
            let allowed = row.is_none_or(|(_, names)| names.contains(&name.as_str()));
            let home = AT_HOME.iter().find(|(guest, _)| guest == name);
            let at_home = home.is_none_or(|(_, home)| *home == krate);
            if !allowed || !at_home {
                let line = line_of(&file.text, name);
                offences.push(Offence::new(
                    &file.path,
                    line,
                    format!("{krate} may not depend on {name}"),
                ));
            }
        }
    }
    offences
}

fn line_of(manifest: &str, name: &str) -> usize {
    let begins =
        |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
    manifest.lines().position(begins).map_or(1, |at| at + 1)
}

/// Pairs of words that together make a string a statement of SQL.
const STATEMENTS: &[(&str, &str)] = &[
    ("select ", " from "),
    ("insert into ", "("),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("create index ", ""),
    ("alter table ", ""),
    ("drop table ", ""),
    ("pragma ", ""),
];

pub fn sql(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in house.rust.iter().filter(|source| source.krate() != "store") {
        for (line, text) in &source.strings {
            let lower = text.trim_start().to_lowercase();
            let speaks =
                |(verb, word): &(&str, &str)| lower.starts_with(verb) && lower.contains(word);
            if STATEMENTS.iter().any(speaks) {
                offences.push(Offence::new(&source.path, *line, "SQL outside crates/store"));
            }
        }
    }
    offences
}

const VAGUE: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "services",
    "types", "models", "core", "base",
];

pub fn vague_names(house: &House) -> Vec<Offence> {
    let named = |path: &str| {
        let mut rooms = path.split('/').map(|room| room.trim_end_matches(".rs"));
        rooms.find(|room| VAGUE.contains(room)).map(str::to_owned)
    };
    let offence = |source: &rust::Source| {
        named(&source.path)
            .map(|room| Offence::new(&source.path, 1, format!("what is “{room}” about?")))
    };
    house.rust.iter().filter_map(offence).collect()
}

pub fn no_subject(house: &House) -> Vec<Offence> {
    let silent = house.rust.iter().filter(|source| !source.opening.starts_with("//! "));
    silent
        .map(|source| Offence::new(&source.path, 1, "the file does not say its subject"))
        .collect()
}

const UNFINISHED: &[&str] = &["todo!(", "unimplemented!(", "dbg!("];
const MARKS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

pub fn unfinished(house: &House) -> Vec<Offence> {
    let mut offences: Vec<Offence> =
        house.rust.iter().flat_map(|source| written(source, UNFINISHED)).collect();
    let kept = |path: &str| path.starts_with("crates/") || path.starts_with("law/");
    for file in house.files.iter().filter(|file| kept(&file.path)) {
        for (number, line) in file.lines() {
            let comment = line.split_once("//").or_else(|| line.split_once('#'));
            let marked = comment.is_some_and(|(_, said)| MARKS.iter().any(|mark| word(said, mark)));
            if marked {
                offences.push(Offence::new(&file.path, number, "an unfinished mark"));
            }
        }
    }
    offences
}

/// The places where any of these words is written in code.
fn written(source: &rust::Source, words: &[&str]) -> Vec<Offence> {
    let mut offences = Vec::new();
    for (number, line) in source.lines() {
        for found in words.iter().filter(|found| word(line, found)) {
            offences.push(Offence::new(&source.path, number, format!("`{}`", found.trim())));
        }
    }
    offences
}

/// Whether a line has this word, not as part of a longer one.
fn word(line: &str, sought: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(sought).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + sought.len()..].chars().next();
        let ends_open = sought.ends_with(|c| !part(c));
        !before.is_some_and(part) && (ends_open || !after.is_some_and(part))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    fn found(offences: &[Offence]) -> Vec<(&str, usize)> {
        offences.iter().map(|offence| (offence.path.as_str(), offence.line)).collect()
    }

    #[test]
    fn the_clock_is_read_in_one_file() {
        let house = house(&[
            ("crates/yifa/src/clock.rs", "Timestamp::now()"),
            ("crates/yifa/src/a.rs", "// Timestamp::now()\nTimestamp::now()"),
        ]);
        assert_eq!(found(&clocks(&house)), [("crates/yifa/src/a.rs", 2)]);
    }

    #[test]
    fn the_ledger_is_appended_to_in_one_file() {
        let text = "self.tx.append(entry);\nlist.append(&mut more);\n";
        let house = house(&[("crates/yifa/src/office.rs", text), ("crates/yifa/src/a.rs", text)]);
        assert_eq!(found(&entries_elsewhere(&house)), [("crates/yifa/src/a.rs", 1)]);
    }

    #[test]
    fn the_engine_has_no_disk_chance_or_float() {
        let text = "use std::fs;\nuse std::collections::HashMap;\nlet x: f64;\nlet pdf64 = 1;\n";
        let house = house(&[("crates/engine/src/a.rs", text), ("crates/yifa/src/a.rs", text)]);
        let places = impure(&house);
        let lines: Vec<_> = places.iter().map(|offence| offence.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn a_crate_keeps_to_its_row() {
        let house = house(&[
            ("crates/engine/Cargo.toml", "[dependencies]\nlaw.workspace = true\ntokio = \"1\"\n"),
            ("crates/yifa/Cargo.toml", "[dependencies]\ntokio = \"1\"\nrusqlite = \"1\"\n"),
        ]);
        let places = [("crates/engine/Cargo.toml", 3), ("crates/yifa/Cargo.toml", 3)];
        assert_eq!(found(&dependencies(&house)), places);
    }

    #[test]
    fn sql_is_told_from_prose() {
        let text = "f(\"select a from b\");\nf(\"please select one from the list\");\nf(\"UPDATE a SET b = 1\");\n";
        let house = house(&[("crates/yifa/src/a.rs", text), ("crates/store/src/a.rs", text)]);
        let places = [("crates/yifa/src/a.rs", 1), ("crates/yifa/src/a.rs", 3)];
        assert_eq!(found(&sql(&house)), places);
    }
}
