//! Where the letters of a page stand.
//!
//! Only the operators that move or show text are obeyed; letters that follow one another on one
//! height are a line, in the order in which the page writes them.

use std::{collections::HashMap, rc::Rc};

use super::{
    Page,
    file::File,
    font::Font,
    object::{Dict, Lexer, Object, is_blank},
};
use crate::reading::Unread;

/// Forms within forms deeper than this are a trap.
const DEEPEST_FORM: usize = 6;
/// States kept at once.
const MOST_STATES: usize = 512;
/// Letters of one page.
const MOST_LETTERS: usize = 1_000_000;

/// A line of a page, measured along the direction in which it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub text: String,
    pub start: f32,
    pub end: f32,
    /// Height on the page; greater is higher.
    pub height: f32,
    pub size: f32,
}

/// Reads pages one after another; fonts are read once.
#[derive(Default)]
pub(super) struct Reader {
    fonts: HashMap<u32, Rc<Font>>,
    /// Letters read so far.
    pub letters: usize,
    /// Letters that nobody can tell.
    pub unlettered: usize,
}

impl Reader {
    pub fn page(&mut self, file: &mut File<'_>, page: &Page) -> Result<Vec<Line>, Unread> {
        let contents = page.dict.get("Contents").cloned().unwrap_or(Object::Null);
        let parts = match file.value(&contents) {
            Object::List(list) => list,
            _ => vec![contents],
        };
        let mut content = Vec::new();
        for part in parts.iter().take(10_000) {
            if let Some((_, data)) = file.stream(part)? {
                content.extend(data);
                content.push(b'\n');
            }
        }
        let mut lines = Lines::default();
        self.run(file, &content, &page.resources, State::default(), &mut lines, 0)?;
        lines.end();
        Ok(lines.all)
    }

    fn run(
        &mut self,
        file: &mut File<'_>,
        content: &[u8],
        resources: &Dict,
        state: State,
        lines: &mut Lines,
        depth: usize,
    ) -> Result<(), Unread> {
        let fonts = file.dict_in(resources, "Font").unwrap_or_default();
        let forms = file.dict_in(resources, "XObject").unwrap_or_default();
        let (mut state, mut kept, mut held) = (state, Vec::new(), Vec::new());
        let mut local: HashMap<String, Rc<Font>> = HashMap::new();
        // How many marked parts are open, and which of them began what is no text of the page.
        let (mut marked, mut artifact) = (0_usize, None);
        let mut lexer = Lexer::new(content, 0);
        while lexer.at < content.len() && lines.letters < MOST_LETTERS {
            let before = lexer.at;
            let Some(value) = lexer.value() else {
                if lexer.at <= before {
                    break;
                }
                continue;
            };
            let Object::Word(operator) = value else {
                // No operator takes more.
                if held.len() < 1024 {
                    held.push(value);
                }
                continue;
            };
            let number = |place: usize| held.get(place).and_then(Object::number).unwrap_or(0.0);
            match operator.as_str() {
                "q" if kept.len() < MOST_STATES => kept.push(state.clone()),
                "Q" => state = kept.pop().unwrap_or(state),
                "cm" => state.page = matrix(&held).then(&state.page),
                "BT" => (state.text, state.line) = (Matrix::default(), Matrix::default()),
                "Tf" => {
                    if let Some(name) = held.first().and_then(Object::name) {
                        if !local.contains_key(name)
                            && let Some(font) = self.font(file, fonts.get(name))?
                        {
                            local.insert(name.to_owned(), font);
                        }
                        state.font = local.get(name).cloned();
                    }
                    state.size = number(1);
                }
                "Tc" => state.spacing = number(0),
                "Tw" => state.word_spacing = number(0),
                "Tz" => state.stretch = number(0) / 100.0,
                "TL" => state.leading = number(0),
                "Ts" => state.rise = number(0),
                "Td" => state.next_line(number(0), number(1)),
                "TD" => {
                    state.leading = -number(1);
                    state.next_line(number(0), number(1));
                }
                "Tm" => {
                    state.line = matrix(&held);
                    state.text = state.line;
                }
                "T*" => state.next_line(0.0, -state.leading),
                "Tj" | "TJ" | "'" | "\"" => {
                    if operator == "'" || operator == "\"" {
                        state.next_line(0.0, -state.leading);
                    }
                    if operator == "\"" {
                        (state.word_spacing, state.spacing) = (number(0), number(1));
                    }
                    let shown = held.last().cloned().unwrap_or(Object::Null);
                    let silent = artifact.is_some();
                    self.show(&mut state, &shown, lines, silent);
                }
                "BMC" | "BDC" => {
                    marked += 1;
                    let is_artifact = held.first().and_then(Object::name) == Some("Artifact");
                    if is_artifact && artifact.is_none() {
                        artifact = Some(marked);
                    }
                }
                "EMC" => {
                    if artifact == Some(marked) {
                        artifact = None;
                    }
                    marked = marked.saturating_sub(1);
                }
                "Do" if depth < DEEPEST_FORM && artifact.is_none() => {
                    let form = held.first().and_then(Object::name).and_then(|name| forms.get(name));
                    if let Some(form) = form
                        && is_form(file, form)
                        && let Some((dict, data)) = file.stream(form)?
                    {
                        let own = file.dict_in(&dict, "Resources");
                        let mut inside = state.clone();
                        if let Some(list) = file.list_in(&dict, "Matrix") {
                            inside.page = matrix(&list).then(&inside.page);
                        }
                        let resources = own.as_ref().unwrap_or(resources);
                        self.run(file, &data, resources, inside, lines, depth + 1)?;
                    }
                }
                "ID" => lexer.at = end_of_picture(content, lexer.at),
                _ => {}
            }
            held.clear();
        }
        Ok(())
    }

