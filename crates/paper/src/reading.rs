//! 读文件: what others have written, as text.
//!
//! [`read`] takes the bytes of a file of any origin and gives its text, or a refusal that tells
//! its bearer in plain words what to do. What a file is, its content says and not its name; a
//! name that says otherwise is refused, because one of the two is wrong. No file, however it is
//! made, costs more than a fixed amount of memory: each reader unfolds only so much.
//!
//! Rooms: `encoding` bytes to characters · `html`, `docx`, `pdf` one for each kind of file.

mod docx;
mod encoding;
mod html;
mod pdf;

use std::fmt;

pub use docx::text_of as text_of_docx;

/// The largest file that is read at all; whoever reads from a disk asks for the size first.
pub const LARGEST: u64 = 64 * MEGABYTE;

/// The longest text that is taken from one file, in bytes.
const LONGEST_TEXT: usize = 16 * 1024 * 1024;

const MEGABYTE: u64 = 1024 * 1024;

/// A file that was read. 读出的文件
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it is.
    pub kind: Kind,
    /// Its text: one paragraph a line, cells of a row apart by tabs, lines end with `\n`.
    pub text: String,
}

/// Kinds of file that can be read. 文件种类
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 纯文本, UTF-8, UTF-16 or GB18030.
    Text,
    /// 网页.
    Html,
    /// Word 文档.
    Docx,
    /// PDF.
    Pdf,
}

impl Kind {
    /// 名称.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Text => "纯文本",
            Kind::Html => "网页",
            Kind::Docx => "Word文档（DOCX）",
            Kind::Pdf => "PDF",
        }
    }
}

/// Why a file is not read, and what its bearer can do. 拒收
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// So many bytes are too many.
    TooLarge(u64),
    /// Text of so many bytes is too much.
    TooLong(usize),
    /// A small file that unfolds to an endless one.
    Unfolds,
    /// Not whole.
    Damaged(Kind),
    /// The name says one thing, the content another.
    WrongName {
        /// What the name ends with.
        extension: String,
        /// What the content is.
        kind: Kind,
    },
    /// Locked with a password, or against copying.
    Locked,
    /// Pictures of text.
    NoText,
    /// Text whose letters cannot be told.
    Unlettered,
    /// Nothing in it.
    Empty,
    /// A kind of file that is not read: what it is, and what to do.
    Foreign(&'static str, &'static str),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::TooLarge(bytes) => write!(
                f,
                "文件有{}MB，最多读{}MB；请去掉图片或者拆开再交",
                bytes.div_ceil(MEGABYTE),
                LARGEST / MEGABYTE
            ),
            Unread::TooLong(bytes) => write!(
                f,
                "文件里的文字有{}MB，最多读{}MB；请拆开再交",
                bytes.div_ceil(MEGABYTE as usize),
                LONGEST_TEXT / MEGABYTE as usize
            ),
            Unread::Unfolds => {
                f.write_str("文件解开后大得不正常，可能是恶意文件，没有读；请另存一份再交")
            }
            Unread::Damaged(kind) => {
                write!(f, "文件像是{}，但是已经损坏，读不出来；请重新导出再交", kind.name())
            }
            Unread::WrongName { extension, kind } => write!(
                f,
                "文件名以“.{extension}”结尾，内容却是{}；请核对是不是传错了文件，或者改正文件名再交",
                kind.name()
            ),
            Unread::Locked => f.write_str("文件加了密码或者限制，读不出来；请去掉密码再交"),
            Unread::NoText => {
                f.write_str("文件里没有文字，多半是扫描件；请交原来的电子文档，或者先做文字识别")
            }
            Unread::Unlettered => f.write_str(
                "文件里的文字没有带编码对照，读不出来；请交原来的电子文档，或者重新导出",
            ),
            Unread::Empty => f.write_str("文件是空的"),
            Unread::Foreign(what, remedy) => write!(f, "文件是{what}，不能读；{remedy}"),
        }
    }
}

impl std::error::Error for Unread {}

