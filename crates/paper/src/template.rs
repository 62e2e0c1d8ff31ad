//! 模板: the text of a document with the facts of the case put in.

use std::{collections::BTreeMap, fmt, sync::Arc};

use engine::show;
use jiff::civil::{Date, DateTime};
use minijinja::{
    Environment, Error, ErrorKind, State, UndefinedBehavior,
    syntax::SyntaxConfig,
    value::{Enumerator, Object, Serde, Value, ValueKind},
};
use serde::Serialize;

use crate::{markdown, words};

/// Puts the facts of a case into a template; [`crate::from_markdown`] reads the result.
///
/// The context is a map. Its keys may be spelt as the definition spells them in `uses`:
/// `"register.on"` is used as `{{ register.on }}` and `"due('handle')"` as `{{ due('handle') }}`;
/// nested maps do the same. Whatever is put in stays text: it cannot add headings, tables or
/// further places to fill in. A name that the context lacks is an error, never a blank.
///
/// Filters: `date` 2025年7月1日, `moment` with hours, `money` 1,500.00元 (of 分), `money_words`
/// 壹仟伍佰元整, `ordinal` 一, and those built into minijinja.
pub fn render(template: &str, context: impl Serialize) -> Result<String, TemplateFault> {
    let root = Branch::root(&Value::from(Serde(&context)));
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_recursion_limit(50);
    environment.set_formatter(|out, _, value| {
        let text = in_words(value)?;
        let text = if value.is_safe() { text } else { markdown::escape(&text) };
        out.write_str(&text).map_err(Error::from)
    });
    environment.set_syntax(syntax());
    environment.add_filter("date", |value: &Value| as_date(value).map(show::date));
    environment.add_filter("moment", |value: &Value| as_moment(value).map(show::moment));
    environment.add_filter("money", |value: &Value| as_fen(value).map(show::money));
    environment.add_filter("money_words", |value: &Value| as_fen(value).map(words::money_words));
    environment.add_filter("ordinal", words::ordinal);

    let source = keep_line_ends(template);
    let compiled = environment.template_from_named_str("模板", &source);
    let compiled = compiled.map_err(|error| TemplateFault::of(&error, template, &[]))?;
    compiled.render(root.clone().value()).map_err(|error| {
        let mut missing: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
        missing
            .retain(|name| !root.has(name) && !environment.globals().any(|(own, _)| own == name));
        missing.sort();
        TemplateFault::of(&error, template, &missing)
    })
}

/// The mandatory sentences (`says`) that a text lacks; issuing is refused while there are any.
///
/// White space does not count, so that a sentence may run over a line.
pub fn missing_sentences<'a>(text: &str, says: &'a [String]) -> Vec<&'a str> {
    let solid = |text: &str| -> String {
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\\' | '*')).collect()
    };
    let text = solid(text);
    says.iter().map(String::as_str).filter(|sentence| !text.contains(&solid(sentence))).collect()
}

/// Why a template could not be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    /// Line of the template, from 1.
    pub line: Option<usize>,
    /// That line.
    pub excerpt: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "文书模板第{line}行{}：{}", self.what, self.excerpt),
            None => write!(f, "文书模板{}", self.what),
        }
    }
}

impl std::error::Error for TemplateFault {}

impl TemplateFault {
    fn of(error: &Error, template: &str, missing: &[String]) -> Self {
        let line = error.line().filter(|line| *line > 0);
        let excerpt = line.and_then(|line| template.lines().nth(line - 1)).unwrap_or_default();
        let here: Vec<&str> = missing
            .iter()
            .map(String::as_str)
            .filter(|name| excerpt.contains(name.rsplit('.').next().unwrap_or(name)))
            .collect();
        let detail = error.detail().or(error.name()).unwrap_or_default();
        let what = match error.kind() {
            ErrorKind::UndefinedError if here.is_empty() => "用到了没有的内容".into(),
            ErrorKind::UndefinedError => format!("用到的“{}”没有内容", here.join("”“")),
            ErrorKind::SyntaxError => format!("写法有误（{detail}）"),
            ErrorKind::UnknownFilter => format!("用了不认识的过滤器（{detail}）"),
            ErrorKind::UnknownFunction => format!("用了不认识的函数（{detail}）"),
            ErrorKind::UnknownTest => format!("用了不认识的判断（{detail}）"),
            // Our own filters say in Chinese what they expect.
            _ if !detail.is_ascii() => detail.to_string(),
            _ => format!("不能套打（{detail}）"),
        };
        Self { line, excerpt: excerpt.trim().into(), what }
    }
}

/// Lines of nothing but block tags leave no line behind …
fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    // The delimiters are the default ones, which are valid.
    syntax.build().unwrap_or_default()
}

