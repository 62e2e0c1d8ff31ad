//! Text into a tree of words, with the place of each. Knows no names and no types.

use std::ops::Range;

use super::{Compare, ExprFault, MAX_CHARS};

/// How deep parentheses, `!` and `[` may nest.
const MAX_DEPTH: usize = 24;

/// A piece of an expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub at: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// Digits as written; `yuan` where 元 follows.
    Number {
        digits: String,
        yuan: bool,
    },
    Text(String),
    List(Vec<Tree>),
    Name(String),
    /// `a.b`, with the place of b.
    Member(String, String, Range<usize>),
    Call(String, Vec<Tree>),
    Not(Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Compare(Compare, Box<Tree>, Box<Tree>),
    In(Box<Tree>, Box<Tree>),
    Plus(Box<Tree>, Box<Tree>),
    Minus(Box<Tree>, Box<Tree>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(String, bool),
    Text(String),
    Sign(&'static str),
    End,
}

type Parsed<T> = Result<T, ExprFault>;

/// Parses one expression.
pub(super) fn parse(text: &str) -> Parsed<Tree> {
    let chars = text.chars().count();
    if chars > MAX_CHARS {
        let message = format!("条件有 {chars} 个字符，最多 {MAX_CHARS} 个");
        return Err(ExprFault::new(0..text.len(), "E0507", message)
            .instead("拆成 [finding.x] 的几项 any = […] 或 all = […]，再写 finding.x"));
    }
    let mut parser = Parser { tokens: lex(text)?, next: 0, depth: 0 };
    let tree = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected("这里多出了内容", "前后两部分之间写 && 或 ||")),
    }
}

const SIGNS: [&str; 17] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "(", ")", "[", "]", ",", "."];

fn lex(text: &str) -> Parsed<Vec<(Token, Range<usize>)>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' {
            let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
            match &rest[..length] {
                "in" => (Token::Sign("in"), length),
                word => (Token::Name(word.to_owned()), length),
            }
        } else if first.is_ascii_digit() {
            number(rest)
        } else if first == '\'' || first == '"' {
            let Some(length) = rest[1..].find(first) else {
                return Err(
                    ExprFault::new(at..text.len(), "E0501", "引号没有成对").instead("在末尾补上 '")
                );
            };
            (Token::Text(rest[1..=length].to_owned()), length + 2)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            return Err(odd_character(at, first));
        };
        tokens.push((token, at..at + length));
        at += length;
    }
    tokens.push((Token::End, text.len()..text.len()));
    Ok(tokens)
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Digits, perhaps with decimals, perhaps with 元.
fn number(rest: &str) -> (Token, usize) {
    let mut length = run(rest, |c| c.is_ascii_digit());
    if let Some(decimals) = rest[length..].strip_prefix('.') {
        let more = run(decimals, |c| c.is_ascii_digit());
        length += if more > 0 { more + 1 } else { 0 };
    }
    let yuan = rest[length..].starts_with('元');
    let digits = rest[..length].to_owned();
    (Token::Number(digits, yuan), length + if yuan { '元'.len_utf8() } else { 0 })
}

fn odd_character(at: usize, found: char) -> ExprFault {
    let fault =
        ExprFault::new(at..at + found.len_utf8(), "E0501", format!("条件里不能写“{found}”"));
    fault.instead(match found {
        '=' => "相等写 ==",
        '&' => "并且写 &&",
        '|' => "或者写 ||",
        '‘' | '’' | '“' | '”' => "用英文单引号 '…'",
        '（' | '）' => "用英文括号 ( )",
        '，' | '、' => "用英文逗号 ,",
        '！' => "用英文感叹号 !",
        '。' => "用英文句点 .",
        '*' | '/' | '%' => "条件里只有加减，不能乘除",
        '?' | ':' => "条件里没有“如果…就…”，拆成两个条件",
        _ => "名字用英文标识；文字放在英文单引号里",
    })
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    depth: usize,
}

