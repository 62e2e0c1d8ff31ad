//! PDF: the laid out pages with their fonts embedded, so that they print alike everywhere and
//! their text can be searched and copied.

use std::{collections::BTreeMap, io::Write};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap},
};
use subsetter::GlyphRemapper;
use ttf_parser::{RawFace, Tag};

pub use crate::fonts::{Fonts, NoChineseFont};
use crate::{
    fonts::{Font, Glyph},
    lines::{Line, Look, Sign},
    model::{Paper, clean},
    page::{LEFT, PAPER, TOP},
    pages::{Mark, Pages, lay_out},
};

/// A printed paper.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The PDF file.
    pub file: Vec<u8>,
    /// Its pages.
    pub pages: usize,
    /// Characters that no font of this machine has; boxes stand in their places. Whoever prints
    /// must tell the user: a rare character of a name is not to be lost in silence.
    pub missing: Vec<char>,
}

/// Prints a paper. Equal papers on equal fonts give equal bytes.
pub fn write(paper: &Paper, fonts: &Fonts) -> Printed {
    let Pages { glyphs, pages } = lay_out(paper, fonts);
    let mut used: Vec<Used> = glyphs.faces.iter().map(|_| Used::default()).collect();
    let contents: Vec<Vec<u8>> = pages.iter().map(|marks| content(marks, &mut used)).collect();

    let mut pdf = Pdf::new();
    let mut last = 0;
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let (catalog, tree, info) = (next(), next(), next());
    let page_refs: Vec<(Ref, Ref)> = contents.iter().map(|_| (next(), next())).collect();
    let font_refs: Vec<[Ref; 5]> =
        used.iter().map(|_| [next(), next(), next(), next(), next()]).collect();

    pdf.catalog(catalog).pages(tree).lang(TextStr("zh-CN"));
    pdf.document_info(info).title(TextStr(&clean(&paper.title).replace('\n', " ")));
    let kids = page_refs.iter().map(|(page, _)| *page);
    pdf.pages(tree).kids(kids).count(page_refs.len() as i32);
    for ((page_ref, content_ref), content) in page_refs.iter().zip(&contents) {
        let mut page = pdf.page(*page_ref);
        page.media_box(Rect::new(0.0, 0.0, PAPER.0, PAPER.1)).parent(tree).contents(*content_ref);
        let mut resources = page.resources();
        let mut names = resources.fonts();
        for (index, refs) in font_refs.iter().enumerate() {
            names.pair(Name(font_name(index).as_bytes()), refs[0]);
        }
        names.finish();
        resources.finish();
        page.finish();
        pdf.stream(*content_ref, &deflated(content)).filter(Filter::FlateDecode);
    }
    for (index, (refs, used)) in font_refs.iter().zip(&used).enumerate() {
        embed(&mut pdf, fonts, glyphs.faces[index], index, refs, used);
    }
    let missing = glyphs.missing.into_iter().collect();
    Printed { file: pdf.finish(), pages: contents.len(), missing }
}

/// The glyphs that were printed of one face.
#[derive(Default)]
struct Used {
    remapper: GlyphRemapper,
    /// Glyph in the embedded subset = its character and width.
    glyphs: BTreeMap<u16, (char, f32)>,
}

impl Used {
    fn take(&mut self, c: char, glyph: Glyph) -> u16 {
        let id = self.remapper.remap(glyph.id);
        self.glyphs.entry(id).or_insert((c, glyph.advance));
        id
    }
}

fn font_name(index: usize) -> String {
    format!("F{index}")
}

/// The content of one page.
fn content(marks: &[Mark], used: &mut [Used]) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Rule { from, to, width, red } => {
                colour(&mut content, *red);
                content.set_line_width(*width);
                content.move_to(LEFT + from.0, height(from.1));
                content.line_to(LEFT + to.0, height(to.1)).stroke();
            }
            Mark::Text { line, x, baseline } => text(&mut content, line, *x, *baseline, used),
        }
    }
    content.finish().into_vec()
}

/// From the text area's upper edge downwards to PDF's upwards from the lower edge of the paper.
fn height(y: f32) -> f32 {
    PAPER.1 - TOP - y
}

fn colour(content: &mut Content, red: bool) {
    let red = if red { 1.0 } else { 0.0 };
    content.set_fill_rgb(red, 0.0, 0.0);
    content.set_stroke_rgb(red, 0.0, 0.0);
}

fn text(content: &mut Content, line: &Line, x: f32, baseline: f32, used: &mut [Used]) {
    let (x, y) = (LEFT + x, height(baseline));
    for place in line.signs.chunk_by(|a, b| a.look.place == b.look.place) {
        if let [first, .., last] | [first @ last] = place
            && first.look.place
        {
            let width = last.x + last.width - first.x;
            let size = first.look.size;
            content.set_fill_rgb(1.0, 1.0, 0.0);
            content.rect(x + first.x, y - size * 0.2, width, size * 1.16).fill_nonzero();
        }
    }
    let alike = |a: &Sign, b: &Sign| key(a) == key(b);
    for run in line.signs.chunk_by(alike) {
        let look = run[0].look;
        colour(content, look.red);
        match run[0].glyph {
            Some(glyph) => show(content, run, glyph.face, look, (x, y), used),
            None => run.iter().filter(|sign| !sign.c.is_whitespace()).for_each(|sign| {
                let (side, size) = (sign.width, look.size);
                content.set_line_width(0.5);
                content.rect(x + sign.x + 1.0, y - size * 0.08, side - 2.0, size * 0.9).stroke();
            }),
        }
    }
}

