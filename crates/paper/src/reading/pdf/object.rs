//! Values as PDF writes them.

use std::collections::BTreeMap;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Number(f32),
    Text(Vec<u8>),
    Name(String),
    List(Vec<Object>),
    Dict(Dict),
    /// `12 0 R`.
    Ref(u32),
    /// A bare word: an operator, `true`, `obj`.
    Word(String),
}

/// Names and values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict(BTreeMap<String, Object>);

impl Dict {
    pub fn get(&self, key: &str) -> Option<&Object> {
        self.0.get(key)
    }

    pub fn set(&mut self, key: &str, value: Object) {
        self.0.insert(key.to_owned(), value);
    }

    /// Whether a key holds this name.
    pub fn is(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Object::name) == Some(name)
    }

    pub fn number(&self, key: &str) -> Option<f32> {
        self.get(key).and_then(Object::number)
    }
}

impl Object {
    pub fn number(&self) -> Option<f32> {
        match self {
            Object::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Values nested deeper are a trap.
const DEEPEST: usize = 32;

/// Reads values one after another.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The next value, `12 0 R` as one; `None` at the end or where there is none.
    pub fn value(&mut self) -> Option<Object> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Object> {
        self.blanks();
        let first = self.peek()?;
        match first {
            b'/' => Some(Object::Name(self.name())),
            b'(' => self.text().map(Object::Text),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.dict(depth),
            b'<' => Some(Object::Text(self.hex())),
            b'[' => self.list(depth),
            b'0'..=b'9' | b'+' | b'-' | b'.' => Some(self.number_or_ref()),
            b']' | b'>' | b')' | b'{' | b'}' => {
                self.at += 1;
                Some(Object::Word((first as char).to_string()))
            }
            _ => Some(self.word()),
        }
    }

    pub fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.at += line.unwrap_or(rest.len());
                }
                byte if is_blank(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The bytes up to the next blank or bracket.
    fn regular(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| is_blank(*byte) || is_bracket(*byte));
        let regular = &rest[..end.unwrap_or(rest.len())];
        self.at += regular.len();
        regular
    }

    fn word(&mut self) -> Object {
        match lossy(self.regular()).as_str() {
            "null" => Object::Null,
            word => Object::Word(word.to_owned()),
        }
    }

    fn name(&mut self) -> String {
        self.at += 1;
        let written = self.regular();
        let mut name = Vec::with_capacity(written.len().min(128));
        let mut at = 0;
        while at < written.len().min(1024) {
            let coded = (written[at] == b'#')
                .then(|| written.get(at + 1..at + 3))
                .flatten()
                .and_then(|pair| Some(hex_digit(pair[0])? * 16 + hex_digit(pair[1])?));
            name.push(coded.unwrap_or(written[at]));
            at += if coded.is_some() { 3 } else { 1 };
        }
        lossy(&name)
    }

    fn number_or_ref(&mut self) -> Object {
        let number = self.number();
        let after = self.at;
        let whole = (0.0..=8_388_607.0).contains(&number) && number.fract() == 0.0;
        if whole && self.generation() && self.bytes.get(self.at) == Some(&b'R') {
            let next = self.bytes.get(self.at + 1);
            if next.is_none_or(|byte| is_blank(*byte) || is_bracket(*byte)) {
                self.at += 1;
                return Object::Ref(number as u32);
            }
        }
        self.at = after;
        Object::Number(number)
    }

    /// Passes over ` 0 `.
    fn generation(&mut self) -> bool {
        let start = self.at;
        self.blanks();
        let digits = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) && self.at - digits < 5 {
            self.at += 1;
        }
        let some = self.at > digits && digits > start;
        self.blanks();
        some
    }

    fn number(&mut self) -> f32 {
        let written = self.regular();
        let mut value = 0.0_f64;
        let mut scale = None;
        for byte in written.iter().take(40) {
            match byte {
                b'0'..=b'9' => {
                    let digit = f64::from(byte - b'0');
                    match &mut scale {
                        None => value = value * 10.0 + digit,
                        Some(scale) => {
                            *scale /= 10.0;
                            value += digit * *scale;
                        }
                    }
                }
                b'.' => scale = Some(1.0),
                b'-' | b'+' => {}
                _ => break,
            }
        }
        let value = if written.first() == Some(&b'-') { -value } else { value };
        value.clamp(-1e9, 1e9) as f32
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let (mut text, mut depth) = (Vec::new(), 1);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    self.escaped(&mut text);
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return Some(text);
            }
            text.push(byte);
        }
        None
    }

    fn escaped(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push((value & 0xFF) as u8);
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
        self.at = (self.at + end + 1).min(self.bytes.len());
        let digits: Vec<u8> = rest[..end].iter().filter_map(|byte| hex_digit(*byte)).collect();
        digits.chunks(2).map(|pair| pair[0] * 16 + pair.get(1).unwrap_or(&0)).collect()
    }

    fn list(&mut self, depth: usize) -> Option<Object> {
        self.at += 1;
        let mut list = Vec::new();
        loop {
            match self.inside(depth)? {
                Object::Word(word) if word == "]" => return Some(Object::List(list)),
                Object::Word(word) if is_structure(&word) => return None,
                value => list.push(value),
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Object> {
        self.at += 2;
        let mut dict = BTreeMap::new();
        loop {
            self.blanks();
            if self.bytes[self.at.min(self.bytes.len())..].starts_with(b">>") {
                self.at += 2;
                return Some(Object::Dict(Dict(dict)));
            }
            match self.inside(depth)? {
                Object::Name(key) => {
                    self.blanks();
                    if self.bytes[self.at..].starts_with(b">>") {
                        continue;
                    }
                    let value = self.inside(depth)?;
                    if matches!(&value, Object::Word(word) if is_structure(word)) {
                        return None;
                    }
                    dict.insert(key, value);
                }
                Object::Word(word) if is_structure(&word) => return None,
                _ => {}
            }
        }
    }

    fn inside(&mut self, depth: usize) -> Option<Object> {
        if depth >= DEEPEST {
            return None;
        }
        self.nested(depth + 1)
    }
}

/// Words that end whatever was left open.
fn is_structure(word: &str) -> bool {
    matches!(word, "obj" | "endobj" | "stream" | "endstream" | "xref" | "trailer")
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(super) fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
