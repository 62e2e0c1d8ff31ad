//! 字体: which of the fonts on this machine stand for those the standard names.
//!
//! The faces of GB/T 9704 may not be passed on with the program; where they are installed they
//! are used, otherwise the nearest free ones, character by character.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::OnceLock,
};

use fontdb::{Database, FaceInfo, ID};
use ttf_parser::{RawFace, Tag};

/// The faces that GB/T 9704 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Font {
    /// 仿宋, of the body.
    Fang,
    /// 小标宋, of titles.
    Title,
    /// 黑体, of first headings.
    Hei,
    /// 楷体, of second headings.
    Kai,
    /// 宋体, of page numbers.
    Song,
}

impl Font {
    const ALL: [Font; 5] = [Font::Fang, Font::Title, Font::Hei, Font::Kai, Font::Song];

    /// Families that are this face or come near it, the best first.
    fn families(self) -> &'static [&'static str] {
        match self {
            Font::Fang => &[
                "仿宋_GB2312",
                "FangSong_GB2312",
                "仿宋",
                "FangSong",
                "方正仿宋_GBK",
                "STFangsong",
                "FandolFang",
                "Fandol Fang",
            ],
            Font::Title => &[
                "方正小标宋简体",
                "方正小标宋_GBK",
                "FZXiaoBiaoSong-B05S",
                "FZXiaoBiaoSong-B05",
                "Noto Serif CJK SC",
                "Noto Serif SC",
                "Source Han Serif SC",
                "思源宋体",
            ],
            Font::Hei => &[
                "黑体",
                "SimHei",
                "Noto Sans CJK SC",
                "Noto Sans SC",
                "Source Han Sans SC",
                "思源黑体",
                "Microsoft YaHei",
                "PingFang SC",
                "STHeiti",
                "FandolHei",
                "WenQuanYi Zen Hei",
                "WenQuanYi Micro Hei",
                "Droid Sans Fallback",
            ],
            Font::Kai => &[
                "楷体_GB2312",
                "KaiTi_GB2312",
                "楷体",
                "KaiTi",
                "方正楷体_GBK",
                "STKaiti",
                "FandolKai",
                "LXGW WenKai",
                "AR PL KaitiM GB",
                "AR PL UKai CN",
            ],
            Font::Song => &[
                "宋体",
                "SimSun",
                "NSimSun",
                "STSong",
                "Noto Serif CJK SC",
                "Noto Serif SC",
                "Source Han Serif SC",
                "思源宋体",
                "FandolSong",
                "AR PL UMing CN",
                "AR PL SungtiL GB",
            ],
        }
    }

    fn weight(self) -> u16 {
        if self == Font::Title { 700 } else { 400 }
    }

    /// Which other faces may stand in, in order.
    fn stand_ins(self) -> &'static [Font] {
        match self {
            Font::Fang | Font::Title => &[Font::Song, Font::Kai, Font::Hei],
            Font::Kai => &[Font::Fang, Font::Song, Font::Hei],
            Font::Hei | Font::Song => &[Font::Hei, Font::Song, Font::Fang],
        }
    }
}

/// The fonts of this machine. Looking them over takes some tens of milliseconds.
pub struct Fonts {
    database: Database,
    chains: BTreeMap<Font, Vec<ID>>,
}

/// No font on this machine has Chinese characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoChineseFont;

impl fmt::Display for NoChineseFont {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "未找到中文字体，不能生成PDF。请安装一种中文字体（Debian、Ubuntu：apt-get install \
             fonts-noto-cjk），或者把字体文件放入 ~/.local/share/fonts；也可以改用DOCX或者网页打印",
        )
    }
}

impl std::error::Error for NoChineseFont {}