/// Reads a file: its name as its bearer gave it, and its bytes.
pub fn read(name: &str, file: &[u8]) -> Result<Reading, Unread> {
    let size = file.len() as u64;
    if size > LARGEST {
        return Err(Unread::TooLarge(size));
    }
    let kind = kind_of(file)?;
    let extension = extension_of(name);
    if !may_be_named(kind, &extension) {
        return Err(Unread::WrongName { extension, kind });
    }
    let text = match kind {
        Kind::Text => plain(&encoding::decode(file, None)?),
        Kind::Html => html::text_of(file)?,
        Kind::Docx => docx::text_of(file)?,
        Kind::Pdf => pdf::text_of(file)?,
    };
    match text.trim().is_empty() {
        true if kind == Kind::Pdf => Err(Unread::NoText),
        true => Err(Unread::Empty),
        false => Ok(Reading { kind, text }),
    }
}

/// The code points of a text, to say where its bytes stand. 字符位置
///
/// Offsets are asked for in any order; asking in rising order is fast.
#[derive(Debug)]
pub struct CodePoints<'a> {
    text: &'a str,
    /// Code points before each further block of bytes.
    blocks: Vec<usize>,
}

/// Bytes of a block.
const BLOCK: usize = 256;

impl<'a> CodePoints<'a> {
    /// Counts a text once.
    pub fn of(text: &'a str) -> Self {
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut before = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            blocks.push(before);
            before += block.iter().filter(|byte| is_first(**byte)).count();
        }
        Self { text, blocks }
    }

    /// Code points before a byte.
    pub fn before(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let block = (byte / BLOCK).min(self.blocks.len().saturating_sub(1));
        let rest = &self.text.as_bytes()[block * BLOCK..byte];
        let inside = rest.iter().filter(|byte| is_first(**byte)).count();
        self.blocks.get(block).copied().unwrap_or(0) + inside
    }
}

/// Whether a byte begins a code point.
fn is_first(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// What a file is by its first bytes.
fn kind_of(file: &[u8]) -> Result<Kind, Unread> {
    const WORD: &str = "请用Word或者WPS另存为DOCX再交";
    let begins = |signature: &[u8]| file.starts_with(signature);
    if file.is_empty() {
        return Err(Unread::Empty);
    }
    // Some producers put a few bytes before the signature of a PDF.
    if file[..file.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return docx::is_docx(file).map(|()| Kind::Docx);
    }
    if begins(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let locked = contains(file, &utf16("EncryptedPackage"));
        return Err(if locked {
            Unread::Locked
        } else {
            Unread::Foreign("旧版Word或者Excel文件", WORD)
        });
    }
    let foreign: [(&[u8], &str, &str); 11] = [
        (b"{\\rtf", "RTF文档", WORD),
        (b"\x89PNG", "图片", "请交原来的电子文档"),
        (b"\xFF\xD8\xFF", "图片", "请交原来的电子文档"),
        (b"GIF8", "图片", "请交原来的电子文档"),
        (b"II*\0", "图片", "请交原来的电子文档"),
        (b"Rar!", "压缩包", "请解开再交"),
        (b"7z\xBC\xAF", "压缩包", "请解开再交"),
        (b"\x1F\x8B", "压缩包", "请解开再交"),
        (b"MZ", "程序", "请核对是不是传错了文件"),
        (b"\x7FELF", "程序", "请核对是不是传错了文件"),
        (b"%!PS", "打印文件", "请导出为PDF再交"),
    ];
    if let Some((_, what, remedy)) = foreign.iter().find(|(signature, ..)| begins(signature)) {
        return Err(Unread::Foreign(what, remedy));
    }
    Ok(if html::is_html(file) { Kind::Html } else { Kind::Text })
}

fn extension_of(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension = base.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.chars().take(12).collect::<String>().to_lowercase()
}

/// Whether a file of this kind may bear this extension; an extension that promises nothing may
/// stand on any.
fn may_be_named(kind: Kind, extension: &str) -> bool {
    match extension {
        "pdf" => kind == Kind::Pdf,
        "docx" => kind == Kind::Docx,
        "txt" | "md" | "htm" | "html" | "shtml" => matches!(kind, Kind::Text | Kind::Html),
        _ => true,
    }
}

/// A plain text with one kind of line end.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

fn utf16(word: &str) -> Vec<u8> {
    word.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
