//! How streams are packed, and how far they may unfold.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::object::{Dict, Object, hex_digit};
use crate::reading::Unread;

/// No honest stream of text unfolds to more.
const LONGEST_STREAM: usize = 32 * 1024 * 1024;
/// Nor all that are read of one file.
const LONGEST_OF_ALL: usize = 128 * 1024 * 1024;

/// What may still be unfolded.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(LONGEST_OF_ALL)
    }
}

impl Budget {
    pub fn spend(&mut self, bytes: usize) -> Result<(), Unread> {
        self.0 = self.0.checked_sub(bytes).ok_or(Unread::Unfolds)?;
        Ok(())
    }
}

/// Undoes the filters of a stream; `None` if it is packed as pictures are or is damaged.
pub(super) fn unfold(
    dict: &Dict,
    raw: &[u8],
    budget: &mut Budget,
) -> Result<Option<Vec<u8>>, Unread> {
    let list = |long: &str, short: &str| match dict.get(long).or_else(|| dict.get(short)) {
        Some(Object::List(list)) => list.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    let (filters, parameters) = (list("Filter", "F"), list("DecodeParms", "DP"));
    if raw.len() > LONGEST_STREAM {
        return Err(Unread::Unfolds);
    }
    budget.spend(raw.len())?;
    let mut data = raw.to_vec();
    // More than a few filters one upon another are a trap.
    for (place, filter) in filters.iter().take(4).enumerate() {
        let unfolded = match filter.name().unwrap_or_default() {
            "FlateDecode" | "Fl" => inflate(&data)?,
            "LZWDecode" | "LZW" => lzw(&data)?,
            "ASCIIHexDecode" | "AHx" => hex(&data),
            "ASCII85Decode" | "A85" => ascii85(&data),
            "RunLengthDecode" | "RL" => run_length(&data)?,
            _ => return Ok(None),
        };
        budget.spend(unfolded.len())?;
        data = match parameters.get(place) {
            Some(Object::Dict(parameters)) => unpredict(unfolded, parameters),
            _ => unfolded,
        };
    }
    Ok(Some(data))
}

/// Inflates as far as it goes: a damaged end loses only the end.
fn inflate(data: &[u8]) -> Result<Vec<u8>, Unread> {
    let mut out = Vec::new();
    let most = LONGEST_STREAM as u64 + 1;
    let zlib = ZlibDecoder::new(data).take(most).read_to_end(&mut out);
    if zlib.is_err() && out.is_empty() {
        let _ = DeflateDecoder::new(data).take(most).read_to_end(&mut out);
    }
    bounded(out)
}

fn bounded(out: Vec<u8>) -> Result<Vec<u8>, Unread> {
    if out.len() > LONGEST_STREAM { Err(Unread::Unfolds) } else { Ok(out) }
}

fn lzw(data: &[u8]) -> Result<Vec<u8>, Unread> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    // Each entry: where in the output it was first written, and how long it is.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let (mut out, mut before): (Vec<u8>, Option<(usize, usize)>) = (Vec::new(), None);
    let (mut bits, mut held, mut width) = (0_u32, 0_u32, 9);
    for byte in data {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held) as usize & ((1 << width) - 1);
        bits &= (1 << held) - 1;
        let start = out.len();
        match code {
            CLEAR => {
                table.clear();
                (before, width) = (None, 9);
                continue;
            }
            END => break,
            0..=255 => out.push(code as u8),
            _ => match (table.get(code - 258).copied(), before) {
                (Some((from, length)), _) => out.extend_from_within(from..from + length),
                (None, Some((from, length))) => {
                    out.extend_from_within(from..from + length);
                    out.extend_from_within(from..from + 1);
                }
                (None, None) => break,
            },
        }
        if out.len() > LONGEST_STREAM {
            return Err(Unread::Unfolds);
        }
        if let Some((from, length)) = before
            && table.len() < 4096 - 258
        {
            // The entry is what was written before and the first letter of this: they adjoin.
            table.push((from, length + 1));
        }
        before = Some((start, out.len() - start));
        width = match table.len() + 258 + 1 {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
    }
    Ok(out)
}

fn hex(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|byte| **byte != b'>');
    let digits: Vec<u8> = digits.filter_map(|byte| hex_digit(*byte)).collect();
    digits.chunks(2).map(|pair| pair[0] * 16 + pair.get(1).unwrap_or(&0)).collect()
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut group = Vec::with_capacity(5);
    for byte in data.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => {}
        }
        if group.len() == 5 {
            group_of_85(&group, 4, &mut out);
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        group_of_85(&group, kept, &mut out);
    }
    out
}

fn group_of_85(group: &[u32], kept: usize, out: &mut Vec<u8>) {
    let value = group.iter().fold(0_u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit));
    out.extend(&value.to_be_bytes()[..kept]);
}

fn run_length(data: &[u8]) -> Result<Vec<u8>, Unread> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(&length) = data.get(at) {
        let length = usize::from(length);
        match length {
            128 => break,
            0..128 => {
                let end = (at + length + 2).min(data.len());
                out.extend(&data[at + 1..end]);
                at = end;
            }
            _ => {
                let byte = data.get(at + 1).copied().unwrap_or(0);
                out.resize(out.len() + 257 - length, byte);
                at += 2;
            }
        }
        if out.len() > LONGEST_STREAM {
            return Err(Unread::Unfolds);
        }
    }
    Ok(out)
}

/// Undoes what made rows of numbers easier to pack.
fn unpredict(data: Vec<u8>, parameters: &Dict) -> Vec<u8> {
    let number = |key, otherwise: usize| {
        parameters.number(key).map_or(otherwise, |number| number.clamp(0.0, 65_536.0) as usize)
    };
    let predictor = number("Predictor", 1);
    if predictor < 10 {
        return data;
    }
    let bits = number("Colors", 1).max(1) * number("BitsPerComponent", 8).max(1);
    let (step, row) = (bits.div_ceil(8), (bits * number("Columns", 1)).div_ceil(8).max(1));
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks(row + 1) {
        let start = out.len();
        for (place, byte) in line[1..].iter().enumerate() {
            let left = if place >= step { out[start + place - step] } else { 0 };
            let above = |place: usize| match start.checked_sub(row) {
                Some(before) => out[before + place],
                None => 0,
            };
            let (up, corner) = (above(place), if place >= step { above(place - step) } else { 0 });
            let guess = match line[0] {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => 0,
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |value: u8| (guess - i16::from(value)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}
