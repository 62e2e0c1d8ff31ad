//! A damaged file is answered with faults, never with a crash, and every fault can be shown.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use law::{check, organ::Organs, read, source::SourceFile, statute::Statutes};

fn file(name: &str) -> SourceFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    SourceFile { path: name.into(), text: fs::read_to_string(path).unwrap() }
}

fn survives(files: &[SourceFile]) {
    let mut read = read::folder(files);
    check::definitions(&mut read, &Statutes::default(), &Organs::default());
    for fault in read.iter().flat_map(|definition| &definition.faults) {
        let file = files.iter().find(|file| file.path == fault.path);
        assert!(fault.render(file.map_or("", |file| &file.text), true).contains(fault.code));
    }
}

#[test]
fn damage_anywhere_is_a_fault_and_no_crash() {
    let names = ["procedure.toml", "scenarios.toml", "documents/decision.md"];
    let sound = names.map(|name| file(&format!("penalty/{name}")));
    for (at, original) in sound.iter().enumerate() {
        let places: Vec<usize> = original.text.char_indices().map(|(place, _)| place).collect();
        for (turn, place) in places.iter().copied().step_by(211).enumerate() {
            let (before, after) = original.text.split_at(place);
            let rest = after.chars().next().map_or("", |next| &after[next.len_utf8()..]);
            let damaged = match turn % 6 {
                0 => before.to_owned(),
                1 => format!("{before}{rest}"),
                2 => format!("{before}\"{after}"),
                3 => format!("{before}\u{0}\u{202e}😀{after}"),
                4 => format!("{before}'{rest}"),
                _ => format!("{before}\n[act.x]\n{after}"),
            };
            let mut files = sound.to_vec();
            files[at].text = damaged;
            survives(&files);
        }
    }
}

#[test]
fn odd_conditions_are_faults_and_no_crash() {
    let sound = file("penalty/procedure.toml");
    let condition = "collect.done";
    assert!(sound.text.contains(condition));
    let deep = "(".repeat(100);
    let many = "!".repeat(190);
    let odd = [
        "",
        " ",
        "(",
        ")",
        "'",
        "''",
        "'a",
        "a.",
        ".a",
        "a.b.c",
        "in",
        "x in",
        "in []",
        "[]",
        "[[1]]",
        "1.",
        "1.2.3",
        "99999999999999999999",
        "99999999999999999元",
        "1元元",
        "-",
        "--1",
        "- -",
        "!",
        "!!",
        "a b",
        "after()",
        "after('file')",
        "after(file, file)",
        "due(due('decide'))",
        "add(file.on, '')",
        "add(file.on, '0自然日')",
        "size(1)",
        "has()",
        "date('2025-02-30')",
        "null",
        "new",
        "new.",
        "finding",
        "finding.x.y",
        "fine == null",
        "fine in fine",
        "kind in ['fine'] in ['fine']",
        "字段 == 1",
        "“a”",
        "a；b",
        "\u{0}",
        "😀 == 1",
        &deep,
        &many,
        "is_org(party_name) == is_org(party_name)",
        "fine - -1 > 0",
        "stage in ['start', 'closed']",
    ];
    for text in odd {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\u{0}', "\\u0000");
        let mut damaged = sound.clone();
        damaged.text = damaged.text.replacen(condition, &escaped, 1);
        survives(&[damaged]);
    }
}
