//! Which letters the codes of a font mean, and how wide they are.

use std::collections::HashMap;

use encoding_rs::{GB18030, UTF_16BE, WINDOWS_1252};

use super::{
    file::File,
    object::{Dict, Lexer, Object},
};
use crate::reading::Unread;

/// No honest font tells more letters.
const MOST_LETTERS: usize = 100_000;

/// A font as far as reading needs it.
#[derive(Debug, Default)]
pub(super) struct Font {
    /// How many bytes a code has.
    codes: Codes,
    /// What the file itself says the codes mean.
    letters: HashMap<u32, String>,
    /// What else tells.
    otherwise: Otherwise,
    /// Widths in thousandths of the size.
    widths: HashMap<u32, f32>,
    width: f32,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Codes {
    #[default]
    One,
    Two,
    /// One byte or two, as GB codes are.
    Gb,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Otherwise {
    /// The code is a letter of the western page.
    #[default]
    Western,
    /// The code is a letter of UTF-16.
    Utf16,
    /// The code is a letter of GB18030.
    Gb,
    /// Only the font itself knows.
    Unknown,
}

/// One code as read.
pub(super) struct Letter {
    /// What it means; `None` if nobody can tell.
    pub text: Option<String>,
    /// Its width in thousandths.
    pub width: f32,
    /// Whether word spacing applies.
    pub is_blank: bool,
}

impl Font {
    pub fn read(file: &mut File<'_>, dict: &Dict) -> Result<Self, Unread> {
        let mut font = if dict.is("Subtype", "Type0") {
            Self::composite(file, dict)?
        } else {
            Self::simple(file, dict)
        };
        if let Some(map) = dict.get("ToUnicode")
            && let Some((_, data)) = file.stream(map)?
        {
            font.letters.extend(letters(&data));
        }
        Ok(font)
    }

    fn composite(file: &mut File<'_>, dict: &Dict) -> Result<Self, Unread> {
        let encoding = file.value(dict.get("Encoding").unwrap_or(&Object::Null));
        let (codes, otherwise) = match encoding.name().unwrap_or_default() {
            name if name.contains("UCS2") || name.contains("UTF16") => {
                (Codes::Two, Otherwise::Utf16)
            }
            name if name.starts_with("GB") && name.contains("-EUC") || name.starts_with("GBK") => {
                (Codes::Gb, Otherwise::Gb)
            }
            _ => (Codes::Two, Otherwise::Unknown),
        };
        let mut font = Self { codes, otherwise, width: 1000.0, ..Self::default() };
        let descendants = file.list_in(dict, "DescendantFonts").unwrap_or_default();
        let Some(descendant) = descendants.first().and_then(|one| file.dict(one)) else {
            return Ok(font);
        };
        font.width = descendant.number("DW").unwrap_or(1000.0);
        // The widths are those of glyphs; only here are the codes the glyphs.
        if otherwise == Otherwise::Unknown {
            let widths = file.list_in(&descendant, "W").unwrap_or_default();
            font.glyph_widths(&widths.iter().map(|one| file.value(one)).collect::<Vec<_>>());
        }
        Ok(font)
    }

    /// `3 [500 600] 10 20 1000`: from 3 on these; 10 to 20 all the same.
    fn glyph_widths(&mut self, list: &[Object]) {
        let (mut at, mut written) = (0, 0);
        while let Some(first) = list.get(at).and_then(Object::number) {
            let first = first.max(0.0) as u32;
            match (list.get(at + 1), list.get(at + 2)) {
                (Some(Object::List(widths)), _) => {
                    for (code, width) in (first..).zip(widths) {
                        self.widths.insert(code, width.number().unwrap_or(self.width));
                    }
                    written += widths.len();
                    at += 2;
                }
                (Some(Object::Number(last)), Some(Object::Number(width))) => {
                    for code in first..=(*last as u32).min(first.saturating_add(65_535)) {
                        self.widths.insert(code, *width);
                        written += 1;
                    }
                    at += 3;
                }
                _ => return,
            }
            if written > MOST_LETTERS {
                return;
            }
        }
    }

    fn simple(file: &File<'_>, dict: &Dict) -> Self {
        let mut font = Self { width: 500.0, ..Self::default() };
        let first = dict.number("FirstChar").unwrap_or(0.0).max(0.0) as u32;
        for (code, width) in (first..256).zip(file.list_in(dict, "Widths").unwrap_or_default()) {
            if let Some(width) = file.value(&width).number() {
                font.widths.insert(code, width);
            }
        }
        let encoding = file.dict_in(dict, "Encoding").unwrap_or_default();
        let mut code = 0;
        for one in file.list_in(&encoding, "Differences").unwrap_or_default() {
            match one {
                Object::Number(number) => code = number.max(0.0) as u32,
                Object::Name(name) => {
                    if let Some(letter) = letter_named(&name) {
                        font.letters.insert(code, letter.to_string());
                    }
                    code += 1;
                }
                _ => {}
            }
        }
        font
    }

    /// The letters of a text.
    pub fn letters(&self, text: &[u8]) -> Vec<Letter> {
        let mut letters = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(&first) = rest.first() {
            let bytes = match self.codes {
                Codes::One => 1,
                Codes::Two => 2,
                Codes::Gb => 1 + usize::from(first >= 0x81),
            };
            let (code, after) = rest.split_at(bytes.min(rest.len()));
            rest = after;
            letters.push(self.letter(code));
        }
        letters
    }

    fn letter(&self, bytes: &[u8]) -> Letter {
        let code = bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
        let narrow = self.codes == Codes::Gb && bytes.len() == 1;
        let otherwise = if narrow { 500.0 } else { self.width };
        let text = self.letters.get(&code).cloned().or_else(|| {
            let encoding = match self.otherwise {
                Otherwise::Western => WINDOWS_1252,
                Otherwise::Utf16 => UTF_16BE,
                Otherwise::Gb => GB18030,
                Otherwise::Unknown => return None,
            };
            encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(|text| text.into_owned())
        });
        Letter {
            text,
            width: self.widths.get(&code).copied().unwrap_or(otherwise),
            is_blank: bytes == b" ",
        }
    }
}

/// What a ToUnicode table says: code = letters.
fn letters(table: &[u8]) -> HashMap<u32, String> {
    let mut letters = HashMap::new();
    let mut lexer = Lexer::new(table, 0);
    let mut held: Vec<Object> = Vec::new();
    // Written, and not kept: a table may write one letter over and over.
    let mut written = 0;
    while written < MOST_LETTERS {
        let Some(value) = lexer.value() else { break };
        match value {
            Object::Word(word) => {
                match word.as_str() {
                    "endbfchar" => {
                        for pair in held.chunks_exact(2) {
                            if let [Object::Text(code), Object::Text(text)] = pair {
                                letters.insert(code_of(code), utf16(text));
                                written += 1;
                            }
                        }
                    }
                    "endbfrange" => {
                        for range in held.chunks_exact(3) {
                            if written < MOST_LETTERS {
                                written += ranged(range, &mut letters);
                            }
                        }
                    }
                    _ => {}
                }
                held.clear();
            }
            value if held.len() < 4096 => held.push(value),
            _ => {}
        }
    }
    letters
}

/// How many letters a range wrote.
fn ranged(range: &[Object], letters: &mut HashMap<u32, String>) -> usize {
    match range {
        [Object::Text(first), Object::Text(last), Object::Text(text)] => {
            let (first, last) = (code_of(first), code_of(last));
            let last = last.min(first.saturating_add(65_535));
            let mut units = units(text);
            for code in first..=last {
                letters.insert(code, String::from_utf16_lossy(&units));
                if let Some(unit) = units.last_mut() {
                    *unit = unit.wrapping_add(1);
                }
            }
            last.saturating_sub(first) as usize + 1
        }
        [Object::Text(first), Object::Text(_), Object::List(list)] => {
            for (code, text) in (code_of(first)..).zip(list) {
                if let Object::Text(text) = text {
                    letters.insert(code, utf16(text));
                }
            }
            list.len()
        }
        _ => 0,
    }
}

fn code_of(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    let pairs = bytes.chunks(2).take(16);
    pairs.map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect()
}

fn utf16(bytes: &[u8]) -> String {
    String::from_utf16_lossy(&units(bytes))
}

/// The letter that a glyph's name names.
fn letter_named(name: &str) -> Option<char> {
    let hex = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'));
    if let Some(code) = hex.filter(|hex| (4..=6).contains(&hex.len()))
        && let Ok(code) = u32::from_str_radix(code, 16)
    {
        return char::from_u32(code);
    }
    if name.chars().count() == 1 {
        return name.chars().next();
    }
    let named = [
        ("space", ' '),
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("period", '.'),
        ("comma", ','),
        ("hyphen", '-'),
        ("minus", '-'),
        ("plus", '+'),
        ("percent", '%'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("slash", '/'),
        ("colon", ':'),
        ("semicolon", ';'),
        ("equal", '='),
        ("bracketleft", '['),
        ("bracketright", ']'),
        ("quotedblleft", '“'),
        ("quotedblright", '”'),
        ("emdash", '—'),
        ("endash", '–'),
        ("bullet", '•'),
        ("asterisk", '*'),
        ("numbersign", '#'),
        ("ampersand", '&'),
    ];
    named.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}
