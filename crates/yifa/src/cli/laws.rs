//! Laws from a folder of texts: `yifa law import` and `--laws`.

use std::{fs, path::Path};

use law::statute::{Statute, Statutes};

use super::{Failure, files, say};

/// Reads every text and every catalogue below a folder.
pub struct Imported {
    /// Lines of a catalogue.
    pub lines: String,
    /// Texts that were read as laws.
    pub laws: usize,
    /// Files that are none, each with its reason.
    pub passed_over: Vec<String>,
}

/// What a folder of law texts says.
pub fn import(folder: &Path) -> Result<Imported, Failure> {
    let mut imported = Imported { lines: String::new(), laws: 0, passed_over: Vec::new() };
    for path in files::below(folder)? {
        if path.extension().is_some_and(|extension| extension == "tsv") {
            let text = fs::read_to_string(&path)?;
            imported.laws += text.lines().filter(|line| !line.starts_with('#')).count();
            imported.lines.push_str(&text);
            continue;
        }
        let called = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = match files::read(&path) {
            Ok(read) => read,
            Err(Failure(why)) => {
                imported.passed_over.push(why);
                continue;
            }
        };
        let Some((statute, repealed)) = Statute::of_text(&called, &read.text) else {
            imported.passed_over.push(format!("{}：没有条文，不是法规", path.display()));
            continue;
        };
        imported.laws += 1;
        for one in [statute].iter().chain(&repealed) {
            imported.lines.push_str(&Statutes::catalogue_line(one));
            imported.lines.push('\n');
        }
    }
    Ok(imported)
}

/// 把一个文件夹的法规文本整理成法规目录
#[derive(Debug, clap::Args)]
pub struct Import {
    /// 放法规文本（TXT、网页、DOCX、PDF）的文件夹
    folder: std::path::PathBuf,
    /// 写到这个文件（放进法文件夹的 statutes/ 或者用 --laws 指给引用检查）；不写就打印
    #[arg(long, value_name = "文件")]
    to: Option<std::path::PathBuf>,
}

impl Import {
    pub fn run(&self) -> Result<(), Failure> {
        let imported = import(&self.folder)?;
        for why in &imported.passed_over {
            eprintln!("{why}");
        }
        let count =
            format!("读出法规{}部，跳过文件{}个", imported.laws, imported.passed_over.len());
        match &self.to {
            Some(file) => {
                fs::write(
                    file,
                    format!(
                        "# 由 {} 整理，条数和日期没有核对\n{}",
                        self.folder.display(),
                        imported.lines
                    ),
                )?;
                say!("{count}，写到{}", file.display());
            }
            None => {
                say!("{}", imported.lines.trim_end());
                eprintln!("{count}");
            }
        }
        Ok(())
    }
}
