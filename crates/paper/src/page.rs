//! 版式: the page of GB/T 9704-2012, shared by the writers.

/// Millimetres in points.
pub(crate) const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

/// A4, width and height in points.
pub(crate) const PAPER: (f32, f32) = (mm(210.0), mm(297.0));
/// 天头, from the upper edge of the paper to the text area.
pub(crate) const TOP: f32 = mm(37.0);
/// 订口, from the left edge of the paper to the text area.
pub(crate) const LEFT: f32 = mm(28.0);
/// 版心, width and height: 28 characters by 22 lines of size 3.
pub(crate) const AREA: (f32, f32) = (mm(156.0), mm(225.0));
/// Width of one character of the grid.
pub(crate) const CHAR: f32 = AREA.0 / 28.0;
/// Height of one line of the grid.
pub(crate) const LINE: f32 = AREA.1 / 22.0;

/// 2号, of titles.
pub(crate) const SIZE_2: f32 = 22.0;
/// 3号, of the body.
pub(crate) const SIZE_3: f32 = 16.0;
/// 4号, of page numbers and 版记.
pub(crate) const SIZE_4: f32 = 14.0;
/// 小四, of tables.
pub(crate) const SIZE_TABLE: f32 = 12.0;

/// Characters that a title line may hold.
pub(crate) const TITLE_CHARS: f32 = 20.0;

/// How wide a text is, in full-width characters.
pub(crate) fn width(text: &str) -> f32 {
    text.chars().map(|c| if is_wide(c) { 1.0 } else { 0.5 }).sum()
}

/// Whether a character takes the width of a 汉字.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115F}' | '\u{2014}' | '\u{2018}'..='\u{201D}' | '\u{2026}'
        | '\u{2103}' | '\u{2160}'..='\u{217F}' | '\u{2190}'..='\u{27BF}' | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{1F000}'..='\u{3FFFF}')
}

/// The mark fills the width as far as its height allows (no taller than 22 mm).
pub(crate) fn mark_size(mark: &str) -> u32 {
    let fitting = AREA.0 / width(mark).max(1.0);
    (fitting as u32).clamp(18, 54)
}

/// A title in lines: where its writer divided it, else, when it is too long for one, in lines of
/// about the same length that end where a phrase ends and never leave a single character alone.
pub(crate) fn title_lines(title: &str) -> Vec<String> {
    let fitting = |line: &str| balance(line, (width(line) / TITLE_CHARS).ceil() as usize);
    title.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(fitting).collect()
}

fn balance(line: &str, lines: usize) -> Vec<String> {
    // No title has so many lines; whatever this is, it may wrap as it will.
    if lines <= 1 || lines > 6 {
        return vec![line.to_string()];
    }
    let ideal = width(line) / lines as f32;
    let cost = |at: usize| {
        let (head, tail) = line.split_at(at);
        let too_long = width(head) > TITLE_CHARS || width(tail) > TITLE_CHARS * (lines - 1) as f32;
        let phrase_ends = tail.starts_with("关于")
            || head.ends_with(['的', '》', '、', '　', ' ']) && !tail.starts_with(['》', '、'])
            || head.ends_with("政府")
            || head.ends_with("委员会");
        let inside_word = head.ends_with(|c: char| c.is_ascii_alphanumeric())
            && tail.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '年')
            || tail.starts_with(['》', '）', '、', '，', '年']);
        let uneven = (width(head) - ideal).abs();
        let penalty = |wrong: bool, cost: f32| if wrong { cost } else { 0.0 };
        uneven
            + penalty(too_long, 1000.0)
            + penalty(!phrase_ends, 4.0)
            + penalty(inside_word, 100.0)
    };
    let places = line.char_indices().map(|(at, _)| at).skip(1);
    let Some(at) = places.min_by(|a, b| cost(*a).total_cmp(&cost(*b))) else {
        return vec![line.to_string()];
    };
    let (head, tail) = line.split_at(at);
    let mut parts = vec![head.trim_end().to_string()];
    parts.extend(balance(tail.trim_start(), lines - 1));
    parts
}

/// 落款: how far each line ends from the right edge, in characters.
///
/// With a date as the last line it ends four characters from the edge and the names above are
/// centred on it; lines to be signed by hand end two characters from the edge.
pub(crate) fn closing_indents(lines: &[String]) -> Vec<f32> {
    let date = lines.last().filter(|line| {
        line.ends_with('日') && line.contains('年') && line.contains('月') && width(line) < 12.0
    });
    let Some(date) = date.map(|date| width(date)) else {
        return vec![2.0; lines.len()];
    };
    let indent = |line: &String| (4.0 + (date - width(line)) / 2.0).max(0.0);
    lines.iter().map(indent).collect()
}

