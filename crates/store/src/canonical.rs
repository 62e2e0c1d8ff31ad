//! One way to write a JSON value down, so that its digest can be computed again by anybody.
//!
//! Object keys are sorted by their bytes, there is no white space outside strings, strings escape
//! only what JSON requires (`\"`, `\\`, `\b \f \n \r \t`, other control characters as `\u00xx`),
//! and numbers are whole. For such values this is RFC 8785.

use serde::Serialize;
use serde_json::Value;
use sm3::{Digest, Sm3};

/// The canonical text of a value.
pub fn canonical(value: &Value) -> String {
    let mut out = String::with_capacity(256);
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort_unstable(); // Whatever order another crate's features gave the map.
            out.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(&object[key], out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// The canonical text of something that serialises to JSON without floating-point numbers.
pub(crate) fn canonical_of(value: &impl Serialize) -> String {
    // The types of this crate have string keys and serialise without failing.
    canonical(&serde_json::to_value(value).unwrap_or(Value::Null))
}

/// SM3, as 64 lowercase hexadecimal digits.
pub fn sm3_hex(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

/// Bytes as lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)].into());
        text.push(DIGITS[usize::from(byte & 15)].into());
    }
    text
}

/// The bytes that hexadecimal digits stand for; `None` where they are none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? * 16 + digit(*low)?) as u8)) // Below 256.
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_nothing_is_padded() {
        let value: Value =
            serde_json::from_str(r#"{ "b": [1, {"z": null, "a": "甲\u0001\n\""}], "a": true }"#)
                .unwrap();
        assert_eq!(canonical(&value), r#"{"a":true,"b":[1,{"a":"甲\u0001\n\"","z":null}]}"#);
    }

    #[test]
    fn sm3_of_abc_is_the_one_in_the_standard() {
        let standard = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(sm3_hex(b"abc"), standard);
    }

    #[test]
    fn hexadecimal_there_and_back() {
        assert_eq!(unhex(&hex(&[0, 15, 16, 255])), Some(vec![0, 15, 16, 255]));
        assert_eq!(unhex("0g"), None);
        assert_eq!(unhex("012"), None);
    }
}
