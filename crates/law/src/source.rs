//! Where definitions come from: a folder on disk, the folder embedded in the binary, or both.

/// One file of the law folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}
