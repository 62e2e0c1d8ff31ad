//! Where the objects of a file stand, and what its streams hold.

use std::{collections::HashMap, ops::Range, rc::Rc};

use super::{
    filter::{Budget, unfold},
    object::{Dict, Lexer, Object, is_blank},
};
use crate::reading::{Kind, Unread};

/// No honest report has more objects.
const MOST_OBJECTS: usize = 600_000;
/// A reference may lead to a reference, but not far.
const LONGEST_CHAIN: usize = 8;

/// A file and its objects.
pub(super) struct File<'b> {
    bytes: &'b [u8],
    places: HashMap<u32, Place>,
    root: Option<Object>,
    budget: Budget,
}

#[derive(Clone)]
enum Place {
    /// In the file, at its value.
    Here(usize),
    /// In what a stream of objects holds.
    Packed(Rc<Vec<u8>>, usize),
}

/// A dictionary and the bytes behind it.
type Stream = (Dict, Range<usize>);

impl<'b> File<'b> {
    /// Finds every object; of several of one number the last holds.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Unread> {
        let mut file =
            Self { bytes, places: HashMap::new(), root: None, budget: Budget::default() };
        let mut scan = Scan { bytes, at: 0, endless: false };
        while let Some(found) = scan.next() {
            match found {
                Found::Object(number, at) => {
                    file.places.insert(number, Place::Here(at));
                }
                Found::Stream(number, at, (dict, raw)) => {
                    file.places.insert(number, Place::Here(at));
                    if dict.is("Type", "ObjStm") {
                        file.unpack(&dict, raw)?;
                    } else if dict.is("Type", "XRef") {
                        file.trailer(&dict)?;
                    }
                }
                Found::Trailer(dict) => file.trailer(&dict)?,
            }
            if file.places.len() > MOST_OBJECTS {
                return Err(Unread::Unfolds);
            }
        }
        if file.places.is_empty() {
            return Err(Unread::Damaged(Kind::Pdf));
        }
        Ok(file)
    }

    fn trailer(&mut self, dict: &Dict) -> Result<(), Unread> {
        if dict.get("Encrypt").is_some_and(|encrypt| *encrypt != Object::Null) {
            return Err(Unread::Locked);
        }
        if let Some(root) = dict.get("Root") {
            self.root = Some(root.clone());
        }
        Ok(())
    }

    /// Objects inside a stream.
    fn unpack(&mut self, dict: &Dict, raw: Range<usize>) -> Result<(), Unread> {
        let Some(data) = unfold(dict, &self.bytes[raw], &mut self.budget)? else { return Ok(()) };
        let number = |key| dict.number(key).unwrap_or(0.0).max(0.0) as usize;
        let (count, first) = (number("N").min(MOST_OBJECTS), number("First"));
        let data = Rc::new(data);
        let mut heads = Lexer::new(&data, 0);
        for _ in 0..count {
            let (Some(Object::Number(name)), Some(Object::Number(offset))) =
                (heads.value(), heads.value())
            else {
                break;
            };
            let at = first + offset.max(0.0) as usize;
            if name >= 0.0 && at < data.len() {
                self.places.insert(name as u32, Place::Packed(Rc::clone(&data), at));
            }
        }
        Ok(())
    }

    /// The catalogue: where the last trailer says, else where it stands.
    pub fn root(&self) -> Option<Object> {
        let said = self.root.clone().filter(|root| self.dict(root).is_some());
        let is_root = |number: &u32| {
            self.dict(&Object::Ref(*number)).is_some_and(|dict| dict.is("Type", "Catalog"))
        };
        said.or_else(|| self.numbers().find(is_root).map(Object::Ref))
    }

    /// The numbers of all objects, in order.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        let mut numbers: Vec<u32> = self.places.keys().copied().collect();
        numbers.sort_unstable();
        numbers.into_iter()
    }

    /// What a value is once references are followed.
    pub fn value(&self, object: &Object) -> Object {
        let mut object = object.clone();
        for _ in 0..LONGEST_CHAIN {
            let Object::Ref(number) = object else { return object };
            let read = match self.places.get(&number) {
                Some(Place::Here(at)) => Lexer::new(self.bytes, *at).value(),
                Some(Place::Packed(data, at)) => Lexer::new(data, *at).value(),
                None => None,
            };
            object = read.unwrap_or(Object::Null);
        }
        Object::Null
    }

    pub fn dict(&self, object: &Object) -> Option<Dict> {
        match self.value(object) {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub fn dict_in(&self, dict: &Dict, key: &str) -> Option<Dict> {
        self.dict(dict.get(key)?)
    }

    pub fn list_in(&self, dict: &Dict, key: &str) -> Option<Vec<Object>> {
        match self.value(dict.get(key)?) {
            Object::List(list) => Some(list),
            _ => None,
        }
    }

    /// A stream, unfolded, with its dictionary; `None` if it is none or cannot be unfolded.
    pub fn stream(&mut self, object: &Object) -> Result<Option<(Dict, Vec<u8>)>, Unread> {
        let mut object = object.clone();
        for _ in 0..LONGEST_CHAIN {
            let Object::Ref(number) = object else { return Ok(None) };
            let Some(Place::Here(at)) = self.places.get(&number) else { return Ok(None) };
            let mut lexer = Lexer::new(self.bytes, *at);
            match lexer.value() {
                Some(Object::Dict(dict)) => {
                    let length = self.value(dict.get("Length").unwrap_or(&Object::Null)).number();
                    let Some(raw) = raw(self.bytes, lexer.at, length) else { return Ok(None) };
                    let dict = self.resolved(dict);
                    let data = unfold(&dict, &self.bytes[raw], &mut self.budget)?;
                    return Ok(data.map(|data| (dict, data)));
                }
                Some(other) => object = other,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The filters of a stream may be written elsewhere.
    fn resolved(&self, dict: Dict) -> Dict {
        let mut dict = dict;
        for key in ["Filter", "DecodeParms"] {
            if let Some(value) = dict.get(key) {
                let value = match self.value(value) {
                    Object::List(list) => {
                        Object::List(list.iter().map(|one| self.value(one)).collect())
                    }
                    one => one,
                };
                dict.set(key, value);
            }
        }
        dict
    }
}

enum Found {
    Object(u32, usize),
    Stream(u32, usize, Stream),
    Trailer(Dict),
}

/// Walks over a file once.
struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
    /// From here on no stream ends.
    endless: bool,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<Found> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let step = rest.iter().position(|byte| matches!(byte, b'o' | b't'))?;
            self.at += step;
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"trailer") {
                let mut lexer = Lexer::new(self.bytes, self.at + b"trailer".len());
                let value = lexer.value();
                self.at = lexer.at.max(self.at + 1);
                if let Some(Object::Dict(dict)) = value {
                    return Some(Found::Trailer(dict));
                }
            } else if rest.starts_with(b"obj")
                && let Some(number) = number_before(&self.bytes[..self.at])
            {
                return Some(self.object(number));
            } else {
                self.at += 1;
            }
        }
    }

    fn object(&mut self, number: u32) -> Found {
        let at = self.at + b"obj".len();
        let mut lexer = Lexer::new(self.bytes, at);
        let value = lexer.value();
        // Where reading stopped, so that no byte is read twice however damaged the file.
        self.at = lexer.at.max(at);
        if let Some(Object::Dict(dict)) = value
            && !self.endless
            && is_stream(self.bytes, lexer.at)
        {
            match raw(self.bytes, lexer.at, dict.number("Length")) {
                Some(raw) => {
                    self.at = raw.end;
                    return Found::Stream(number, at, (dict, raw));
                }
                None => self.endless = true,
            }
        }
        Found::Object(number, at)
    }
}

