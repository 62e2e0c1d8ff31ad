//! 06 Documents and 07 publication: templates say what the law requires and use what is declared;
//! notices show what may be shown and can be taken down.

use std::collections::BTreeSet;

use minijinja::Environment;

use super::{Checker, field_of};
use crate::{
    diagnostic::{Diagnostic, nearest},
    procedure::{Document, FieldType, Keep, Notice, reachable},
};

/// Words that every template may use: organ, number, case number, day of issue, who acts.
pub const OWN_WORDS: [&str; 5] = ["org", "number", "case_no", "date", "actor"];

impl Checker<'_> {
    pub(super) fn papers(&mut self) {
        for document in self.procedure.documents.values() {
            if !document.template.is_empty() {
                self.template(document);
                self.sentences(document);
            }
        }
        for notice in self.procedure.notices.values() {
            self.shown(notice);
            self.taken_down(notice);
        }
        self.tracked();
    }

    /// The template is well formed; what it uses is declared, what is declared is used.
    fn template(&mut self, document: &Document) {
        let environment = Environment::new();
        let parsed = match environment.template_from_str(&document.template) {
            Ok(parsed) => parsed,
            Err(wrong) => {
                let span = line_span(&document.template, wrong.line());
                let detail = wrong.detail().unwrap_or_default().to_owned();
                let fault = self.in_template("E0604", document, span, "模板的写法不对");
                self.add(
                    fault.instead("检查 {{ … }}、{% if … %}、{% endif %} 是否成对").why(detail),
                );
                return;
            }
        };
        let declared: BTreeSet<String> =
            document.uses.iter().map(|expr| plain(&expr.text)).collect();
        let used = references(&document.template, parsed.undeclared_variables(true));
        for (name, at) in &used {
            if OWN_WORDS.contains(&name.as_str()) || declared.contains(name) {
                continue;
            }
            // A part of something declared, such as a party's name.
            if declared.iter().any(|word| {
                name.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with('.'))
            }) {
                continue;
            }
            let message = format!("模板用了 {name}，uses 里没有写");
            let fault = self.in_template("E0606", document, *at..*at + name.len(), message);
            let known = declared.iter().map(String::as_str).chain(OWN_WORDS);
            self.add(match nearest(name, known) {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead(format!("在 document.{}.uses 里加 \"{name}\"", document.id)),
            });
        }
        for (at, expr) in document.uses.iter().enumerate() {
            if !used.iter().any(|(name, _)| covers(name, &plain(&expr.text))) {
                let message = format!("模板没有用到 {}", expr.text);
                let fault = self.advice(
                    "E0607",
                    &["document", &document.id, "uses", &at.to_string()],
                    message,
                );
                self.add(fault.instead("删去，或者写进模板"));
            }
            let hidden = expr.text.split_once('.').map(|(act, _)| act);
            if let Some(act) = hidden.filter(|act| self.procedure.fields.contains_key(*act)) {
                let message = format!("字段和行为都叫 {act}，文书里取不到 {}", expr.text);
                let place = ["document", &document.id, "uses", &at.to_string()];
                let fault = self.error("E0609", &place, message);
                self.add(fault.instead("给字段换一个名字"));
            }
        }
    }

    /// Sentences the law requires stand in the template as they are written.
    fn sentences(&mut self, document: &Document) {
        let solid = |text: &str| {
            text.chars().filter(|c| !c.is_whitespace() && *c != '*').collect::<String>()
        };
        let text = solid(&document.template);
        for (at, sentence) in document.says.iter().enumerate() {
            if !text.contains(&solid(sentence)) {
                let name = ["document", &*document.id, "says", &at.to_string()];
                let fault = self.error("E0608", &name, format!("模板里没有这句话：{sentence}"));
                self.add(
                    fault
                        .instead(format!("写进 documents/{}.md，一字不差", document.id))
                        .why("缺这句话不能出文"),
                );
            }
        }
    }

    fn in_template(
        &self,
        code: &'static str,
        document: &Document,
        span: std::ops::Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let folder = self.procedure.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}{}/{}.md", self.definition.papers, document.id);
        Diagnostic::error(code, path, span, message)
    }

    /// Only public fields are shown, others masked, sealed ones never.
    fn shown(&mut self, notice: &Notice) {
        let p = self.procedure;
        for (at, expr) in notice.show.iter().enumerate() {
            let mut spoken = Vec::new();
            expr.node.walk(&mut |node| spoken.extend(field_of(node)));
            for field in spoken.into_iter().filter_map(|id| p.fields.get(id)) {
                if field.keep == Keep::Public || notice.mask.contains_key(&field.id) {
                    continue;
                }
                let name = ["publish", &*notice.id, "show", &at.to_string()];
                let class = class(field.keep);
                let message = format!("“{}”({}) 是{class}，不能公开", field.name, field.id);
                let fault = self.error("E0702", &name, message);
                let masked = match field.ty {
                    FieldType::Party => "surname",
                    _ => "hidden",
                };
                self.add(match field.keep {
                    Keep::Sealed => fault.instead("删去；封存的内容遮盖了也不能公开"),
                    _ => fault.instead(format!(
                        "删去；要公开的，写 mask = {{ {} = \"{masked}\" }}，或者改 keep",
                        field.id
                    )),
                });
            }
        }
        for field in notice.mask.keys().filter_map(|id| p.fields.get(id)) {
            let name = ["publish", &*notice.id, "mask", &*field.id];
            if field.keep == Keep::Sealed {
                let fault = self.error(
                    "E0704",
                    &name,
                    format!("“{}”是封存的，遮盖了也不能公开", field.name),
                );
                self.add(fault.instead("删去"));
            } else if notice.mask[&field.id] == crate::procedure::Mask::Surname
                && field.ty != FieldType::Party
            {
                let fault =
                    self.error("E0703", &name, format!("“{}”不是当事人，不能只留姓", field.name));
                self.add(fault.instead("写 \"hidden\""));
            }
        }
    }

    /// What was published can be taken down again.
    fn taken_down(&mut self, notice: &Notice) {
        let p = self.procedure;
        let name = ["publish", &*notice.id];
        if notice.take_down.is_empty() {
            let message = format!("公开“{}”以后没有办法撤下", notice.name);
            let fault = self.advice("E0705", &name, message);
            self.add(
                fault
                    .instead("写 take_down = \"撤回公开的行为\"")
                    .why("决定被变更、撤销、确认违法或者无效的，公开的信息要撤回（如《行政处罚法》第四十八条）"),
            );
            return;
        }
        let published: Vec<_> = notice
            .by_act
            .iter()
            .filter_map(|act| p.acts.get(act))
            .flat_map(|act| act.leaves_in())
            .collect();
        let later = reachable(p.acts.values(), published);
        let possible = |act: &crate::Id| {
            p.acts.get(act).is_some_and(|act| act.from.iter().any(|s| later.contains(s)))
        };
        if !later.is_empty() && !notice.take_down.iter().any(possible) {
            let message = format!("公开“{}”以后，撤下的行为办不了", notice.name);
            let fault = self.error("E0706", &["publish", &notice.id, "take_down"], message);
            self.add(fault.instead("改撤下行为的 from，让公开以后的各步都能办"));
        }
    }

    fn tracked(&mut self) {
        for (at, expr) in self.procedure.track.iter().enumerate() {
            let mut spoken = Vec::new();
            expr.node.walk(&mut |node| spoken.extend(field_of(node)));
            for field in spoken.into_iter().filter_map(|id| self.procedure.fields.get(id)) {
                if field.keep == Keep::Sealed {
                    let message = format!("“{}”是封存的，当事人查询时也不能显示", field.name);
                    let fault = self.error("E0707", &["track", "show", &at.to_string()], message);
                    self.add(fault.instead("删去"));
                }
            }
        }
    }
}

