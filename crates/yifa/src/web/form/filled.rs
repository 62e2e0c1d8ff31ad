//! What was typed into a form, as it came: text by name, files by name.

use std::collections::BTreeMap;

use axum::{
    RequestExt,
    body::Bytes,
    extract::{FromRequest, Multipart, RawForm, Request, multipart::MultipartError},
    http::header,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use law::value::{FileRef, Party, PartyKind};
use sm3::Sm3;
use unicode_normalization::UnicodeNormalization;

use super::control::{Wrong, size};
use crate::web::error::PageError;

/// The largest file accepted.
pub const LARGEST_FILE: usize = 20 << 20;
/// The most bytes read for one text; what is longer than a field allows but not longer than this
/// is shown again for shortening.
const LARGEST_TEXT: usize = 1 << 20;
/// The most values in one form.
const MOST_VALUES: usize = 2000;

/// What was typed.
#[derive(Clone, Default)]
pub struct Filled {
    values: BTreeMap<String, Vec<String>>,
    /// Files uploaded just now, by name of their control.
    pub uploads: Vec<Upload>,
    /// Files already kept by the store, by name of their control.
    pub files: BTreeMap<String, Vec<FileRef>>,
    /// The control that another row was asked for.
    pub more: String,
    /// What is wrong, by field.
    pub wrong: Wrong,
}

/// A file as it arrived.
#[derive(Clone)]
pub struct Upload {
    /// The control it came with.
    pub control: String,
    /// What it is called.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

impl Filled {
    /// A form that begins with one answer.
    pub fn of(name: &str, value: String) -> Self {
        Self::default().with(name, value)
    }

    /// With one more answer.
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.push(name.to_owned(), value);
        self
    }

    /// Whether the form had such a control.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The only (or first) value, or nothing.
    pub fn one(&self, name: &str) -> String {
        self.all(name).first().cloned().unwrap_or_default()
    }

    /// Every value under a name.
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Values whose name begins with `prefix`, with the rest of the name.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a [String])> {
        self.values
            .iter()
            .filter_map(move |(name, values)| Some((name.strip_prefix(prefix)?, values.as_slice())))
    }

    /// What was typed in words, to be copied where it cannot be kept.
    pub fn texts(&self) -> Vec<String> {
        let answers =
            self.values.iter().filter(|(name, _)| name.starts_with("f.") || name.starts_with("w."));
        let words =
            answers.filter(|(name, _)| !name.ends_with(".kept") && !name.ends_with(".kind"));
        words
            .flat_map(|(_, values)| values)
            .filter(|text| !text.trim().is_empty())
            .cloned()
            .collect()
    }

    /// The party rows of a control, blank ones left out.
    pub fn parties(&self, name: &str) -> Vec<Party> {
        let mut rows: BTreeMap<u32, Party> = BTreeMap::new();
        for (rest, values) in self.under(&format!("{name}.")) {
            let Some((index, part)) = rest.split_once('.') else { continue };
            let Ok(index) = index.parse() else { continue };
            let value = values.first().map(|value| value.trim().to_owned()).unwrap_or_default();
            let row: &mut Party = rows.entry(index).or_default();
            match part {
                "name" => row.name = value,
                "number" => row.number = value.to_uppercase(),
                "phone" => row.phone = value,
                "address" => row.address = value,
                "kind" if value == "org" => row.kind = PartyKind::Org,
                _ => {}
            }
        }
        let blank = |row: &Party| {
            [&row.name, &row.number, &row.phone, &row.address].iter().all(|text| text.is_empty())
        };
        rows.into_values().filter(|row| !blank(row)).collect()
    }

    /// Takes back the files whose tickets came with the form.
    pub fn take_kept(&mut self, key: &[u8]) {
        let tickets: Vec<(String, Vec<String>)> = self
            .values
            .iter()
            .filter_map(|(name, values)| {
                Some((name.strip_suffix(".kept")?.to_owned(), values.clone()))
            })
            .collect();
        for (name, tickets) in tickets {
            let files = tickets.iter().filter_map(|ticket| kept_file(ticket, key));
            self.files.entry(name).or_default().extend(files);
        }
    }

    fn push(&mut self, name: String, value: String) {
        self.values.entry(name).or_default().push(value);
    }

    fn take(&mut self, name: String, value: &str) {
        if name == "more" {
            self.more = value.into();
        } else {
            self.push(name, clean(value));
        }
    }

    async fn read_multipart(mut parts: Multipart) -> Result<Self, PageError> {
        let mut filled = Self::default();
        let broken = |error: MultipartError| match error.status().as_u16() {
            413 => PageError::TooLarge("整份表单太大，请减少附件后再提交。".into()),
            _ => PageError::Unreadable,
        };
        let mut count = 0;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            count += 1;
            if count > MOST_VALUES {
                return Err(PageError::TooLarge("表单的项目太多。".into()));
            }
            let control = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            match file {
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(name) => {
                    if bytes.len() > LARGEST_FILE {
                        let most = size(LARGEST_FILE as u64);
                        return Err(PageError::TooLarge(format!(
                            "附件“{name}”超过 {most}，请压缩或者拆分后再上传。"
                        )));
                    }
                    filled.uploads.push(Upload { control, name: file_name(&name), bytes });
                }
                None => {
                    if bytes.len() > LARGEST_TEXT {
                        return Err(PageError::TooLarge("有一项文字太长，请改为上传附件。".into()));
                    }
                    filled.take(control, &String::from_utf8_lossy(&bytes));
                }
            }
        }
        Ok(filled)
    }
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let parts =
                request.extract::<Multipart, _>().await.map_err(|_| PageError::Unreadable)?;
            return Self::read_multipart(parts).await;
        }
        let RawForm(bytes) = RawForm::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response_status() {
                413 => PageError::TooLarge("整份表单太大。".into()),
                _ => PageError::Unreadable,
            }
        })?;
        let mut filled = Self::default();
        for (count, (name, value)) in form_urlencoded::parse(&bytes).enumerate() {
            if count > MOST_VALUES || value.len() > LARGEST_TEXT {
                return Err(PageError::TooLarge("有一项文字太长，请改为上传附件。".into()));
            }
            filled.take(name.into_owned(), &value);
        }
        Ok(filled)
    }
}

