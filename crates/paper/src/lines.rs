//! 断行: characters into lines, by 避头尾 and justified to both edges.

use crate::{
    fonts::{Font, Glyph, Glyphs},
    page,
};

/// How a character is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) font: Font,
    pub(crate) size: f32,
    /// Added to the width of a 汉字, so that 28 of size 3 fill a line.
    pub(crate) tracking: f32,
    pub(crate) red: bool,
    pub(crate) strong: bool,
    /// Marked as a place to be filled in.
    pub(crate) place: bool,
}

impl Look {
    pub(crate) const fn of(font: Font, size: f32) -> Self {
        Self { font, size, tracking: 0.0, red: false, strong: false, place: false }
    }

    /// Of the body: size 3 on the grid of 28 characters.
    pub(crate) const fn body(font: Font) -> Self {
        let mut look = Self::of(font, page::SIZE_3);
        look.tracking = page::CHAR - page::SIZE_3;
        look
    }
}

/// A character with its look.
pub(crate) type Styled = (char, Look);

/// A character in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sign {
    pub(crate) c: char,
    pub(crate) look: Look,
    /// `None` where no font has it.
    pub(crate) glyph: Option<Glyph>,
    /// From the left edge of the line.
    pub(crate) x: f32,
    pub(crate) width: f32,
}

/// A line and its natural width.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) signs: Vec<Sign>,
    pub(crate) width: f32,
}

/// Breaks text into lines no wider than `width`, the first indented; lines that go on below are
/// stretched to the full width where `justify` says so.
pub(crate) fn lines(
    text: &[Styled],
    glyphs: &Glyphs,
    width: f32,
    indent: f32,
    justify: bool,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, piece) in text.split(|(c, _)| *c == '\n').enumerate() {
        let signs: Vec<Sign> = piece.iter().map(|styled| sign(*styled, glyphs)).collect();
        let mut indent = if index == 0 { indent } else { 0.0 };
        let mut rest = &signs[..];
        loop {
            let (line, after) = first_line(rest, width - indent);
            let goes_on = !after.is_empty();
            lines.push(placed(line, indent, width, justify && goes_on));
            if !goes_on {
                break;
            }
            (rest, indent) = (after, 0.0);
        }
    }
    lines
}

fn sign((c, look): Styled, glyphs: &Glyphs) -> Sign {
    let glyph = glyphs.get(look.font, c);
    let natural = match glyph {
        Some(glyph) => glyph.advance,
        None if c.is_whitespace() && !page::is_wide(c) => 0.5,
        None => 1.0,
    };
    let tracking = if natural > 0.9 { look.tracking } else { 0.0 };
    Sign { c, look, glyph, x: 0.0, width: natural * look.size + tracking }
}

/// The signs of the first line, and the rest.
fn first_line(signs: &[Sign], width: f32) -> (&[Sign], &[Sign]) {
    let (mut used, mut last_break) = (0.0, None);
    for (index, sign) in signs.iter().enumerate() {
        if index > 0 && may_break(signs[index - 1].c, sign.c) {
            last_break = Some(index);
        }
        used += sign.width;
        // The blank half of a closing mark, or a space, may stand beyond the edge.
        let needed = used - overhang(sign);
        if needed > width + 0.01 && index > 0 {
            let (line, rest) = signs.split_at(last_break.unwrap_or(index));
            let blank = rest.iter().take_while(|sign| sign.c == ' ').count();
            return (line, &rest[blank..]);
        }
    }
    (signs, &[])
}

fn placed(signs: &[Sign], indent: f32, width: f32, justify: bool) -> Line {
    let blank = signs.iter().rev().take_while(|sign| sign.c == ' ').count();
    let mut signs = signs[..signs.len() - blank].to_vec();
    let natural: f32 = signs.iter().map(|sign| sign.width).sum();
    let stretches = |pair: &[Sign]| may_stretch(pair[0].c, pair[1].c);
    let gaps = signs.windows(2).filter(|pair| stretches(pair)).count();
    let spare = width - indent - natural;
    // Rather ragged than torn apart.
    let limit = signs.first().map_or(0.0, |sign| sign.look.size * 0.25);
    let extra = if justify && gaps > 0 && spare > 0.0 && spare / gaps as f32 <= limit {
        spare / gaps as f32
    } else {
        0.0
    };
    let mut x = indent;
    for index in 0..signs.len() {
        signs[index].x = x;
        x += signs[index].width;
        if index + 1 < signs.len() && stretches(&signs[index..index + 2]) {
            x += extra;
        }
    }
    Line { signs, width: x }
}

