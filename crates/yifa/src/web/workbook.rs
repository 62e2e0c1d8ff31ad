//! A list as a workbook: text cells, so that numbers of documents and people survive.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::error::PageError;

/// A workbook of one sheet: title, a line about it, headings, rows with their numbers.
///
/// `columns` begins with the running number, which the rows do not carry.
pub fn list(title: &str, about: &str, columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, PageError> {
    write(title, about, columns, rows).map_err(|error| PageError::Broken(error.to_string()))
}

fn write(title: &str, about: &str, columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_background_color("E6EEF6")
        .set_border(FormatBorder::Thin);
    let cell = Format::new().set_num_format("@").set_border(FormatBorder::Thin).set_text_wrap();
    let heading = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    sheet.merge_range(0, 0, 0, last, title, &heading)?;
    sheet.write(1, 0, about)?;
    let mut widths: Vec<usize> = columns.iter().map(|column| width(column)).collect();
    for (place, column) in columns.iter().enumerate() {
        sheet.write_with_format(2, place as u16, *column, &head)?;
    }
    for (index, row) in rows.iter().enumerate() {
        let line = index as u32 + 3;
        sheet.write_with_format(line, 0, (index + 1) as u32, &Format::new().set_border(FormatBorder::Thin))?;
        for (place, text) in row.iter().enumerate() {
            sheet.write_string_with_format(line, place as u16 + 1, text, &cell)?;
            if let Some(widest) = widths.get_mut(place + 1) {
                *widest = (*widest).max(width(text));
            }
        }
    }
    for (place, width) in widths.iter().enumerate() {
        sheet.set_column_width(place as u16, (*width).clamp(6, 48) as f64 + 2.0)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    if !rows.is_empty() {
        sheet.autofilter(2, 0, rows.len() as u32 + 2, last)?;
    }
    sheet.set_repeat_rows(2, 2)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_paper_size(9);
    sheet.set_footer("&C第 &P 页，共 &N 页");
    book.save_to_buffer()
}

/// Characters of the Latin width: a Chinese character takes two.
fn width(text: &str) -> usize {
    text.chars().map(|char| if char.is_ascii() { 1 } else { 2 }).sum()
}
