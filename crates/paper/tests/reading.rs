//! Files of others: read as text, or refused with a word that helps.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use flate2::{Compression, write::ZlibEncoder};
use paper::{
    docx, from_markdown, pdf,
    reading::{self, CodePoints, Kind, Unread, read},
};
use zip::{ZipWriter, write::SimpleFileOptions};

const TEXT: &str = "根据《中华人民共和国行政处罚法》第三十三条，共办理案件128件，办结率98.5%。";

fn refused(name: &str, file: &[u8]) -> Unread {
    read(name, file).expect_err("a refusal")
}

#[test]
fn texts_are_read_in_every_encoding_of_the_trade() {
    let utf16 = |mark: bool, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = if mark { Some(0xFEFF) } else { None };
        mark.into_iter().chain(TEXT.encode_utf16()).flat_map(order).collect()
    };
    let files = [
        TEXT.as_bytes().to_vec(),
        format!("\u{FEFF}{TEXT}").into_bytes(),
        encoding_rs::GB18030.encode(TEXT).0.into_owned(),
        utf16(true, u16::to_le_bytes),
        utf16(true, u16::to_be_bytes),
        utf16(false, u16::to_le_bytes),
        utf16(false, u16::to_be_bytes),
    ];
    for (place, file) in files.iter().enumerate() {
        let read = read("报告.txt", file).unwrap();
        assert_eq!((read.kind, read.text.as_str()), (Kind::Text, TEXT), "file {place}");
    }
    assert_eq!(read("", "一\r\n二\r三\n".as_bytes()).unwrap().text, "一\n二\n三\n");
}

#[test]
fn offsets_are_code_points() {
    let text = format!("a𠮷{}末", "中文abc".repeat(500));
    let points = CodePoints::of(&text);
    for (place, (byte, _)) in text.char_indices().enumerate() {
        assert_eq!(points.before(byte), place);
    }
    assert_eq!(points.before(usize::MAX), text.chars().count());
    assert_eq!(CodePoints::of("").before(0), 0);
}

#[test]
fn a_page_is_read_without_what_stands_around_its_text() {
    let page = format!(
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>示例县人民政府</title>\
         <style>p {{}}</style></head><body class='nav-open'><div class='top-nav'><ul><li><a href='/'>首页</a></li>\
         <li><a>政务公开</a></li></ul></div><script>var a = '<p>不是文字</p>';</script>\
         <ul><li><a>县长信箱</a></li><li><a>领导之窗</a></li><li><a>机构设置</a></li></ul>\
         <div id='zoom'><h1>年度报告</h1><p>{TEXT}</p><p>依据&ldquo;一&nbsp;二&rdquo;&#8212;\n行政\n复议<br>另起</p>\
         <table><tr><td>件</td><td>12</td></tr></table></div>\
         <div class='site-footer'>联系我们<div>电话</div></div><p>某ICP备12345号</p></body></html>"
    );
    let read = read("报告.html", page.as_bytes()).unwrap();
    assert_eq!(read.kind, Kind::Html);
    assert_eq!(read.text, format!("年度报告\n{TEXT}\n依据“一\u{a0}二”—行政复议\n另起\n件\t12"));
    let gbk = page.replace("utf-8", "gb2312");
    let gbk = encoding_rs::GB18030.encode(&gbk).0;
    assert_eq!(reading::read("报告.htm", &gbk).unwrap().text, read.text);
}

#[test]
fn a_name_around_most_of_a_page_misleads_nobody() {
    let page = format!("<html><body><div class='content-nav'><p>{TEXT}</p></div></body></html>");
    assert_eq!(read("", page.as_bytes()).unwrap().text, TEXT);
}

#[test]
fn our_own_papers_are_read_again() {
    let body = TEXT.repeat(20);
    let paper = from_markdown(&format!("# 年度报告\n\n{body}\n\n## 一、主要做法\n\n短段。"));
    let read_docx = read("报告.docx", &docx::write(&paper)).unwrap();
    assert_eq!(read_docx.kind, Kind::Docx);
    assert!(read_docx.text.contains(&body));
    let Ok(fonts) = pdf::Fonts::installed() else {
        println!("skipped: no Chinese font on this machine");
        return;
    };
    let read_pdf = read("报告.pdf", &pdf::write(&paper, fonts).file).unwrap();
    assert_eq!(read_pdf.kind, Kind::Pdf);
    assert_eq!(read_pdf.text, format!("年度报告\n{body}\n一、主要做法\n短段。"));
}

/// A PDF of one page with this content, and what else it needs.
fn pdf_of(content: &[u8], filter: &str, more: &str) -> Vec<u8> {
    let mut file = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n\
         5 0 obj<</Type/Font/Subtype/Type0/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>endobj\n\
         6 0 obj<</Type/Font/Subtype/CIDFontType2>>endobj\n{more}\n\
         4 0 obj<</Length {}{filter}>>stream\n",
        content.len()
    )
    .into_bytes();
    file.extend(content);
    file.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF");
    file
}