/// 不能居行首的: closing marks and what belongs to the character before.
const NOT_FIRST: &str = "，。、；：？！）〕】》〉」』”’…—％‰℃·～,.;:?!)]}%°";
/// 不能居行尾的: opening marks.
const NOT_LAST: &str = "（〔【《〈「『“‘([{￥¥№";
/// Closing marks whose right half is blank.
const HALF_BLANK: &str = "，。、；：）〕】》〉」』”’";

fn overhang(sign: &Sign) -> f32 {
    match sign.c {
        ' ' => sign.width,
        c if HALF_BLANK.contains(c) && sign.width > 0.9 * sign.look.size => sign.width / 2.0,
        _ => 0.0,
    }
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' {
        return !NOT_FIRST.contains(after);
    }
    !(after == ' '
        || NOT_FIRST.contains(after)
        || NOT_LAST.contains(before)
        || in_word(before) && in_word(after))
}

fn may_stretch(before: char, after: char) -> bool {
    !(in_word(before) && in_word(after)
        || before == after && matches!(before, '—' | '…' | '＿' | '_'))
}

/// Letters, figures and their marks, which stay together.
fn in_word(c: char) -> bool {
    c != ' ' && !page::is_wide(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without fonts every 汉字 is one and every other visible sign one character wide.
    fn broken(text: &str, chars: f32) -> Vec<String> {
        let look = Look::of(Font::Fang, 10.0);
        let styled: Vec<Styled> = text.chars().map(|c| (c, look)).collect();
        let lines = lines(&styled, &Glyphs::default(), chars * 10.0, 0.0, true);
        lines.iter().map(|line| line.signs.iter().map(|sign| sign.c).collect()).collect()
    }

    #[test]
    fn marks_stand_where_they_may() {
        assert_eq!(broken("甲乙丙丁，戊己", 4.0), ["甲乙丙", "丁，戊己"]);
        assert_eq!(broken("甲乙丙，丁戊", 4.0), ["甲乙丙，", "丁戊"]);
        // A closing mark may stand with its blank half beyond the edge.
        assert_eq!(broken("甲乙丙丁，戊己", 4.5), ["甲乙丙丁，", "戊己"]);
        assert_eq!(broken("甲乙丙（丁）", 4.0), ["甲乙丙", "（丁）"]);
        assert_eq!(broken("甲乙丙——丁", 4.0), ["甲乙", "丙——丁"]);
    }

    #[test]
    fn words_and_numbers_stay_whole_unless_longer_than_a_line() {
        assert_eq!(broken("甲乙2025年", 5.0), ["甲乙", "2025年"]);
        assert_eq!(broken("0123456789", 4.0), ["0123", "4567", "89"]);
        assert_eq!(broken("ab cd ef", 5.5), ["ab cd", "ef"]);
    }

    #[test]
    fn lines_that_go_on_reach_both_edges() {
        let look = Look::of(Font::Fang, 10.0);
        let styled: Vec<Styled> = "甲乙丙丁，戊己庚辛".chars().map(|c| (c, look)).collect();
        let lines = lines(&styled, &Glyphs::default(), 44.0, 0.0, true);
        assert_eq!(lines[0].signs.len(), 3);
        assert!(lines[0].width < 44.0, "twelve points between two gaps would tear the line apart");
        let wide: Vec<Styled> = "甲乙丙丁戊己庚辛壬癸甲".chars().map(|c| (c, look)).collect();
        let first = &super::lines(&wide, &Glyphs::default(), 104.0, 0.0, true)[0];
        assert!((first.width - 104.0).abs() < 0.01, "{}", first.width);
    }

    #[test]
    fn line_breaks_and_nothing_at_all() {
        assert_eq!(broken("甲\n\n乙", 4.0), ["甲", "", "乙"]);
        assert_eq!(broken("", 4.0), [""]);
    }
}