/// Signs that one font setting prints.
fn key(sign: &Sign) -> (Option<usize>, Font, u32, bool, bool) {
    let look = sign.look;
    (sign.glyph.map(|glyph| glyph.face), look.font, look.size.to_bits(), look.red, look.strong)
}

fn show(
    content: &mut Content,
    run: &[Sign],
    face: usize,
    look: Look,
    (x, y): (f32, f32),
    used: &mut [Used],
) {
    content.begin_text();
    content.set_font(Name(font_name(face).as_bytes()), look.size);
    if look.strong {
        content.set_text_rendering_mode(TextRenderingMode::FillStroke);
        content.set_line_width(look.size / 32.0);
    }
    content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x + run[0].x, y]);
    let mut positioned = content.show_positioned();
    let mut items = positioned.items();
    let mut at = run[0].x;
    for sign in run {
        let Some(glyph) = sign.glyph else { continue };
        let shift = (at - sign.x) * 1000.0 / look.size;
        if shift.abs() > 0.5 {
            items.adjust(shift.round());
            at -= shift.round() * look.size / 1000.0;
        }
        let id = used[face].take(sign.c, glyph);
        items.show(Str(&id.to_be_bytes()));
        at += glyph.advance * look.size;
    }
    items.finish();
    positioned.finish();
    if look.strong {
        content.set_text_rendering_mode(TextRenderingMode::Fill);
    }
    content.end_text();
}

const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Writes one font: the subset, its widths, and which character each glyph stands for.
fn embed(
    pdf: &mut Pdf,
    fonts: &Fonts,
    id: fontdb::ID,
    index: usize,
    [font, cid, descriptor, file, unicode]: &[Ref; 5],
    used: &Used,
) {
    let subset = fonts.with_data(id, |data, face| {
        // A font that cannot be reduced is left out of the file; viewers then use their own.
        subsetter::subset(data, face, &used.remapper).unwrap_or_default()
    });
    let subset = subset.unwrap_or_default();
    let outlines = RawFace::parse(&subset, 0)
        .ok()
        .and_then(|raw| raw.table(Tag::from_bytes(b"CFF ")))
        .map(<[u8]>::to_vec);
    // The prefix marks a subset: six capital letters.
    let letter = |number: usize| char::from(b'A' + (number % 26) as u8);
    let name = format!("YIFA{}{}+{}", letter(index / 26), letter(index), fonts.name(id));
    let name = Name(name.as_bytes());

    pdf.type0_font(*font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(*cid)
        .to_unicode(*unicode);
    let mut cid_font = pdf.cid_font(*cid);
    let kind = if outlines.is_some() { CidFontType::Type0 } else { CidFontType::Type2 };
    cid_font.subtype(kind).base_font(name).system_info(IDENTITY).font_descriptor(*descriptor);
    cid_font.default_width(1000.0);
    if outlines.is_none() {
        cid_font.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = cid_font.widths();
    for (id, (_, advance)) in &used.glyphs {
        if (advance - 1.0).abs() > 0.0005 {
            widths.same(*id, *id, advance * 1000.0);
        }
    }
    widths.finish();
    cid_font.finish();

    let (bbox, ascent, descent) = fonts
        .with_face(id, |face| {
            let unit = 1000.0 / f32::from(face.units_per_em());
            let scaled = |value: i16| f32::from(value) * unit;
            let bbox = face.global_bounding_box();
            let bbox = Rect::new(
                scaled(bbox.x_min),
                scaled(bbox.y_min),
                scaled(bbox.x_max),
                scaled(bbox.y_max),
            );
            (bbox, scaled(face.ascender()), scaled(face.descender()))
        })
        .unwrap_or((Rect::new(0.0, -120.0, 1000.0, 880.0), 880.0, -120.0));
    let mut described = pdf.font_descriptor(*descriptor);
    described.name(name).flags(FontFlags::SYMBOLIC).bbox(bbox).italic_angle(0.0);
    described.ascent(ascent).descent(descent).cap_height(ascent).stem_v(80.0);
    if !subset.is_empty() {
        match outlines {
            Some(_) => described.font_file3(*file),
            None => described.font_file2(*file),
        };
    }
    described.finish();
    match outlines {
        Some(outlines) => {
            let data = deflated(&outlines);
            let mut stream = pdf.stream(*file, &data);
            stream.filter(Filter::FlateDecode);
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        }
        None if subset.is_empty() => {}
        None => {
            let data = deflated(&subset);
            let mut stream = pdf.stream(*file, &data);
            stream.filter(Filter::FlateDecode);
            stream.pair(Name(b"Length1"), subset.len() as i32);
        }
    }
    let mut map: UnicodeCmap = UnicodeCmap::new(Name(b"Yifa"), IDENTITY);
    used.glyphs.iter().for_each(|(id, (c, _))| map.pair(*id, *c));
    pdf.cmap(*unicode, &deflated(&map.finish().into_vec())).filter(Filter::FlateDecode);
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    encoder.write_all(data).and_then(|()| encoder.finish()).expect("deflate to memory")
}
