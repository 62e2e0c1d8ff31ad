//! 手写部分: what a person wrote, put where its headings say, and looked over.

/// Text divided by the titles that stand in it.
pub(super) struct Divided<'t> {
    /// What stands before the first title.
    pub lead: Vec<&'t str>,
    /// For each title, what stands below it; nothing where the title is not in the text.
    pub parts: Vec<Option<Vec<&'t str>>>,
}

/// A title with nothing below it, or with this, says that there is nothing to write there.
const NONE: [&str; 2] = ["无", "无。"];

/// Divides lines by the titles they name, however those are numbered: `（二）行政决策`,
/// `1.行政决策`, `## 行政决策`, and `二是行政决策。公布目录……` in one line with what follows.
pub(super) fn divide<'t, 's>(
    lines: impl Iterator<Item = &'t str>,
    titles: impl Iterator<Item = &'s str>,
) -> Divided<'t> {
    let titles: Vec<&str> = titles.collect();
    let mut parts: Vec<Option<Vec<&str>>> = vec![None; titles.len()];
    let (mut lead, mut at) = (Vec::new(), None);
    for line in lines {
        let named = titles.iter().enumerate().find_map(|(place, title)| {
            let rest = unnumbered(line).strip_prefix(title)?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix(['。', '：'])? };
            Some((place, rest.trim()))
        });
        match (named, at) {
            (Some((place, rest)), _) => {
                at = Some(place);
                let part = parts[place].get_or_insert_default();
                part.extend((!rest.is_empty()).then_some(rest));
            }
            (None, Some(place)) => parts[place].get_or_insert_default().push(line),
            (None, None) => lead.push(line),
        }
    }
    for part in parts.iter_mut().flatten() {
        if matches!(**part, [only] if NONE.contains(&only)) {
            part.clear();
        }
    }
    Divided { lead, parts }
}

/// A line without the mark and ordinal of a heading.
fn unnumbered(line: &str) -> &str {
    let line = line.trim_start_matches(['#', ' ']);
    if let Some((_, title)) = line.strip_prefix('（').and_then(|rest| rest.split_once('）')) {
        return title.trim_start();
    }
    let ordinal = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let title = line.trim_start_matches(ordinal);
    match title.strip_prefix(['、', '.', '．', '是']) {
        Some(title) if title.len() < line.len() - 1 => title.trim_start(),
        _ => line,
    }
}

/// Numbers with a unit that somebody typed: `20余宗`, `97.8%`.
pub(super) fn hand_written_numbers(text: &str) -> Vec<String> {
    const UNITS: &str = "件次人名份个条项家户场批宗起%％元万亿";
    let mut found = Vec::new();
    let mut number = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() || !number.is_empty() && matches!(c, '.' | ',') {
            number.push(c);
            continue;
        }
        if number.is_empty() {
            continue;
        }
        let (about, unit) = match c {
            '余' | '多' => (Some(c), chars.peek().copied()),
            c => (None, Some(c)),
        };
        let mut whole = std::mem::take(&mut number);
        if let Some(unit) = unit.filter(|unit| UNITS.contains(*unit)) {
            whole.extend(about);
            whole.push(unit);
            found.push(whole);
        }
    }
    found.dedup();
    found
}

/// Years that a text names.
pub(super) fn years(text: &str) -> Vec<i16> {
    let named = text.match_indices('年').filter_map(|(at, _)| {
        let digits: Vec<char> = text[..at].chars().rev().take_while(char::is_ascii_digit).collect();
        let year: String = digits.iter().rev().collect();
        (digits.len() == 4).then(|| year.parse().ok())?
    });
    let mut years: Vec<i16> = named.collect();
    years.dedup();
    years
}
