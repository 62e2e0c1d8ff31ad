//! 读 PDF: the text that a PDF carries, page by page, as paragraphs.
//!
//! This reader is of this house because no other bounds what a stream unfolds to. It finds objects
//! by walking over the file rather than by its tables, so that damaged tables do not matter.
//!
//! Rooms: `object` how values are written · `file` where objects stand and what streams hold ·
//! `filter` how streams are packed · `font` which letters the codes mean · `content` where letters
//! stand · `paragraphs` lines and paragraphs again.

mod content;
mod file;
mod filter;
mod font;
mod object;
mod paragraphs;

use std::collections::BTreeSet;

use self::{
    content::Reader,
    file::File,
    object::{Dict, Object},
};
use super::{Kind, LONGEST_TEXT, Unread};

/// No honest report has more pages.
const MOST_PAGES: usize = 20_000;
/// Pages stand in a tree; no honest one is deeper.
const DEEPEST: usize = 32;

/// The text of a PDF file, one line per paragraph.
pub(super) fn text_of(bytes: &[u8]) -> Result<String, Unread> {
    let mut file = File::open(bytes)?;
    let pages = pages(&file);
    if pages.is_empty() {
        return Err(Unread::Damaged(Kind::Pdf));
    }
    let mut reader = Reader::default();
    let mut lines = Vec::new();
    for page in &pages {
        lines.push(reader.page(&mut file, page)?);
        if reader.letters > LONGEST_TEXT / 4 {
            return Err(Unread::Unfolds);
        }
    }
    // A few odd letters are a logo; a file of them cannot be told.
    if reader.unlettered * 2 > reader.letters {
        return Err(Unread::Unlettered);
    }
    Ok(paragraphs::join(&lines))
}

/// A page: its own dictionary with the resources it inherits.
struct Page {
    dict: Dict,
    resources: Dict,
}

/// The pages in order: by the tree, else as they stand in the file.
fn pages(file: &File<'_>) -> Vec<Page> {
    let root = file.root().and_then(|root| file.dict(&root)).unwrap_or_default();
    let mut walk = Walk { file, seen: BTreeSet::new(), pages: Vec::new() };
    if let Some(tree) = root.get("Pages") {
        walk.visit(tree, &Dict::default(), 0);
    }
    if walk.pages.is_empty() {
        let all = file.numbers().filter_map(|number| file.dict(&Object::Ref(number)));
        for dict in all.filter(|dict| dict.is("Type", "Page")).take(MOST_PAGES) {
            let resources = file.dict_in(&dict, "Resources").unwrap_or_default();
            walk.pages.push(Page { dict, resources });
        }
    }
    walk.pages
}

struct Walk<'f, 'b> {
    file: &'f File<'b>,
    seen: BTreeSet<u32>,
    pages: Vec<Page>,
}

impl Walk<'_, '_> {
    fn visit(&mut self, node: &Object, inherited: &Dict, depth: usize) {
        if let Object::Ref(number) = node
            && !self.seen.insert(*number)
        {
            return;
        }
        let Some(dict) = self.file.dict(node) else { return };
        if depth > DEEPEST || self.pages.len() >= MOST_PAGES {
            return;
        }
        let resources = self.file.dict_in(&dict, "Resources").unwrap_or_else(|| inherited.clone());
        match self.file.list_in(&dict, "Kids") {
            Some(kids) => kids.iter().for_each(|kid| self.visit(kid, &resources, depth + 1)),
            None => self.pages.push(Page { dict, resources }),
        }
    }
}
