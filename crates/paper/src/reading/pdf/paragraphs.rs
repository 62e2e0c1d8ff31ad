//! Lines back to paragraphs, without page numbers.
//!
//! A line that is full to the right edge and is followed by one that begins at the left edge goes
//! on there: across the end of a page too.

use super::content::Line;

/// The text of pages, one paragraph a line.
pub(super) fn join(pages: &[Vec<Line>]) -> String {
    let mut text = String::new();
    let mut before: Option<(&Line, Edges)> = None;
    for page in pages {
        let page = without_number(page);
        let edges = Edges::of(page);
        for (place, line) in page.iter().enumerate() {
            if let Some((last, of_last)) = before {
                if goes_on(last, of_last, line, edges, place == 0) {
                    let letters = (text.chars().next_back(), line.text.trim_start().chars().next());
                    if matches!(letters, (Some(one), Some(next)) if one.is_ascii_alphanumeric() && next.is_ascii_alphabetic())
                    {
                        text.push(' ');
                    }
                } else {
                    text.push('\n');
                }
            }
            text.push_str(line.text.trim());
            before = Some((line, edges));
        }
    }
    text
}

/// Where the text of a page begins and ends.
#[derive(Clone, Copy)]
struct Edges {
    left: f32,
    right: f32,
}

impl Edges {
    fn of(page: &[Line]) -> Self {
        let edges = Self { left: f32::MAX, right: f32::MIN };
        page.iter().fold(edges, |edges, line| Self {
            left: edges.left.min(line.start),
            right: edges.right.max(line.end),
        })
    }
}

fn goes_on(last: &Line, of_last: Edges, line: &Line, edges: Edges, next_page: bool) -> bool {
    let size = last.size;
    let full = last.end > of_last.right - 1.6 * size && last.start < of_last.left + 3.0 * size;
    let at_left = line.start < edges.left + 1.2 * size;
    let same_hand = (line.size - size).abs() < 0.15 * size;
    let step = last.height - line.height;
    let below = next_page || (step > 0.0 && step < 3.0 * size);
    full && at_left && same_hand && below && !last.text.contains('\t') && !begins_anew(&line.text)
}

/// Whether a line begins with a number of its own: `一、`, `（二）`, `第三条　`.
fn begins_anew(text: &str) -> bool {
    let text = text.trim_start();
    let digits = |text: &str| {
        text.chars().take_while(|c| "一二三四五六七八九十0123456789".contains(*c)).count()
    };
    let after = |text: &str, count: usize| text.chars().nth(count);
    let plain = digits(text);
    if (1..=3).contains(&plain) && after(text, plain) == Some('、') {
        return true;
    }
    let Some(inner) = text.strip_prefix('（') else { return false };
    let count = digits(inner);
    (1..=3).contains(&count) && after(inner, count) == Some('）')
}

/// A page without its number: `— 3 —`, `3`, `第3页`, first or last on it.
fn without_number(page: &[Line]) -> &[Line] {
    let mut page = page;
    if page.last().is_some_and(is_number) {
        page = &page[..page.len() - 1];
    }
    if page.first().is_some_and(is_number) {
        page = &page[1..];
    }
    page
}

fn is_number(line: &Line) -> bool {
    let bare: String = line
        .text
        .chars()
        .filter(|c| !c.is_whitespace() && !"—-–－─·第页共/".contains(*c))
        .collect();
    (1..=6).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit())
}