impl Parser {
    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed<Tree> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let at = self.place();
            return Err(ExprFault::new(at, "E0507", "条件套得太深").instead("拆成 [finding.x]"));
        }
        let mut left = self.operand()?;
        while let Some((sign, strength)) = self.operator().filter(|(_, s)| *s >= least) {
            self.next += 1;
            let right = self.expression(strength + 1)?;
            let at = left.at.start..right.at.end;
            let (l, r) = (Box::new(left), Box::new(right));
            let kind = match sign {
                "||" => Kind::Or(l, r),
                "&&" => Kind::And(l, r),
                "in" => Kind::In(l, r),
                "+" => Kind::Plus(l, r),
                "-" => Kind::Minus(l, r),
                "==" => Kind::Compare(Compare::Eq, l, r),
                "!=" => Kind::Compare(Compare::Ne, l, r),
                "<" => Kind::Compare(Compare::Lt, l, r),
                "<=" => Kind::Compare(Compare::Le, l, r),
                ">" => Kind::Compare(Compare::Gt, l, r),
                _ => Kind::Compare(Compare::Ge, l, r),
            };
            left = Tree { at, kind };
            if strength == COMPARE && self.operator().is_some_and(|(_, s)| s == COMPARE) {
                return Err(self.unexpected("比较不能连着写", "拆成两个比较，中间写 &&"));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<(&'static str, u8)> {
        let Token::Sign(sign) = self.peek() else {
            return None;
        };
        let strength = match *sign {
            "||" => 1,
            "&&" => 2,
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" => COMPARE,
            "+" | "-" => 4,
            _ => return None,
        };
        Some((sign, strength))
    }

    fn operand(&mut self) -> Parsed<Tree> {
        let (token, at) = self.tokens[self.next].clone(); // The last token is `End`; never passed.
        match token {
            Token::Sign("!") => {
                self.next += 1;
                let inner = self.expression(5)?;
                Ok(Tree { at: at.start..inner.at.end, kind: Kind::Not(Box::new(inner)) })
            }
            Token::Sign("-") => {
                self.next += 1;
                let zero = Kind::Number { digits: "0".into(), yuan: false };
                let inner = self.expression(5)?;
                let zero = Tree { at: at.clone(), kind: zero };
                let at = at.start..inner.at.end;
                Ok(Tree { at, kind: Kind::Minus(Box::new(zero), Box::new(inner)) })
            }
            Token::Sign("(") => {
                self.next += 1;
                let inner = self.expression(0)?;
                let end = self.expect(")", "括号没有成对")?;
                Ok(Tree { at: at.start..end.end, kind: inner.kind })
            }
            Token::Sign("[") => {
                self.next += 1;
                let (items, end) = self.items("]", "方括号没有成对")?;
                Ok(Tree { at: at.start..end, kind: Kind::List(items) })
            }
            Token::Number(digits, yuan) => {
                self.next += 1;
                Ok(Tree { at, kind: Kind::Number { digits, yuan } })
            }
            Token::Text(text) => {
                self.next += 1;
                Ok(Tree { at, kind: Kind::Text(text) })
            }
            Token::Name(name) => {
                self.next += 1;
                self.named(name, at)
            }
            Token::End => Err(self.unexpected("条件没有写完", "在这里补上要比较的内容")),
            Token::Sign(_) => {
                Err(self
                    .unexpected("这里应当是一个名字、数或者文字", "删去多余的符号，或者补上内容"))
            }
        }
    }

    /// What a word at the start of an operand is: a literal, a call, a name with or without `.`.
    fn named(&mut self, name: String, at: Range<usize>) -> Parsed<Tree> {
        match name.as_str() {
            "true" => {
                return Ok(Tree { at, kind: Kind::Bool(true) });
            }
            "false" => {
                return Ok(Tree { at, kind: Kind::Bool(false) });
            }
            "null" => {
                return Ok(Tree { at, kind: Kind::Null });
            }
            "and" | "or" | "not" => {
                let sign = match name.as_str() {
                    "and" => "&&",
                    "or" => "||",
                    _ => "!",
                };
                let message = format!("条件里不写 {name}");
                return Err(ExprFault::new(at, "E0501", message).instead(format!("写 {sign}")));
            }
            _ => {}
        }
        if self.take("(") {
            let (arguments, end) = self.items(")", "括号没有成对")?;
            return Ok(Tree { at: at.start..end, kind: Kind::Call(name, arguments) });
        }
        if !self.take(".") {
            return Ok(Tree { at, kind: Kind::Name(name) });
        }
        let (token, second) = self.tokens[self.next].clone();
        let Token::Name(member) = token else {
            return Err(self.unexpected("句点后面应当是名字", "如 accept.on、new.verdict"));
        };
        self.next += 1;
        if matches!(self.peek(), Token::Sign(".")) {
            return Err(self.unexpected("名字最多两段", "如 accept.on、new.verdict"));
        }
        Ok(Tree { at: at.start..second.end, kind: Kind::Member(name, member, second) })
    }

    fn items(&mut self, close: &'static str, unclosed: &str) -> Parsed<(Vec<Tree>, usize)> {
        let mut items = Vec::new();
        while !matches!(self.peek(), Token::Sign(sign) if *sign == close) {
            items.push(self.expression(0)?);
            if !self.take(",") {
                break;
            }
        }
        let end = self.expect(close, unclosed)?;
        Ok((items, end.end))
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next].0
    }

    fn place(&self) -> Range<usize> {
        self.tokens[self.next].1.clone()
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(next) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str, message: &str) -> Parsed<Range<usize>> {
        let at = self.place();
        if self.take(sign) {
            Ok(at)
        } else {
            Err(self.unexpected(message, &format!("在这里补上 {sign}")))
        }
    }

    fn unexpected(&self, message: &str, instead: &str) -> ExprFault {
        ExprFault::new(self.place(), "E0501", message).instead(instead)
    }
}

/// How tightly comparisons bind.
const COMPARE: u8 = 3;