fn shown(text: &str) -> Vec<u8> {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("BT /F 12 Tf 72 700 Td <{hex}> Tj ET").into_bytes()
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(data).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_plain_pdf_is_read_packed_or_not() {
    assert_eq!(read("a.pdf", &pdf_of(&shown(TEXT), "", "")).unwrap().text, TEXT);
    let packed = deflated(&shown(TEXT));
    assert_eq!(read("a", &pdf_of(&packed, "/Filter/FlateDecode", "")).unwrap().text, TEXT);
    let whole = pdf_of(&shown(TEXT), "", "");
    let broken = [&whole[..whole.len() - 30], b"1 0 obj [ ( <<"].concat();
    assert_eq!(read("a", &broken).unwrap().text, TEXT, "without its tables");
}

#[test]
fn what_once_made_the_reader_stumble_is_refused() {
    let letters_before_a_number = b"%PDF-1.6\n\xc3\xa4\xc3\xbc\xc3\x9f02 0 obj\n<</Length>>endobj";
    let table = b"1 beginbfrange ".iter().copied().chain(b"<0> <ffff> <4e> ".repeat(3000));
    let table: Vec<u8> = table.chain(*b"endbfrange").collect();
    assert_eq!(refused("a.pdf", letters_before_a_number), Unread::Damaged(Kind::Pdf));
    // A table that writes the same letters over and over.
    let slow = pdf_of(&table, "", "5 0 obj<</Subtype/Type0/ToUnicode 4 0 R>>endobj");
    assert_eq!(refused("a.pdf", &slow), Unread::NoText);
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn hostile_files_are_refused_with_a_word_and_cost_little() {
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let bomb = zipped(&[("word/document.xml", &zeros)]);
    assert_eq!(refused("报告.docx", &bomb), Unread::Unfolds);
    let letters = [b"<w:t>".as_slice(), &vec![b'a'; 30 * 1024 * 1024], b"</w:t>"].concat();
    assert_eq!(refused("报告.docx", &zipped(&[("word/document.xml", &letters)])), Unread::Unfolds);

    let packed = deflated(&zeros[..40 * 1024 * 1024]);
    let flate = "/Filter/FlateDecode";
    assert_eq!(refused("报告.pdf", &pdf_of(&packed, flate, "")), Unread::Unfolds);
    let twice = deflated(&packed);
    let filters = "/Filter[/FlateDecode/FlateDecode]";
    assert_eq!(refused("报告.pdf", &pdf_of(&twice, filters, "")), Unread::Unfolds);
    let hidden = "/Type/ObjStm/N 9/First 0/Filter/FlateDecode";
    assert_eq!(refused("报告.pdf", &pdf_of(&packed, hidden, "")), Unread::Unfolds);
    drop((zeros, letters));

    let large = vec![b'%'; reading::LARGEST as usize + 1];
    assert_eq!(refused("报告.pdf", &large), Unread::TooLarge(reading::LARGEST + 1));
    drop(large);

    for broken in ["<w:document><w:t>一", "<w:t>一</w:p>", "<w:t>&nothing;</w:t>"] {
        let file = zipped(&[("word/document.xml", broken.as_bytes())]);
        assert_eq!(refused("报告.docx", &file), Unread::Damaged(Kind::Docx), "{broken}");
    }
    let whole = docx::write(&from_markdown("# 报告"));
    assert_eq!(refused("报告.docx", &whole[..whole.len() / 2]), Unread::Damaged(Kind::Docx));
    assert_eq!(refused("报告.pdf", b"%PDF-1.7 nothing else"), Unread::Damaged(Kind::Pdf));

    let wrong = |extension: &str, kind| Unread::WrongName { extension: extension.into(), kind };
    assert_eq!(refused("a.docx", &pdf_of(&shown(TEXT), "", "")), wrong("docx", Kind::Pdf));
    assert_eq!(refused("a.pdf", &whole), wrong("pdf", Kind::Docx));
    assert_eq!(refused("a.PDF", TEXT.as_bytes()), wrong("pdf", Kind::Text));
    assert!(matches!(refused("a.txt", b"\x89PNG\r\n\x1a\n0000"), Unread::Foreign("图片", _)));
    assert!(matches!(refused("a.txt", &[7; 3000]), Unread::Foreign(..)));
    assert!(matches!(refused("a.docx", &zipped(&[("xl/workbook.xml", b"")])), Unread::Foreign(..)));

    let locked = pdf_of(&shown(TEXT), "", "trailer<</Encrypt 9 0 R>>");
    assert_eq!(refused("a.pdf", &locked), Unread::Locked);
    let container: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let container = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], &*container].concat();
    assert_eq!(refused("a.docx", &container), Unread::Locked);

    assert_eq!(refused("a.pdf", &pdf_of(b"q 1 0 0 1 0 0 cm /Im Do Q", "", "")), Unread::NoText);
    let unknown = pdf_of(&shown(TEXT), "", "5 0 obj<</Subtype/Type0/Encoding/Identity-H>>endobj");
    assert_eq!(refused("a.pdf", &unknown), Unread::Unlettered);
    assert_eq!(refused("a.txt", b""), Unread::Empty);
    assert_eq!(refused("a.txt", b" \n "), Unread::Empty);
}

#[test]
fn every_refusal_is_a_chinese_sentence() {
    let all = [
        Unread::TooLarge(200 << 20),
        Unread::TooLong(20 << 20),
        Unread::Unfolds,
        Unread::Damaged(Kind::Docx),
        Unread::WrongName { extension: "pdf".into(), kind: Kind::Docx },
        Unread::Locked,
        Unread::NoText,
        Unread::Unlettered,
        Unread::Empty,
        Unread::Foreign("图片", "请交原来的电子文档"),
    ];
    for refusal in all {
        assert!(refusal.to_string().contains("文件"), "{refusal}");
    }
    assert_eq!(
        Unread::TooLarge(200 << 20).to_string(),
        "文件有200MB，最多读64MB；请去掉图片或者拆开再交"
    );
}
