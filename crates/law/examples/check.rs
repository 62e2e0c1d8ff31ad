//! `cargo run -p law --example check -- FOLDER`: what is wrong with a law folder, or with the
//! folder of one procedure.

use std::{fs, path::Path, process::ExitCode};

use law::{Law, check, diagnostic, organ::Organs, read, source::SourceFile, statute::Statutes};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("用法：check 文件夹");
        return ExitCode::FAILURE;
    };
    let root = Path::new(&folder);
    let mut files = Vec::new();
    collect(root, root, &mut files);
    let faults = if root.join("procedures").is_dir() {
        let (law, faults) = Law::parse(&files);
        for p in law.newest() {
            let conditions: usize = p.acts.values().map(|act| act.require.len()).sum();
            println!(
                "{}：行为 {}，条件 {conditions}，期限 {}，文书 {}，指标 {}，考题 {}",
                p.key(),
                p.acts.len(),
                p.deadlines.len(),
                p.documents.len(),
                p.indicators.len(),
                p.scenarios.len()
            );
        }
        faults
    } else {
        let mut read = read::folder(&files);
        let embedded = law::source::embedded();
        let (statutes, _) = Statutes::parse(&embedded);
        let (organs, _) = Organs::parse(&embedded);
        check::definitions(&mut read, &statutes, &organs);
        read.into_iter()
            .flat_map(|definition| definition.faults)
            .collect()
    };
    print!("{}", diagnostic::render_all(&faults, &files, false));
    match faults.iter().any(|fault| fault.is_error()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(text), Ok(inside)) = (fs::read_to_string(&path), path.strip_prefix(root))
        {
            files.push(SourceFile {
                path: inside.to_string_lossy().into_owned(),
                text,
            });
        }
    }
}