fn class(keep: Keep) -> &'static str {
    match keep {
        Keep::Public => "公开信息",
        Keep::Work => "工作信息",
        Keep::Personal => "个人信息",
        Keep::Sealed => "封存信息",
    }
}

/// An expression as templates write it: `due("handle")` and `due('handle')` are one.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '"' { '\'' } else { c }).collect()
}

/// Whether a name used in a template is a declared word, or a part of it.
fn covers(name: &str, word: &str) -> bool {
    name == word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with('.'))
}

/// What a template refers to, and where first: variables and their parts, and calls with a quoted
/// argument such as `due('handle')`.
fn references(template: &str, variables: impl IntoIterator<Item = String>) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for variable in variables {
        let places = tags(template).into_iter().flat_map(|tag| {
            let text = &template[tag.clone()];
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
            text.match_indices(variable.as_str())
                .filter(|(at, _)| {
                    let before = text[..*at].chars().next_back();
                    let after = text[*at + variable.len()..].chars().next();
                    !before.is_some_and(word)
                        && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
                })
                .map(|(at, _)| tag.start + at)
                .collect::<Vec<_>>()
        });
        for at in places {
            let rest = template[at + variable.len()..].trim_start();
            let argument = rest.strip_prefix('(').map(str::trim_start);
            let quoted = argument.and_then(|text| {
                let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
                let inner = &text[1..];
                Some(&inner[..inner.find(quote)?])
            });
            let name = match quoted {
                Some(argument) => format!("{variable}('{argument}')"),
                None => variable.clone(),
            };
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, at));
            }
        }
    }
    found.sort_by_key(|(_, at)| *at);
    found
}

/// The insides of `{{ … }}` and `{% … %}`.
fn tags(template: &str) -> Vec<std::ops::Range<usize>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) =
        template[at..].find("{{").into_iter().chain(template[at..].find("{%")).min()
    {
        let start = at + open + 2;
        let close = if template[at + open..].starts_with("{{") { "}}" } else { "%}" };
        let Some(end) = template[start..].find(close) else {
            break;
        };
        tags.push(start..start + end);
        at = start + end + 2;
    }
    tags
}

fn line_span(text: &str, line: Option<usize>) -> std::ops::Range<usize> {
    let line = line.unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    start..start + length
}