trait Status {
    fn into_response_status(self) -> u16;
}

impl<R: axum::response::IntoResponse> Status for R {
    fn into_response_status(self) -> u16 {
        self.into_response().status().as_u16()
    }
}

/// Text as it may stand in a file: one form of every character, plain line ends, and none of the
/// invisible characters that make text look like other text.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .nfc()
        .filter(|char| match char {
            '\n' | '\t' => true,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => false,
            char => !char.is_control(),
        })
        .collect()
}

/// The last part of a path, without anything that could be one.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String =
        clean(last).chars().filter(|char| *char != '\n' && *char != '\t').take(120).collect();
    if name.trim().is_empty() { "附件".into() } else { name }
}

/// A ticket for a file that is kept: nobody can make one for a file they did not upload.
pub fn keep_file(file: &FileRef, key: &[u8]) -> String {
    let text = serde_json::to_vec(file).unwrap_or_default();
    let seal = sealer(key, &text).finalize().into_bytes();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(seal))
}

fn kept_file(ticket: &str, key: &[u8]) -> Option<FileRef> {
    let (text, seal) = ticket.split_once('.')?;
    let text = URL_SAFE_NO_PAD.decode(text).ok()?;
    let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
    sealer(key, &text).verify_slice(&seal).ok()?;
    serde_json::from_slice(&text).ok()
}

fn sealer(key: &[u8], text: &[u8]) -> Hmac<Sm3> {
    // A key of any length is accepted by HMAC.
    #[allow(clippy::expect_used)]
    let mut sealer =
        <Hmac<Sm3> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    sealer.update(b"kept file\0");
    sealer.update(text);
    sealer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_made_plain() {
        assert_eq!(clean("甲\r\n乙\u{0}\u{7}\u{202e}丙"), "甲\n乙丙");
        assert_eq!(clean("e\u{301}"), "é");
        assert_eq!(clean("<script>😀"), "<script>😀");
    }

    #[test]
    fn a_ticket_holds_only_for_its_own_key() {
        let file = FileRef { name: "照片.png".into(), digest: "ab".into(), size: 3 };
        let ticket = keep_file(&file, b"one");
        assert_eq!(kept_file(&ticket, b"one"), Some(file));
        assert_eq!(kept_file(&ticket, b"two"), None);
        assert_eq!(kept_file("x.y", b"one"), None);
    }

    #[test]
    fn file_names_lose_their_paths() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\a\\证明.pdf"), "证明.pdf");
        assert_eq!(file_name("\n"), "附件");
    }

    #[test]
    fn blank_party_rows_do_not_count() {
        let mut filled = Filled::default();
        for (name, value) in [
            ("f.people.0.name", " 示例甲 "),
            ("f.people.0.kind", "person"),
            ("f.people.1.kind", "org"),
            ("f.people.1.name", ""),
        ] {
            filled.push(name.into(), value.into());
        }
        let parties = filled.parties("f.people");
        assert_eq!(parties.len(), 1);
        assert_eq!(parties[0].name, "示例甲");
    }
}
