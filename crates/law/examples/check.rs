//! `cargo run -p law --example check -- FOLDER`: what is wrong with one procedure's folder, or
//! with every procedure under `FOLDER/procedures`.

use std::{fs, path::Path, process::ExitCode};

use law::{diagnostic, read, source::SourceFile};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("用法：check 文件夹");
        return ExitCode::FAILURE;
    };
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    let mut folders: Vec<&str> = files
        .iter()
        .filter_map(|file| file.path.strip_suffix("procedure.toml"))
        .collect();
    folders.sort();
    let mut faults = Vec::new();
    for folder in folders {
        let inside: Vec<SourceFile> = files
            .iter()
            .filter(|file| file.path.starts_with(folder))
            .cloned()
            .collect();
        for definition in read::folder(&inside) {
            let p = &definition.procedure;
            let conditions: usize = p.acts.values().map(|act| act.require.len()).sum();
            println!(
                "{}：行为 {}，条件 {}，期限 {}，文书 {}，指标 {}，考题 {}",
                p.key(),
                p.acts.len(),
                conditions,
                p.deadlines.len(),
                p.documents.len(),
                p.indicators.len(),
                p.scenarios.len()
            );
            faults.extend(definition.faults);
        }
    }
    print!("{}", diagnostic::render_all(&faults, &files, false));
    match faults.iter().any(|fault| fault.is_error()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn collect(folder: &Path, files: &mut Vec<SourceFile>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(SourceFile {
                path: path.to_string_lossy().into_owned(),
                text,
            });
        }
    }
}