impl Fonts {
    /// The fonts of this machine, looked over the first time they are asked for.
    ///
    /// A machine without Chinese fonts is looked over again each time: they may be installed
    /// while the program runs.
    pub fn installed() -> Result<&'static Self, NoChineseFont> {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        if let Some(fonts) = FONTS.get() {
            return Ok(fonts);
        }
        let fonts = Self::load()?;
        Ok(FONTS.get_or_init(|| fonts))
    }

    /// Looks over the fonts of this machine.
    pub fn load() -> Result<Self, NoChineseFont> {
        let mut database = Database::new();
        database.load_system_fonts();
        let mut faces: Vec<&FaceInfo> = database.faces().collect();
        // Folders are read in no particular order; equal machines shall give equal files.
        faces.sort_by(|a, b| (&a.post_script_name, a.index).cmp(&(&b.post_script_name, b.index)));
        let upright = |face: &&&FaceInfo| face.style == fontdb::Style::Normal;
        let usable: Vec<&FaceInfo> = faces.iter().filter(upright).copied().collect();
        let chinese: Vec<&FaceInfo> =
            usable.iter().copied().filter(|face| is_chinese(&database, face.id)).collect();
        if chinese.is_empty() {
            return Err(NoChineseFont);
        }
        let chain = |font: Font| {
            let mut chain: Vec<ID> = Vec::new();
            let named = std::iter::once(&font).chain(font.stand_ins());
            let found = named.filter_map(|font| find(&chinese, *font));
            let others = chinese.iter().chain(&usable).map(|face| face.id);
            for id in found.chain(others) {
                if !chain.contains(&id) {
                    chain.push(id);
                }
            }
            (font, chain)
        };
        let chains = Font::ALL.into_iter().map(chain).collect();
        Ok(Self { database, chains })
    }

    /// Finds a glyph for every character.
    pub(crate) fn resolve(&self, wanted: &BTreeMap<Font, BTreeSet<char>>) -> Glyphs {
        let mut glyphs = Glyphs::default();
        for (font, chars) in wanted {
            let mut open = chars.clone();
            for id in &self.chains[font] {
                if open.is_empty() {
                    break;
                }
                self.take(*font, *id, &mut open, &mut glyphs);
            }
            glyphs.missing.extend(open.into_iter().filter(|c| !c.is_whitespace()));
        }
        glyphs
    }

    fn take(&self, font: Font, id: ID, open: &mut BTreeSet<char>, glyphs: &mut Glyphs) {
        self.with_face(id, |face| {
            let em = f32::from(face.units_per_em());
            open.retain(|c| {
                let Some(glyph) = face.glyph_index(*c).filter(|glyph| glyph.0 != 0) else {
                    return true;
                };
                let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / em;
                let place = glyphs.faces.iter().position(|used| *used == id);
                let place = place.unwrap_or_else(|| {
                    glyphs.faces.push(id);
                    glyphs.faces.len() - 1
                });
                glyphs.found.insert((font, *c), Glyph { face: place, id: glyph.0, advance });
                false
            });
        });
    }

    /// Gives the face to `read`, if its file is still there and sound.
    pub(crate) fn with_face<T>(
        &self,
        id: ID,
        read: impl FnOnce(&ttf_parser::Face<'_>) -> T,
    ) -> Option<T> {
        self.database.with_face_data(id, |data, index| {
            ttf_parser::Face::parse(data, index).ok().map(|face| read(&face))
        })?
    }

    /// Gives the bytes of the file and the index of the face in it to `read`.
    pub(crate) fn with_data<T>(&self, id: ID, read: impl FnOnce(&[u8], u32) -> T) -> Option<T> {
        self.database.with_face_data(id, read)
    }

    /// The PostScript name of a face.
    pub(crate) fn name(&self, id: ID) -> String {
        let name = self.database.face(id).map(|face| face.post_script_name.clone());
        let name: String =
            name.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        if name.is_empty() { "Font".into() } else { name }
    }
}

/// The glyphs of one paper.
#[derive(Default)]
pub(crate) struct Glyphs {
    /// The faces they come from.
    pub(crate) faces: Vec<ID>,
    found: HashMap<(Font, char), Glyph>,
    /// Characters that no font has.
    pub(crate) missing: BTreeSet<char>,
}

/// One glyph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// Position in [`Glyphs::faces`].
    pub(crate) face: usize,
    /// Its id in that face.
    pub(crate) id: u16,
    /// Its width as a share of the font size.
    pub(crate) advance: f32,
}

impl Glyphs {
    /// The glyph of a character; `None` where no font has it.
    pub(crate) fn get(&self, font: Font, c: char) -> Option<Glyph> {
        self.found.get(&(font, c)).copied()
    }
}

/// Whether a face has Chinese characters and an outline format that can be embedded.
fn is_chinese(database: &Database, id: ID) -> bool {
    let check = |data: &[u8], index: u32| {
        let Ok(raw) = RawFace::parse(data, index) else {
            return false;
        };
        let table = |name: &[u8; 4]| raw.table(Tag::from_bytes(name)).is_some();
        if !table(b"glyf") && !table(b"CFF ") {
            return false;
        }
        let Ok(face) = ttf_parser::Face::parse(data, index) else {
            return false;
        };
        "依法的".chars().all(|c| face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
    };
    database.with_face_data(id, check).unwrap_or(false)
}

fn find(faces: &[&FaceInfo], font: Font) -> Option<ID> {
    let distance = |face: &FaceInfo| face.weight.0.abs_diff(font.weight());
    font.families().iter().find_map(|family| {
        let named = |face: &&&FaceInfo| {
            face.families.iter().any(|(name, _)| name.eq_ignore_ascii_case(family))
        };
        faces.iter().filter(named).min_by_key(|face| distance(face)).map(|face| face.id)
    })
}
