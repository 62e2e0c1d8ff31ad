//! Where the workspace is, and its text files.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask stands inside the workspace").to_path_buf()
}

/// One text file of the repository.
pub struct File {
    /// Its path from the root, with `/` between folders.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    /// Whether the file is Rust that goes into the product: not a test, a benchmark or a tool.
    pub fn is_product_code(&self) -> bool {
        self.is("rs") && self.path.starts_with("crates/") && self.path.contains("/src/")
    }

    /// The lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// Every text file of the repository, in order of path; what is built, run or hidden is left out.
pub fn files() -> Result<Vec<File>, String> {
    let root = root();
    let mut found = Vec::new();
    gather(&root, &root, &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// Folders of what is built or run.
const MADE: [&str; 6] =
    ["target", "data", "fuzz/target", "fuzz/corpus", "fuzz/artifacts", "fuzz/coverage"];

fn gather(root: &Path, folder: &Path, found: &mut Vec<File>) -> Result<(), String> {
    let unreadable = |fault: std::io::Error| format!("{}: {fault}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let inside = path.strip_prefix(root).expect("found below the root");
        let inside = inside.to_string_lossy().replace('\\', "/");
        let name = inside.rsplit('/').next().unwrap_or(&inside);
        if path.is_dir() {
            let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
            if !hidden && !MADE.contains(&inside.as_str()) {
                gather(root, &path, found)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push(File { path: inside, text });
        }
    }
    Ok(())
}
