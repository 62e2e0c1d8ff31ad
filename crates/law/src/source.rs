//! Where definitions come from: a folder on disk, the folder embedded in the binary, or both.

use std::{collections::BTreeMap, fs, io, path::Path};

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../law");

/// One file of the law folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The law folder that the binary carries, in order of paths.
pub fn embedded() -> Vec<SourceFile> {
    text_files(&EMBEDDED)
}

/// The `.toml` and `.md` files of a folder that the binary carries, in order of paths.
pub fn text_files(folder: &Dir<'_>) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files().filter(|file| is_source(file.path())) {
            let path = slashed(file.path());
            // The text was UTF-8 when it was compiled in, or it is no source.
            if let Some(text) = file.contents_utf8() {
                files.push(SourceFile { path, text: text.to_owned() });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The catalogue of laws that the binary carries beside the files; see [`crate::statute`].
pub fn catalogue() -> &'static str {
    let file = EMBEDDED.get_file("statutes/catalogue.tsv");
    file.and_then(|file| file.contents_utf8()).unwrap_or_default()
}

/// Reads every `.toml` and `.md` file below a folder, in order of paths.
///
/// Names that begin with a dot are passed over. A file that is not UTF-8 is an error that names it.
pub fn read_folder(folder: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            if hidden {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if is_source(&path) {
                let text = fs::read_to_string(&path).map_err(|error| {
                    io::Error::new(error.kind(), format!("{}：{error}", path.display()))
                })?;
                let inside = path.strip_prefix(folder).unwrap_or(&path);
                files.push(SourceFile { path: slashed(inside), text });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Lays files over others: a file of the same path replaces, any other is added. `--law FOLDER`
pub fn overlay(base: Vec<SourceFile>, over: Vec<SourceFile>) -> Vec<SourceFile> {
    let all = base.into_iter().chain(over);
    let by_path: BTreeMap<String, String> = all.map(|file| (file.path, file.text)).collect();
    by_path.into_iter().map(|(path, text)| SourceFile { path, text }).collect()
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml" || extension == "md")
}

fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
