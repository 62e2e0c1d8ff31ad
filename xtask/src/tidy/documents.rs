//! Documents that stay true: the glossary is whole, and what is pointed to exists.

use super::{House, Offence, rust::Source};

const GLOSSARY: &str = "docs/glossary.md";

/// Two types of one name need a row each, with their modules: `figure::Value`, `value::Value`.
pub fn missing_from_glossary(house: &House) -> Vec<Offence> {
    let glossary = house.file(GLOSSARY).map_or("", |file| file.text.as_str());
    let pure = house.rust.iter().filter(|source| matches!(source.krate(), "law" | "engine"));
    let types: Vec<(&Source, usize, &str)> = pure
        .flat_map(|source| source.lines().map(move |(number, line)| (source, number, line)))
        .filter_map(|(source, number, line)| Some((source, number, public_type(line)?)))
        .collect();
    let mut offences = Vec::new();
    for (source, number, name) in &types {
        let alone = types.iter().filter(|(_, _, other)| other == name).count() == 1;
        let file = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let module = file.rsplit('/').next().unwrap_or_default();
        let entry = if alone { format!("`{name}`") } else { format!("`{module}::{name}`") };
        if !glossary.contains(&entry) {
            let what = format!("{entry} has no row in {GLOSSARY}");
            offences.push(Offence::new(&source.path, *number, what));
        }
    }
    offences
}

fn public_type(line: &str) -> Option<&str> {
    let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
    let rest = kinds.iter().find_map(|kind| line.trim_start().strip_prefix(kind))?;
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
}

/// Markdown links to files that do not exist, and paths named in `backticks` that do not.
pub fn dead_links(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    let law_text = |path: &str| path.starts_with("law/procedures/");
    for file in house.files.iter().filter(|file| file.is("md") && !law_text(&file.path)) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in file.lines() {
            for target in links(line) {
                let target = target.split('#').next().unwrap_or_default();
                if !target.is_empty() && !exists(&joined(folder, target)) {
                    let what = format!("links to {target}, which is not there");
                    offences.push(Offence::new(&file.path, number, what));
                }
            }
            for path in named_paths(line).filter(|path| !exists(path)) {
                let what = format!("names {path}, which is not there");
                offences.push(Offence::new(&file.path, number, what));
            }
        }
    }
    offences
}

fn exists(path: &str) -> bool {
    crate::workspace::root().join(path).exists()
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.match_indices("](").filter_map(|(at, _)| line[at + 2..].split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// Paths written in backticks that begin with a folder of the root and hold no placeholder.
fn named_paths(line: &str) -> impl Iterator<Item = &str> {
    let folders = ["crates/", "law/", "docs/", "xtask/", "demo/"];
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter(move |text| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        folders.iter().any(|folder| text.starts_with(folder)) && text.chars().all(plain)
    })
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    #[test]
    fn a_public_type_without_a_row_is_found() {
        let house = house(&[
            ("docs/glossary.md", "| 准许 | permit | `Permit` |"),
            ("crates/engine/src/a.rs", "pub struct Permit;\npub enum Sight {}\nstruct Own;\n"),
        ]);
        let lines: Vec<_> = missing_from_glossary(&house).iter().map(|o| o.line).collect();
        assert_eq!(lines, [2]);
    }

    #[test]
    fn links_and_named_paths_must_lead_somewhere() {
        let text = "[a](../Cargo.toml) `crates/law/src/lib.rs` `law/<id>/x`\n[b](nowhere.md)\n`docs/none.md`\n";
        let house = house(&[("docs/a.md", text)]);
        let lines: Vec<_> = dead_links(&house).iter().map(|o| o.line).collect();
        assert_eq!(lines, [2, 3]);
    }
}
