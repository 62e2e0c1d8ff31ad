//! Every fault the law can have is pointed out where it is: the cases stand in `faults.txt`.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, fs, path::Path};

use law::{
    check,
    diagnostic::{Diagnostic, render_all},
    organ::Organs,
    read::{self, Definition},
    source::{self, SourceFile},
    statute::Statutes,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// One case of the file.
#[derive(Debug)]
struct Case {
    line: usize,
    code: String,
    file: String,
    changes: Vec<(String, String)>,
    older: Option<(String, String, String)>,
    mark: Option<String>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("faults.txt");
    let mut cases: Vec<Case> = Vec::new();
    let mut last = ' ';
    for (at, line) in text.lines().enumerate() {
        let (kind, rest) =
            line.split_at(line.char_indices().nth(1).map_or(line.len(), |(at, _)| at));
        let rest = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
        match (kind, cases.last_mut()) {
            ("#" | "", _) => {}
            ("-", Some(case)) => {
                match case.changes.last_mut().filter(|_| last == '-') {
                    Some((find, _)) => *find = format!("{find}\n{rest}"),
                    None => case.changes.push((rest, String::new())),
                }
                last = '-';
                continue;
            }
            ("+", Some(case)) => {
                if last != '-' && last != '+' {
                    case.changes.push((String::new(), String::new()));
                }
                let (find, put) = case.changes.last_mut().unwrap();
                let begins = last == '-' && !find.is_empty();
                *put = if begins { rest } else { format!("{put}\n{rest}") };
                last = '+';
                continue;
            }
            ("^", Some(case)) => case.mark = Some(rest).filter(|mark| !mark.is_empty()),
            ("=", Some(case)) => {
                let parts: Vec<&str> = rest.split(' ').collect();
                case.older = Some((parts[0].into(), parts[1].into(), parts[2].into()));
            }
            _ => {
                let (code, file) = line.split_once(' ').unwrap();
                let file = match file.contains('/') {
                    true => file.to_owned(),
                    false => format!("{file}/procedure.toml"),
                };
                cases.push(Case {
                    line: at + 1,
                    code: code.into(),
                    file,
                    changes: Vec::new(),
                    older: None,
                    mark: None,
                });
            }
        }
        last = ' ';
    }
    cases
}

fn files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    let duties = ["petition", "penalty", "market"];
    let mut folders = duties.map(|duty| Path::new(FIXTURES).join(duty)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(FIXTURES).unwrap().to_string_lossy().into_owned();
                files.push(SourceFile { path: inside, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    files
}

fn of(files: &[SourceFile], duty: &str) -> Vec<SourceFile> {
    files.iter().filter(|file| file.path.starts_with(duty)).cloned().collect()
}

struct Bench {
    files: Vec<SourceFile>,
    unchanged: Vec<(&'static str, Vec<Definition>)>,
    statutes: Statutes,
    organs: Organs,
}

impl Bench {
    fn new() -> Self {
        let embedded = source::embedded();
        let (statutes, organs) = (Statutes::parse(&embedded).0, Organs::parse(&embedded).0);
        let files = files();
        let unchanged =
            ["petition/", "penalty/"].map(|duty| (duty, read::folder(&of(&files, duty))));
        Self { files, unchanged: unchanged.into(), statutes, organs }
    }

    fn faults(&self, files: &[SourceFile]) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for (duty, unchanged) in &self.unchanged {
            match of(files, duty) == of(&self.files, duty) {
                true => all.extend(unchanged.iter().cloned()),
                false => all.extend(read::folder(&of(files, duty))),
            }
        }
        let homeless = read::overlays(&[of(files, "market/")], &mut all, &self.statutes);
        check::definitions(&mut all, &self.statutes, &self.organs);
        let faults = all.into_iter().flat_map(|definition| definition.faults);
        faults.chain(homeless).collect()
    }

    fn changed(&self, case: &Case) -> Vec<SourceFile> {
        let mut files = self.files.clone();
        if let Some((path, version, effective)) = &case.older {
            let file = files.iter().find(|file| file.path == case.file).unwrap();
            let text =
                file.text.replacen("2025.1", version, 1).replacen("2025-07-01", effective, 1);
            files.push(SourceFile { path: path.clone(), text });
        }
        let at = files.iter().position(|file| file.path == case.file);
        let at = at.unwrap_or_else(|| panic!("第{}行：没有文件 {}", case.line, case.file));
        for (find, put) in &case.changes {
            if find == "*" {
                files.remove(at);
                return files;
            }
            let text = &mut files[at].text;
            assert!(text.contains(find.as_str()), "faults.txt 第{}行：找不到 {find}", case.line);
            *text = match find.is_empty() {
                true => format!("{text}{put}\n"),
                false => text.replacen(find.as_str(), put, 1),
            };
        }
        files
    }
}

#[test]
fn every_fault_is_pointed_out_where_it_is() {
    let bench = Bench::new();
    let mut wrong = Vec::new();
    for case in cases() {
        let files = bench.changed(&case);
        let faults = bench.faults(&files);
        let text =
            |path: &str| files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
        let hit = faults.iter().filter(|fault| fault.code == case.code).any(|fault| {
            let marked = text(&fault.path).get(fault.span.clone()).unwrap_or_default();
            assert!(fault.instead.is_some(), "{} 没有说该怎么写", fault.code);
            case.mark.as_deref().is_none_or(|mark| {
                marked.starts_with(mark) || mark.starts_with(marked) && !marked.is_empty()
            })
        });
        if !hit {
            wrong.push(format!(
                "faults.txt 第{}行 {}：\n{}",
                case.line,
                case.code,
                render_all(&faults, &files, false)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} 处没有指出：\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_unchanged_law_has_no_fault() {
    let bench = Bench::new();
    let errors: Vec<Diagnostic> =
        bench.faults(&bench.files).into_iter().filter(Diagnostic::is_error).collect();
    assert!(errors.is_empty(), "{}", render_all(&errors, &bench.files, false));
}

/// Codes that only show when scenarios are run, or that other files have.
const ELSEWHERE: [&str; 3] = ["E0907", "E0908", "E2102"];

#[test]
fn every_code_has_a_case() {
    let mut codes = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["read", "expr", "check"] {
        for entry in fs::read_dir(root.join(room)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            codes.extend(text.match_indices("\"E").filter_map(|(at, _)| {
                let code = text.get(at + 1..at + 6)?;
                let digits = code[1..].chars().all(|c| c.is_ascii_digit());
                (digits && text[at + 6..].starts_with('"')).then(|| code.to_owned())
            }));
        }
    }
    let tried: BTreeSet<String> = cases().into_iter().map(|case| case.code).collect();
    let untried: Vec<&String> = codes
        .iter()
        .filter(|code| !tried.contains(*code) && !ELSEWHERE.contains(&code.as_str()))
        .collect();
    assert!(untried.is_empty(), "没有例子的代码：{untried:?}");
}

#[test]
fn a_fault_reads_like_this() {
    let bench = Bench::new();
    let mut shown = String::new();
    for (code, find, put) in [
        ("E0312", "within = \"60自然日\"", "within = \"60日\""),
        ("E0502", "\"review.verdict == 'pass' && after", "\"review.result == 'pass' && after"),
        ("E0702", "\"outcome\", \"score\"]", "\"outcome\", \"request\"]"),
        (
            "E0203",
            "《信访工作条例》第三十四条\"\n\n[act.extend]",
            "《信访工作条例》第三百条\"\n\n[act.extend]",
        ),
    ] {
        let mut files = bench.files.clone();
        let file = files.iter_mut().find(|file| file.path == "petition/procedure.toml").unwrap();
        assert!(file.text.contains(find), "{find}");
        file.text = file.text.replacen(find, put, 1);
        let faults = bench.faults(&files);
        let fault = faults.iter().find(|fault| fault.code == code).unwrap();
        let text = &files.iter().find(|file| file.path == fault.path).unwrap().text;
        shown.push_str(&fault.render(text, false));
        shown.push_str("\n\n");
    }
    assert_eq!(shown.trim_end(), include_str!("faults_shown.txt").trim_end(), "\n{shown}");
}
