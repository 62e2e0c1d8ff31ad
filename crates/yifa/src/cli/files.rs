//! Files that are read on the command line, whoever wrote them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use paper::reading::{self, Reading, Unread};

use super::Failure;

/// The text of a file, or why it is not read; a file too large is not even opened.
pub fn read(path: &Path) -> Result<Reading, Failure> {
    let failed = |why: &dyn std::fmt::Display| Failure::said(format!("{}：{why}", path.display()));
    let size = fs::metadata(path).map_err(|error| failed(&format!("读不了：{error}")))?.len();
    if size > reading::LARGEST {
        return Err(failed(&Unread::TooLarge(size)));
    }
    let file = fs::read(path).map_err(|error| failed(&format!("读不了：{error}")))?;
    reading::read(&path.to_string_lossy(), &file).map_err(|refusal| failed(&refusal))
}

/// Every file below a folder, in order; hidden ones are passed over.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let entries = fs::read_dir(&current).map_err(|error| {
            Failure::said(format!("错误：文件夹{}读不了：{error}", current.display()))
        })?;
        for entry in entries {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            match (hidden, path.is_dir()) {
                (true, _) => {}
                (false, true) => folders.push(path),
                (false, false) => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}
