//! Pages: what a template or a script may not do.

use super::{House, Offence};
use crate::workspace::File;

fn pages(house: &House) -> impl Iterator<Item = &File> {
    house.files.iter().filter(|file| file.path.starts_with("crates/yifa/") && file.is("html"))
}

fn scripts(house: &House) -> impl Iterator<Item = &File> {
    house.files.iter().filter(|file| file.path.starts_with("crates/yifa/") && file.is("js"))
}

pub fn inline_or_foreign(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    for page in pages(house) {
        for (number, line) in page.lines() {
            let lower = line.to_lowercase();
            let mut say = |what: &str| offences.push(Offence::new(&page.path, number, what));
            if lower.contains("<script") && !lower.contains(" src=") {
                say("a script within the page");
            }
            if lower.contains("<style") || lower.contains(" style=") {
                say("a style within the page");
            }
            if has_handler(&lower) || lower.contains("javascript:") {
                say("a handler within the page");
            }
            if ["src=\"http", "src=\"//", "href=\"//", "@import"].iter().any(|w| lower.contains(w))
            {
                say("something loaded from elsewhere");
            }
        }
    }
    offences
}

/// An attribute such as `onclick=`.
fn has_handler(line: &str) -> bool {
    line.match_indices(" on").any(|(at, _)| {
        let rest = line[at + 3..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
        rest.len() < line[at + 3..].len() && rest.starts_with('=')
    })
}

/// Templates that insert finished HTML, and what it is. Everything else is escaped.
const FINISHED_HTML: &[(&str, &str)] = &[(
    "templates/report.html",
    "the report as crates/paper writes it, which escapes what it is given",
)];

pub fn unescaped(house: &House) -> Vec<Offence> {
    let mut offences = Vec::new();
    for page in pages(house) {
        let excused = FINISHED_HTML.iter().any(|(path, _)| page.path.ends_with(path));
        for (number, line) in page.lines().filter(|_| !excused) {
            let compact: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            if ["|safe", "|escape(\"none\")", "autoescapefalse"].iter().any(|w| compact.contains(w))
            {
                offences.push(Offence::new(&page.path, number, "escaping switched off"));
            }
        }
    }
    for script in scripts(house) {
        for (number, line) in script.lines() {
            let writes =
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];
            if let Some(word) = writes.iter().find(|word| line.contains(**word)) {
                offences.push(Offence::new(&script.path, number, format!("`{word}`")));
            }
        }
    }
    offences
}

pub fn unused_templates(house: &House) -> Vec<Offence> {
    let prefix = "crates/yifa/templates/";
    let named = |name: &str| {
        let quoted = [format!("\"{name}\""), format!("'{name}'")];
        let mut readers = house.files.iter().filter(|file| {
            file.path.starts_with("crates/yifa/") && (file.is("rs") || file.is("html"))
        });
        readers.any(|file| quoted.iter().any(|name| file.text.contains(name)))
    };
    pages(house)
        .filter_map(|page| page.path.strip_prefix(prefix).filter(|name| !named(name)))
        .map(|name| Offence::new(&format!("{prefix}{name}"), 1, "no page shows this template"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::house;
    use super::*;

    #[test]
    fn inline_handlers_styles_and_scripts_are_found() {
        let text = "<a onclick=\"x\">\n<p style=\"a\">\n<script>x</script>\n\
                    <script src=\"/assets/yifa.js\" defer></script>\n<input name=\"on\">\n";
        let house = house(&[("crates/yifa/templates/a.html", text)]);
        let lines: Vec<_> = inline_or_foreign(&house).iter().map(|offence| offence.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn escaping_stays_on() {
        let house = house(&[
            ("crates/yifa/templates/a.html", "{{ a }}\n{{ a | safe }}\n{{ a|safe }}\n"),
            ("crates/yifa/assets/a.js", "x.textContent = y;\nx.innerHTML = y;\n"),
        ]);
        let lines: Vec<_> = unescaped(&house).iter().map(|offence| offence.line).collect();
        assert_eq!(lines, [2, 3, 2]);
    }

    #[test]
    fn a_template_is_shown_by_a_page_or_taken_in_by_another() {
        let house = house(&[
            ("crates/yifa/templates/a.html", "{% include \"parts/b.html\" %}"),
            ("crates/yifa/templates/parts/b.html", ""),
            ("crates/yifa/templates/c.html", ""),
            ("crates/yifa/src/web.rs", "#[template(path = \"a.html\")]"),
        ]);
        let unused: Vec<_> =
            unused_templates(&house).into_iter().map(|offence| offence.path).collect();
        assert_eq!(unused, ["crates/yifa/templates/c.html"]);
    }
}
