//! 编码: bytes to characters, as Chinese offices have written them for thirty years.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{LONGEST_TEXT, Unread};

/// The characters of a text: by its mark, by what it says of itself, else by what fits.
pub(super) fn decode(bytes: &[u8], said: Option<&'static Encoding>) -> Result<String, Unread> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None => (guess(bytes, said), bytes),
    };
    let (text, wrong) = encoding.decode_without_bom_handling(bytes);
    let odd = text.chars().filter(|c| is_odd(*c)).count();
    let letters = text.chars().count();
    // A text may carry a stray byte; what is full of them is none.
    if odd * 50 > letters || (wrong && odd * 200 > letters) {
        return Err(Unread::Foreign("不认识的数据", "请核对是不是传错了文件"));
    }
    if text.len() > LONGEST_TEXT {
        return Err(Unread::TooLong(text.len()));
    }
    Ok(text.into_owned())
}

fn guess(bytes: &[u8], said: Option<&'static Encoding>) -> &'static Encoding {
    let fits = |encoding: &'static Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
    };
    if fits(UTF_8) && !bytes.contains(&0) {
        return UTF_8;
    }
    if let Some(said) = said.filter(|said| *said != UTF_8 && fits(said)) {
        return said;
    }
    // In UTF-16 the line ends and digits of a text leave zeros at one parity.
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros =
        |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    match high_first.max(low_first) * 200 > sample.len() {
        true if high_first > low_first => UTF_16BE,
        true => UTF_16LE,
        false if fits(GB18030) => GB18030,
        false
            if std::str::from_utf8(bytes)
                .is_err_and(|error| error.valid_up_to() * 2 > bytes.len()) =>
        {
            UTF_8
        }
        false => GB18030,
    }
}

/// Characters that stand in no text: controls, and what could not be decoded.
fn is_odd(c: char) -> bool {
    c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}