/// … while a line that merely ends in a tag keeps its end.
fn keep_line_ends(template: &str) -> String {
    let mut source = String::with_capacity(template.len() + 16);
    for line in template.lines() {
        let text = line.trim_end();
        match text.strip_suffix("%}") {
            Some(start) if !only_tags(text) && !start.ends_with(['-', '+']) => {
                source.push_str(start);
                source.push_str("+%}");
            }
            _ => source.push_str(text),
        }
        source.push('\n');
    }
    source
}

fn only_tags(line: &str) -> bool {
    let mut rest = line.trim();
    while let Some(tag) = rest.strip_prefix("{%") {
        match tag.split_once("%}") {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    rest.is_empty()
}

/// One name of the context: its own text, and what is reached through it by `.x` or `('x')`.
#[derive(Debug, Default)]
struct Branch {
    own: Option<Value>,
    children: BTreeMap<String, Arc<Branch>>,
}

impl Branch {
    fn root(context: &Value) -> Arc<Self> {
        let mut root = Branch::default();
        root.extend(context);
        Arc::new(root)
    }

    fn extend(&mut self, map: &Value) {
        let Ok(keys) = map.try_iter() else { return };
        for key in keys {
            let Ok(value) = map.get_item(&key) else {
                continue;
            };
            self.place(path(&key.to_string()), &value);
        }
    }

    fn place(&mut self, mut path: std::vec::IntoIter<String>, value: &Value) {
        let Some(name) = path.next() else {
            match value.kind() {
                ValueKind::Map => self.extend(value),
                _ => self.own = Some(value.clone()),
            }
            return;
        };
        let child = self.children.entry(name).or_default();
        // Only `root` holds the tree while it grows.
        if let Some(child) = Arc::get_mut(child) {
            child.place(path, value);
        }
    }

    fn has(&self, name: &str) -> bool {
        let mut branch = self;
        for step in path(name) {
            match branch.children.get(&step) {
                Some(child) => branch = child,
                None => return false,
            }
        }
        true
    }

    /// A leaf is its own value, so that filters and comparisons see a plain one.
    fn value(self: Arc<Self>) -> Value {
        match (&self.own, self.children.is_empty()) {
            (Some(own), true) => own.clone(),
            _ => Value::from_dyn_object(self),
        }
    }
}

impl Object for Branch {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.children.get(key.as_str()?).cloned().map(Branch::value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.children.keys().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.own.as_ref().is_none_or(Value::is_true)
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let name = args.first().and_then(Value::as_str).unwrap_or_default();
        let found = self.children.get(name).cloned().map(Branch::value);
        found.ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, format!("用到的“{name}”没有内容"))
        })
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match self.children.get(method) {
            Some(child) => child.call(state, args),
            None => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.own {
            Some(own) => fmt::Display::fmt(own, f),
            None => Ok(()),
        }
    }
}

/// `register.on` and `due('handle')` as steps through the context.
fn path(name: &str) -> std::vec::IntoIter<String> {
    let steps = name.split(['.', '(', ')', '\'', '"']).map(str::trim);
    let steps: Vec<String> = steps.filter(|step| !step.is_empty()).map(String::from).collect();
    steps.into_iter()
}

/// A value as text: lists joined by 、, yes and no in Chinese.
fn in_words(value: &Value) -> Result<String, Error> {
    Ok(match value.kind() {
        ValueKind::None => String::new(),
        ValueKind::Bool => if value.is_true() { "是" } else { "否" }.into(),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Result<Vec<String>, Error> =
                value.try_iter()?.map(|item| in_words(&item)).collect();
            items?.join("、")
        }
        _ => value.to_string(),
    })
}

fn as_date(value: &Value) -> Result<Date, Error> {
    let text = value.to_string();
    read_date(&text).ok_or_else(|| expected("日期", &text))
}

fn as_moment(value: &Value) -> Result<DateTime, Error> {
    let text = value.to_string();
    let moment = text.parse().ok().or_else(|| Some(read_date(&text)?.at(0, 0, 0, 0)));
    moment.ok_or_else(|| expected("日期和时间", &text))
}

