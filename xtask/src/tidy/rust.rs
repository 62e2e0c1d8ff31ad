//! Rust source as the rules read it: code apart from strings, without comments and test modules.

use crate::workspace::File;

/// One Rust file of the product.
pub struct Source {
    pub path: String,
    /// The code line by line: comments and the insides of strings are blank, test modules absent.
    pub code: Vec<String>,
    /// Every string literal outside test modules, with the line it begins on, counted from 1.
    pub strings: Vec<(usize, String)>,
    /// The first line of the file as written.
    pub opening: String,
}

impl Source {
    pub fn of(file: &File) -> Source {
        let mut reader =
            Reader { rest: file.text.chars().collect(), at: 0, line: 1, code: String::new() };
        let strings = reader.read();
        let mut source = Source {
            path: file.path.clone(),
            code: reader.code.lines().map(str::to_owned).collect(),
            strings,
            opening: file.text.lines().next().unwrap_or_default().to_owned(),
        };
        source.drop_tests();
        source
    }

    /// The crate the file belongs to.
    pub fn krate(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The lines of code with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().map(|(at, line)| (at + 1, line.as_str()))
    }

    /// Blanks every item under `#[cfg(test)]`: rustfmt closes it with the same indentation.
    fn drop_tests(&mut self) {
        let mut at = 0;
        while at < self.code.len() {
            let indent = self.code[at].len() - self.code[at].trim_start().len();
            if !self.code[at].trim_start().starts_with("#[cfg(test)]") {
                at += 1;
                continue;
            }
            let closes = |line: &String| {
                let deep = line.len() - line.trim_start().len();
                deep == indent && (line.trim() == "}" || line.trim_end().ends_with(';'))
            };
            let end =
                self.code[at..].iter().position(closes).map_or(self.code.len(), |n| at + n + 1);
            self.code[at..end].iter_mut().for_each(String::clear);
            self.strings.retain(|(line, _)| !(at < *line && *line <= end));
            at = end;
        }
    }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    line: usize,
    code: String,
}

impl Reader {
    fn read(&mut self) -> Vec<(usize, String)> {
        let mut strings = Vec::new();
        while let Some(here) = self.peek(0) {
            match (here, self.peek(1)) {
                ('/', Some('/')) => self.skip_while(|reader| reader.peek(0) != Some('\n')),
                ('/', Some('*')) => self.skip_block_comment(),
                ('"', _) => strings.push((self.line, self.string())),
                ('r' | 'b' | 'c', _) if !self.in_word() && self.opens_string() => {
                    strings.push((self.line, self.prefixed_string()));
                }
                ('\'', _) => self.char_or_lifetime(),
                _ => self.keep(),
            }
        }
        strings
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn keep(&mut self) {
        let Some(here) = self.peek(0) else { return };
        self.code.push(here);
        self.step();
    }

    fn step(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    /// Passes over what is not code, keeping the line breaks so that line numbers stay true.
    fn blank(&mut self) {
        if self.peek(0) == Some('\n') {
            self.code.push('\n');
        }
        self.step();
    }

    fn skip_while(&mut self, more: impl Fn(&Reader) -> bool) {
        while self.peek(0).is_some() && more(self) {
            self.blank();
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn in_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.rest.get(at));
        before.is_some_and(|before| before.is_alphanumeric() || *before == '_')
    }

    fn opens_string(&self) -> bool {
        let mut ahead = 1;
        while matches!(self.peek(ahead), Some('r' | '#')) {
            ahead += 1;
        }
        self.peek(ahead) == Some('"')
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.keep();
        while let Some(here) = self.peek(0) {
            match here {
                '"' => break,
                '\\' => {
                    self.blank();
                    text.push('\\');
                    text.extend(self.peek(0));
                    self.blank();
                }
                _ => {
                    text.push(here);
                    self.blank();
                }
            }
        }
        self.keep();
        text
    }

    fn prefixed_string(&mut self) -> String {
        let mut raw = false;
        let mut hashes = 0;
        while let Some(here) = self.peek(0).filter(|here| *here != '"') {
            raw |= here == 'r';
            hashes += usize::from(here == '#');
            self.keep();
        }
        if !raw {
            return self.string();
        }
        let mut text = String::new();
        self.keep();
        while let Some(here) = self.peek(0) {
            if here == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                break;
            }
            text.push(here);
            self.blank();
        }
        (0..=hashes).for_each(|_| self.keep());
        text
    }

    fn char_or_lifetime(&mut self) {
        let is_char = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        self.keep();
        if !is_char {
            return;
        }
        if self.peek(0) == Some('\\') {
            self.blank();
        }
        self.blank();
        self.skip_while(|reader| reader.peek(0) != Some('\''));
        self.keep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::of(&File { path: "crates/x/src/y.rs".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn strings_are_found_and_comments_are_not() {
        let text =
            "let a = \"one\"; // \"two\"\n/* \"three\" */ let b = r#\"f\"our\"#;\nlet c = '\"';";
        let found = source(text).strings;
        assert_eq!(found, [(1, "one".to_owned()), (2, "f\"our".to_owned())]);
    }

    #[test]
    fn lifetimes_open_no_character() {
        let found = source("fn f<'a>(x: &'a str) { g(\"here\", '\\'') }").strings;
        assert_eq!(found, [(1, "here".to_owned())]);
    }

    #[test]
    fn test_modules_are_left_out() {
        let text = "let a = \"kept\";\n#[cfg(test)]\nmod tests {\n    let b = \"not\";\n}\nlet c = \"too\";\n";
        let found: Vec<String> = source(text).strings.into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["kept", "too"]);
    }
}