    fn font(
        &mut self,
        file: &mut File<'_>,
        font: Option<&Object>,
    ) -> Result<Option<Rc<Font>>, Unread> {
        let number = match font {
            Some(Object::Ref(number)) => Some(*number),
            _ => None,
        };
        if let Some(font) = number.and_then(|number| self.fonts.get(&number)) {
            return Ok(Some(Rc::clone(font)));
        }
        let Some(dict) = font.and_then(|font| file.dict(font)) else { return Ok(None) };
        let font = Rc::new(Font::read(file, &dict)?);
        if let Some(number) = number {
            self.fonts.insert(number, Rc::clone(&font));
        }
        Ok(Some(font))
    }

    fn show(&mut self, state: &mut State, shown: &Object, lines: &mut Lines, silent: bool) {
        match shown {
            Object::Text(text) => self.show_text(state, text, lines, silent),
            Object::List(list) => {
                for one in list {
                    match one {
                        Object::Text(text) => self.show_text(state, text, lines, silent),
                        Object::Number(back) => {
                            state.advance(-back / 1000.0 * state.size * state.stretch);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn show_text(&mut self, state: &mut State, text: &[u8], lines: &mut Lines, silent: bool) {
        let Some(font) = state.font.clone() else { return };
        for letter in font.letters(text) {
            let place = Matrix([state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise]);
            let from = place.then(&state.text).then(&state.page);
            let spacing = if letter.is_blank { state.word_spacing } else { 0.0 };
            let width = letter.width / 1000.0 * state.size + state.spacing + spacing;
            state.advance(width * state.stretch);
            let to = state.text.then(&state.page);
            if silent {
                continue;
            }
            self.letters += 1;
            lines.letters += 1;
            match letter.text.as_deref() {
                Some(text) => lines.put(text, &from, &to),
                None => self.unlettered += 1,
            }
        }
    }
}

fn is_form(file: &File<'_>, form: &Object) -> bool {
    file.dict(form).is_some_and(|dict| dict.is("Subtype", "Form"))
}

/// Passes over a picture that stands among the text.
fn end_of_picture(content: &[u8], from: usize) -> usize {
    let is_end = |window: &[u8]| {
        is_blank(window[0]) && window[1] == b'E' && window[2] == b'I' && is_blank(window[3])
    };
    content[from..].windows(4).position(is_end).map_or(content.len(), |at| from + at + 3)
}

#[derive(Clone)]
struct State {
    page: Matrix,
    text: Matrix,
    line: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    spacing: f32,
    word_spacing: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: Matrix::default(),
            text: Matrix::default(),
            line: Matrix::default(),
            font: None,
            size: 0.0,
            spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

impl State {
    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(&self.line);
        self.text = self.line;
    }

    fn advance(&mut self, x: f32) {
        self.text = Matrix([1.0, 0.0, 0.0, 1.0, x, 0.0]).then(&self.text);
    }
}

#[derive(Clone, Copy, Debug)]
struct Matrix([f32; 6]);

impl Default for Matrix {
    fn default() -> Self {
        Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    }
}

impl Matrix {
    /// This, then another.
    fn then(&self, next: &Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, next.0);
        Matrix([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }
}

fn matrix(numbers: &[Object]) -> Matrix {
    let mut matrix = Matrix::default();
    for (place, number) in matrix.0.iter_mut().zip(numbers) {
        *place = number.number().unwrap_or(0.0);
    }
    matrix
}

/// Puts letters together to lines.
#[derive(Default)]
struct Lines {
    all: Vec<Line>,
    line: Line,
    letters: usize,
}

impl Lines {
    fn put(&mut self, text: &str, from: &Matrix, to: &Matrix) {
        let [a, b, c, d, x, y] = from.0;
        let (length, size) = (a.hypot(b), c.hypot(d));
        if !(length > 0.0 && size.is_finite() && size > 0.0) {
            return;
        }
        // Along the writing and across it, however the page is turned.
        let (cos, sin) = (a / length, b / length);
        let along = |x: f32, y: f32| x * cos + y * sin;
        let (start, height) = (along(x, y), y * cos - x * sin);
        let end = along(to.0[4], to.0[5]);
        let line = &self.line;
        let same = (height - line.height).abs() < 0.5 * size.max(line.size)
            && start > line.end - 0.6 * size;
        if !same || line.text.is_empty() {
            self.end();
            self.line = Line { text: String::new(), start, end: start, height, size };
        }
        let line = &mut self.line;
        let gap = start - line.end;
        let last = line.text.chars().next_back();
        if gap > 0.9 * size && last.is_some() {
            line.text.truncate(line.text.trim_end().len());
            line.text.push('\t');
        } else if gap > 0.2 * size
            && last.is_some_and(|last| last.is_ascii() && !last.is_ascii_whitespace())
            && text.starts_with(|c: char| c.is_ascii())
        {
            line.text.push(' ');
        }
        line.text.extend(text.chars().filter(|c| !c.is_control()));
        line.end = end;
        line.size = line.size.max(size);
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.text.trim().is_empty() {
            self.all.push(line);
        }
    }
}