/// `12 0 ` before `obj`.
fn number_before(before: &[u8]) -> Option<u32> {
    let tail = &before[before.len().saturating_sub(32)..];
    let tail = tail.trim_ascii_end();
    let (tail, generation) = digits_at_end(tail);
    let (_, number) = digits_at_end(tail.trim_ascii_end());
    let apart = tail.last().is_some_and(u8::is_ascii_whitespace);
    let number = std::str::from_utf8(number).ok()?;
    (apart && !generation.is_empty()).then(|| number.parse().ok()).flatten()
}

fn digits_at_end(bytes: &[u8]) -> (&[u8], &[u8]) {
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at(bytes.len() - digits)
}

fn is_stream(bytes: &[u8], at: usize) -> bool {
    let mut lexer = Lexer::new(bytes, at);
    lexer.blanks();
    bytes[lexer.at..].starts_with(b"stream")
}

/// The bytes of a stream whose dictionary ends here: as long as it says if it ends there, else to
/// where it ends.
fn raw(bytes: &[u8], after: usize, length: Option<f32>) -> Option<Range<usize>> {
    if !is_stream(bytes, after) {
        return None;
    }
    let mut lexer = Lexer::new(bytes, after);
    lexer.blanks();
    let mut start = lexer.at + b"stream".len();
    if bytes.get(start) == Some(&b'\r') {
        start += 1;
    }
    if bytes.get(start) == Some(&b'\n') {
        start += 1;
    }
    // Lengths above sixteen million are not exact in an f32; those streams are searched.
    let said = length.filter(|length| (0.0..16_000_000.0).contains(length));
    if let Some(end) = said.and_then(|length| start.checked_add(length as usize))
        && end <= bytes.len()
    {
        let gap = bytes[end..].iter().take_while(|byte| is_blank(**byte)).take(4).count();
        if bytes[end + gap..].starts_with(b"endstream") {
            return Some(start..end);
        }
    }
    let rest = bytes.get(start..)?;
    let mut from = 0;
    loop {
        let step = rest[from..].iter().position(|byte| *byte == b'e')?;
        from += step;
        if rest[from..].starts_with(b"endstream") {
            return Some(start..start + from);
        }
        from += 1;
    }
}