/// How wide the columns of a table are, as shares of the whole.
///
/// Narrow columns get what they need, so that no figure is broken; what is left is for the wide
/// ones, whose text may wrap.
pub(crate) fn column_shares(table: &crate::Table) -> Vec<f32> {
    let whole = AREA.0 / SIZE_TABLE;
    let solid: Vec<f32> = (0..table.columns()).map(|at| unbroken(table, at)).collect();
    let wanted: Vec<f32> = (0..table.columns()).map(|at| needed(table, at)).collect();
    let widths = |level: f32| -> Vec<f32> {
        wanted.iter().zip(&solid).map(|(wanted, solid)| wanted.min(level).max(*solid)).collect()
    };
    // The level up to which every column is filled, so that together they take the whole.
    let (mut low, mut high) = (0.0, whole);
    for _ in 0..20 {
        let level = (low + high) / 2.0;
        match widths(level).iter().sum::<f32>() < whole {
            true => low = level,
            false => high = level,
        }
    }
    let needs = widths(high);
    let sum: f32 = needs.iter().sum();
    needs.iter().map(|need| need / sum).collect()
}

/// The width of a column's longest number or Latin word, with its unit and room for its borders.
fn unbroken(table: &crate::Table, column: usize) -> f32 {
    let longest = |row: &Vec<crate::model::Cell>| {
        let text = row.get(column).map(|cell| crate::model::plain(cell)).unwrap_or_default();
        let runs = text.split(|c: char| is_wide(c) || c.is_whitespace());
        runs.map(|run| 0.6 * run.chars().count() as f32).fold(0.0, f32::max)
    };
    // Not more than two fifths of the line: a digest may be broken after all.
    (table.rows.iter().map(longest).fold(0.0, f32::max) + 2.0).min(AREA.0 / SIZE_TABLE / 2.5)
}

/// The width of a column's longest line, in characters, with room for its borders.
fn needed(table: &crate::Table, column: usize) -> f32 {
    let head = table.head.get(column).map_or(0.0, |name| width(name));
    let longest = |row: &Vec<crate::model::Cell>| {
        let text = row.get(column).map(|cell| crate::model::plain(cell)).unwrap_or_default();
        // Figures and letters of some fonts are wider than half a character.
        let wide =
            |line: &str| width(line) + 0.1 * line.chars().filter(|c| !is_wide(*c)).count() as f32;
        text.lines().map(wide).fold(0.0, f32::max)
    };
    table.rows.iter().map(longest).fold(head, f32::max).max(1.0) + 1.0
}

/// Whether a column of a table holds only short entries, which are centred.
pub(crate) fn is_short_column(table: &crate::Table, column: usize) -> bool {
    let short = |row: &Vec<crate::model::Cell>| {
        row.get(column).is_none_or(|cell| width(&crate::model::plain(cell)) <= 8.0)
    };
    table.rows.iter().all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_fills_the_text_area() {
        assert!((CHAR - 15.79).abs() < 0.01);
        assert!((LINE - 28.99).abs() < 0.01);
    }

    #[test]
    fn long_titles_divide_where_their_sense_does() {
        for (title, lines) in [
            ("行政处罚决定书", vec!["行政处罚决定书"]),
            (
                "云溪县青石镇人民政府关于2025年法治政府建设情况的报告",
                vec!["云溪县青石镇人民政府", "关于2025年法治政府建设情况的报告"],
            ),
            ("云溪县司法局\n受理告知书", vec!["云溪县司法局", "受理告知书"]),
        ] {
            assert_eq!(title_lines(title), lines);
        }
        let long = "中共云溪县青石镇委员会、云溪县青石镇人民政府关于2025年度法治政府建设情况的报告";
        let lines = title_lines(long);
        assert_eq!(lines.concat(), long);
        assert!(lines.iter().all(|line| (3.0..=20.0).contains(&width(line))), "{lines:?}");
    }

    #[test]
    fn figures_keep_their_width_and_text_wraps() {
        let table = crate::from_markdown(&format!("| 1234/5678 | {} | 12% |\n", "长".repeat(200)));
        let crate::Block::Table(table) = &table.blocks[0] else { panic!() };
        let shares = column_shares(table);
        let chars: Vec<f32> = shares.iter().map(|share| share * AREA.0 / SIZE_TABLE).collect();
        assert!(chars[0] > 5.0 && chars[2] > 2.5, "{chars:?}");
        assert!(chars[1] > 20.0);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 0.001);
    }

    #[test]
    fn names_are_centred_on_the_date() {
        let lines = ["云溪县青石镇人民政府".to_string(), "2025年7月1日".to_string()];
        let indents = closing_indents(&lines);
        assert_eq!(indents[1], 4.0);
        let centre = |at: usize| indents[at] + width(&lines[at]) / 2.0;
        assert_eq!(centre(0), centre(1));
        assert_eq!(closing_indents(&["签名：".to_string()]), vec![2.0]);
    }
}
