//! How the repository speaks: articles as clerks write them, and of nothing but itself.

use super::{House, Offence};

/// `第64条` where clerks write `第六十四条`.
pub fn arabic_articles(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    let law = house.files.iter().filter(|file| file.path.starts_with("law/"));
    for file in law {
        for (number, line) in file.lines().filter(|(_, line)| has_arabic_article(line)) {
            offences.push(Offence::new(&file.path, number, line.trim()));
        }
    }
    for source in &house.rust {
        for (line, text) in source.strings.iter().filter(|(_, text)| has_arabic_article(text)) {
            offences.push(Offence::new(&source.path, *line, text.as_str()));
        }
    }
    offences
}

fn has_arabic_article(line: &str) -> bool {
    line.match_indices('第').any(|(at, _)| {
        let rest = line[at..].trim_start_matches('第').trim_start();
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        rest.starts_with(|c: char| c.is_ascii_digit()) && after.starts_with('条')
    })
}

/// Hosts that may be named: standards, licences, examples, and this machine.
const KNOWN_HOSTS: &[&str] = &[
    "127.0.0.1",
    "localhost",
    "www.apache.org",
    "apache.org",
    "schemas.openxmlformats.org",
    "www.w3.org",
    "purl.org",
    "doi.org",
    "schemas.microsoft.com",
    "example.org",
    "example.com",
    "example.gov.cn",
];

pub fn foreign_addresses(house: &House) -> Vec<Offence> {
    let mut private = vec!["/home/".to_owned(), "/Users/".to_owned()];
    let root = crate::workspace::root();
    private.extend(root.parent().map(|folder| format!("{}/", folder.display())));
    private.extend(std::env::var("HOME").ok().map(|home| format!("{home}/")));
    private.retain(|place| place.matches('/').count() > 1);

    let mut offences = Vec::new();
    let lock = |path: &str| path.ends_with("Cargo.lock") || path == "xtask/src/tidy/language.rs";
    for file in house.files.iter().filter(|file| !lock(&file.path)) {
        for (number, line) in file.lines() {
            if let Some(place) = private.iter().find(|place| line.contains(place.as_str())) {
                let what = format!("a path of one machine: {place}");
                offences.push(Offence::new(&file.path, number, what));
            }
            for host in hosts(line).filter(|host| !known(host)) {
                offences.push(Offence::new(&file.path, number, format!("the address of {host}")));
            }
        }
    }
    offences
}

/// Names under `.example` and `.invalid` belong to nobody.
fn known(host: &str) -> bool {
    let nobodys = [".example", ".invalid"].iter().any(|end| host.ends_with(end));
    nobodys || KNOWN_HOSTS.contains(&host)
}

fn hosts(line: &str) -> impl Iterator<Item = &str> {
    let after = line.match_indices("://").filter_map(|(at, _)| {
        let scheme = line[..at].ends_with("http") || line[..at].ends_with("https");
        scheme.then(|| &line[at + 3..])
    });
    let host =
        |rest: &'_ str| rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c)));
    after
        .map(move |rest| &rest[..host(rest).unwrap_or(rest.len())])
        .filter(|host| host.contains('.') || *host == "localhost")
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    #[test]
    fn articles_are_written_in_chinese_numerals() {
        assert!(has_arabic_article("《行政处罚法》第64条"));
        assert!(has_arabic_article("第 64 条"));
        assert!(!has_arabic_article("《行政处罚法》第六十四条，第3页"));
    }

    #[test]
    fn a_foreign_address_is_found_and_a_standard_is_not() {
        let house = house(&[(
            "docs/a.md",
            "see http://127.0.0.1:8700 and http://www.w3.org/2000/svg\nsee https://elsewhere.net/x\n",
        )]);
        let lines: Vec<_> = foreign_addresses(&house).iter().map(|offence| offence.line).collect();
        assert_eq!(lines, [2]);
    }
}