/// `2025-07-01` or `2025年7月1日`.
fn read_date(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let (year, rest) = text.trim().split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// 分 as a whole number, or an amount written out such as `1,500.00元`.
fn as_fen(value: &Value) -> Result<i64, Error> {
    if let Some(fen) = value.as_i64() {
        return Ok(fen);
    }
    let text = value.to_string();
    read_fen(&text).ok_or_else(|| expected("金额", &text))
}

fn read_fen(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('元').replace([',', '，'], "");
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (yuan, cents) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if yuan.is_empty() || cents.len() > 2 || !digits(yuan) || !digits(cents) {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).map(|fen| sign * fen)
}

fn expected(kind: &str, found: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("这里应当是{kind}，实际是“{found}”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, pairs: &[(&str, &str)]) -> Result<String, TemplateFault> {
        render(template, pairs.iter().copied().collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn names_are_spelt_as_in_the_definition() {
        let template = "{{ people }}于{{ register.on|date }}提出，应于{{ due('handle') }}前答复，\
                        承办{{ register.by }}，意见：{{ opinion }}（{{ opinion.on }}）";
        let pairs = [
            ("people", "示例甲"),
            ("register.on", "2025-07-01"),
            ("register.by", "示例乙"),
            ("due('handle')", "2025年9月1日"),
            ("opinion", "同意"),
            ("opinion.on", "2025年7月3日"),
        ];
        assert_eq!(
            filled(template, &pairs).unwrap(),
            "示例甲于2025年7月1日提出，应于2025年9月1日前答复，承办示例乙，意见：同意（2025年7月3日）"
        );
    }

    #[test]
    fn nested_maps_lists_and_money() {
        #[derive(Serialize)]
        struct Context {
            fine: i64,
            due: BTreeMap<String, String>,
            people: Vec<String>,
            public: bool,
        }
        let context = Context {
            fine: 150_000,
            due: [("pay".to_string(), "2025年7月15日".to_string())].into(),
            people: vec!["示例甲".into(), "示例乙".into()],
            public: true,
        };
        let template = "{{ people }}罚款{{ fine|money }}（{{ fine|money_words }}），\
                        {{ due('pay') }}前缴纳，公开：{{ public }}{% for p in people %}\n| {{ p }} |\
                        {% endfor %}";
        assert_eq!(
            render(template, context).unwrap(),
            "示例甲、示例乙罚款1,500.00元（壹仟伍佰元整），2025年7月15日前缴纳，公开：是\n| 示例甲 |\n\
             | 示例乙 |"
        );
        let amount = [("fine", "20,000.50元")];
        assert_eq!(filled("{{ fine|money_words }}", &amount).unwrap(), "贰万元伍角整");
    }

    #[test]
    fn what_is_missing_is_named_with_its_line() {
        let fault = filled("# 告知书\n\n{{ people }}：{{ registr.on }}", &[("people", "甲")]);
        let fault = fault.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "文书模板第3行用到的“registr.on”没有内容：{{ people }}：{{ registr.on }}"
        );
        let fault = filled("{{ due('x') }}", &[("due('y')", "2025年9月1日")]).unwrap_err();
        assert_eq!(fault.to_string(), "文书模板第1行用到的“x”没有内容：{{ due('x') }}");
        let fault = filled("甲\n{{ people", &[]).unwrap_err();
        assert_eq!(fault.line, Some(2));
        assert!(fault.what.starts_with("写法有误"), "{fault}");
        let fault = filled("{{ a|date }}", &[("a", "昨天")]).unwrap_err();
        assert_eq!(fault.what, "这里应当是日期，实际是“昨天”");
        assert!(filled("{{ a|nonsense }}", &[("a", "x")]).unwrap_err().what.contains("过滤器"));
    }

    #[test]
    fn tags_on_their_own_lines_leave_no_lines() {
        let template = "{% if a %}\n甲{% if b %}和乙{% endif %}\n{% endif %}\n丙\n\
                        {% for x in [1, 2] %}\n| {{ x }} |\n{% endfor %}\n丁";
        let pairs = [("a", "1"), ("b", "1")];
        assert_eq!(filled(template, &pairs).unwrap(), "甲和乙\n丙\n| 1 |\n| 2 |\n丁");
    }

    #[test]
    fn an_answer_cannot_change_the_document() {
        let hostile = "# 假标题\n>> 假落款\n| 假 | 表 |\n{{ people }}<script>";
        let text = filled("# 真标题\n\n诉求：{{ request }}", &[("request", hostile)]).unwrap();
        let paper = crate::from_markdown(&text);
        assert_eq!(paper.title, "真标题");
        assert_eq!(
            paper.text(),
            "真标题\n诉求：# 假标题\n>> 假落款\n| 假 | 表 |\n{{ people }}<script>"
        );
        assert!(paper.blocks.iter().all(|b| matches!(b, crate::Block::Paragraph(_))));
    }

    #[test]
    fn mandatory_sentences() {
        let says =
            vec!["可以自收到之日起30日内请求复查".to_string(), "你有权陈述、申辩".to_string()];
        let text = "不服的，可以自收到之日起30日\n内请求复查。";
        assert_eq!(missing_sentences(text, &says), vec!["你有权陈述、申辩"]);
    }
}
