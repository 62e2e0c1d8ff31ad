//! 读 DOCX: the body of a Word document and its footnotes, without what was struck out.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::{Kind, LONGEST_TEXT, Unread, contains};

/// No honest document has a body of more bytes, unfolded.
const LONGEST_PART: u64 = 64 * 1024 * 1024;
/// No honest document has more parts.
const MOST_PARTS: usize = 10_000;

const DAMAGED: Unread = Unread::Damaged(Kind::Docx);
const BODY: &str = "word/document.xml";

/// Whether a ZIP file is a Word document; else what it is.
pub(super) fn is_docx(file: &[u8]) -> Result<(), Unread> {
    const HERE: &str = "请交其中的Word文档或者PDF";
    let archive = open(file)?;
    let named = |name: &str| archive.index_for_name(name).is_some();
    if named(BODY) || named("[Content_Types].xml") && contains(file, b"word/") {
        Ok(())
    } else if named("xl/workbook.xml") {
        Err(Unread::Foreign("Excel表格", HERE))
    } else if named("ppt/presentation.xml") {
        Err(Unread::Foreign("演示文稿", HERE))
    } else if named("OFD.xml") {
        Err(Unread::Foreign("OFD版式文件", "请导出为PDF再交"))
    } else if named("content.xml") {
        Err(Unread::Foreign("ODF文档", "请另存为DOCX再交"))
    } else {
        Err(Unread::Foreign("压缩包", "请解开再交"))
    }
}

/// The text of a DOCX file, one line per paragraph, cells of a row apart by tabs.
pub fn text_of(file: &[u8]) -> Result<String, Unread> {
    let mut archive = open(file)?;
    let mut text = String::new();
    part(&mut archive, BODY, &mut text)?;
    for notes in ["word/footnotes.xml", "word/endnotes.xml"] {
        if archive.index_for_name(notes).is_some() {
            text.push('\n');
            part(&mut archive, notes, &mut text)?;
        }
    }
    Ok(text.trim_matches('\n').to_string())
}

fn open(file: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Unread> {
    // The list of parts is read whole; a file that is nothing but a list is not opened.
    let parts = file.windows(4).filter(|window| window == b"PK\x01\x02").count();
    if parts > MOST_PARTS {
        return Err(Unread::Unfolds);
    }
    ZipArchive::new(Cursor::new(file)).map_err(|_| DAMAGED)
}

fn part(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    text: &mut String,
) -> Result<(), Unread> {
    let part = archive.by_name(name).map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Unread::Locked,
        _ => DAMAGED,
    })?;
    let mut limited = BufReader::new(part.take(LONGEST_PART + 1));
    let read = paragraphs(&mut Reader::from_reader(&mut limited), text);
    match limited.into_inner().limit() {
        // Whatever else is wrong with it, it is too long.
        0 => Err(Unread::Unfolds),
        _ => read,
    }
}

fn paragraphs<R: BufRead>(reader: &mut Reader<R>, text: &mut String) -> Result<(), Unread> {
    let (mut in_text, mut cells, mut passed_over) = (false, 0_usize, 0_usize);
    let (mut buffer, mut open) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| DAMAGED)?;
        match &event {
            Event::Start(_) => open += 1,
            Event::End(_) => open = open.saturating_sub(1),
            _ => {}
        }
        match event {
            // A second rendering of the same for old programs; what was moved elsewhere.
            Event::Start(tag) if passed_over > 0 || is_passed_over(tag.name().as_ref()) => {
                passed_over += 1;
            }
            Event::End(_) if passed_over > 0 => passed_over -= 1,
            Event::Eof if open > 0 => return Err(DAMAGED),
            Event::Eof => return Ok(()),
            _ if passed_over > 0 => {}
            Event::Start(tag) => match tag.name().as_ref() {
                "w:t" => in_text = true,
                "w:tr" => cells = 0,
                "w:tc" => {
                    if cells > 0 {
                        text.truncate(text.trim_end_matches('\n').len());
                        text.push('\t');
                    }
                    cells += 1;
                }
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "w:t" => in_text = false,
                "w:p" => text.push('\n'),
                _ => {}
            },
            Event::Empty(tag) => match tag.name().as_ref() {
                // With attributes it is a tab stop.
                "w:tab" if tag.attributes().next().is_none() => text.push('\t'),
                "w:br" | "w:cr" | "w:p" => text.push('\n'),
                "w:noBreakHyphen" => text.push('-'),
                _ => {}
            },
            Event::Text(content) if in_text => text.push_str(&content.xml10_content()),
            Event::GeneralRef(name) if in_text => text.push_str(&entity(&name).ok_or(DAMAGED)?),
            Event::CData(content) if in_text => text.push_str(&content),
            _ => {}
        }
        if text.len() > LONGEST_TEXT {
            return Err(Unread::Unfolds);
        }
    }
}

fn is_passed_over(tag: &str) -> bool {
    matches!(tag, "mc:Fallback" | "w:moveFrom")
}

fn entity(name: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return Some(c.to_string());
    }
    quick_xml::escape::resolve_xml_entity(name).map(String::from)
}
