//! 整洁: the house rules that no compiler keeps.
//!
//! Each rule is one line of [`RULES`]: what it is called, why it is there, and the function that
//! finds offences. A rule that needs an exception says so here, not in the file that offends.

mod architecture;
mod documents;
mod language;
mod law_ids;
mod mission;
mod pages;
mod rust;

use crate::workspace::{self, File};

/// One house rule.
struct Rule {
    name: &'static str,
    /// Why the house has it: a sentence for whoever has just broken it.
    reason: &'static str,
    find: fn(&House) -> Vec<Offence>,
}

/// The whole repository, as the rules see it.
struct House {
    files: Vec<File>,
    /// The Rust files of the product, without comments and without their test modules.
    rust: Vec<rust::Source>,
}

/// A place where a rule is broken.
struct Offence {
    path: String,
    line: usize,
    what: String,
}

const RULES: &[Rule] = &[
    Rule {
        name: "law-ids",
        reason: "no procedure, post or kind of organ is named in Rust: the law is data, and \
                 adding a duty must need no programmer",
        find: law_ids::named_in_rust,
    },
    Rule {
        name: "clock",
        reason: "time enters at one place, crates/yifa/src/clock.rs: what is decided must depend \
                 on the day it is given and on nothing else",
        find: architecture::clocks,
    },
    Rule {
        name: "pure",
        reason: "law and engine touch no disk, network, thread, environment or chance, and the \
                 engine counts in whole numbers: the same law, facts and day give the same answer \
                 forever",
        find: architecture::impure,
    },
    Rule {
        name: "perform",
        reason: "facts come to be in Office::perform and nowhere else: whoever could append an \
                 entry elsewhere could do so without authority and without deciding",
        find: architecture::entries_elsewhere,
    },
    Rule {
        name: "crates",
        reason: "each crate depends only on what its row of the map allows: the walls of the \
                 house are the lists of crates",
        find: architecture::dependencies,
    },
    Rule {
        name: "sql",
        reason: "all SQL is in crates/store: two databases are served by one room",
        find: architecture::sql,
    },
    Rule {
        name: "names",
        reason: "a file is one room with one subject; a name that says nothing collects anything",
        find: architecture::vague_names,
    },
    Rule {
        name: "subject",
        reason: "a file begins by saying what it is about",
        find: architecture::no_subject,
    },
    Rule {
        name: "unfinished",
        reason: "what stands on main is finished; what is still wanted stands in TODO.md",
        find: architecture::unfinished,
    },
    Rule {
        name: "script",
        reason: "pages carry no inline script, style or handler and load nothing from elsewhere: \
                 the content security policy forbids it and works only while nobody needs it",
        find: pages::inline_or_foreign,
    },
    Rule {
        name: "escape",
        reason: "what people type is shown, never run: no template switches escaping off and no \
                 script writes HTML",
        find: pages::unescaped,
    },
    Rule {
        name: "templates",
        reason: "a template that no page shows is a page that nobody looks after",
        find: pages::unused_templates,
    },
    Rule {
        name: "articles",
        reason: "an article is cited as clerks write it, 《行政处罚法》第六十四条, with Chinese \
                 numerals: the checker finds only what is written so",
        find: language::arabic_articles,
    },
    Rule {
        name: "glossary",
        reason: "every public type of law and engine has its row in docs/glossary.md, with the \
                 Chinese word of the trade",
        find: documents::missing_from_glossary,
    },
    Rule {
        name: "links",
        reason: "a document that points to nothing misleads: linked files and named paths exist",
        find: documents::dead_links,
    },
    Rule {
        name: "mission",
        reason: "docs/mission.tsv says what serves each system that real reports describe; what it \
                 points to exists",
        find: mission::dead_references,
    },
    Rule {
        name: "addresses",
        reason: "the repository speaks only of itself: no path of somebody's machine, no address \
                 but those of standards and licences",
        find: language::foreign_addresses,
    },
];

/// Files above this length are listed, not refused: length is a hint that there are two subjects.
const LONG: usize = 700;

/// Prints every offence with its place, and fails if there is one.
pub fn run() -> Result<(), String> {
    let files = workspace::files()?;
    let rust = files.iter().filter(|file| file.is_product_code()).map(rust::Source::of).collect();
    let house = House { files, rust };

    for file in house.files.iter().filter(|file| file.is("rs")) {
        let length = file.text.lines().count();
        if length > LONG {
            println!("note: {} has {length} lines; has it two subjects?", file.path);
        }
    }

    let mut count = 0;
    for rule in RULES {
        let offences = (rule.find)(&house);
        for Offence { path, line, what } in &offences {
            println!("{path}:{line}: {what} [{}]", rule.name);
        }
        if !offences.is_empty() {
            println!("  {}: {}.\n", rule.name, rule.reason);
        }
        count += offences.len();
    }
    let (rows, served) = mission::served(&house);
    if rows > 0 {
        println!("mission: {served} of {rows} rows are served");
    }
    let (rules, files) = (RULES.len(), house.files.len());
    if count == 0 {
        println!("tidy: {rules} rules kept in {files} files");
        Ok(())
    } else {
        Err(format!("tidy: {count} offences against {rules} rules"))
    }
}

/// Prints the rules with their reasons.
pub fn list() {
    for rule in RULES {
        println!("{:<11}{}.", rule.name, rule.reason);
    }
}

impl Offence {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Offence { path: path.to_owned(), line, what: what.into() }
    }
}

impl House {
    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A house of these files, for the tests of the rules.
    pub(super) fn house(files: &[(&str, &str)]) -> House {
        let files: Vec<File> = files
            .iter()
            .map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        let rust = files.iter().filter(|f| f.is_product_code()).map(rust::Source::of).collect();
        House { files, rust }
    }

    #[test]
    fn the_house_keeps_its_rules() {
        run().expect("the offences are printed above");
    }
}
