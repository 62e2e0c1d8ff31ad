//! Names and types: every name must exist where it stands, every operation must make sense.

use std::ops::Range;

use jiff::civil::Date;

use super::{
    Compare, ExprFault, Goal, Node, Place, Type, Vocabulary, Want,
    parse::{Kind, Tree},
};
use crate::{
    Id,
    diagnostic::nearest,
    period::{Period, PeriodFault},
    procedure::FieldType,
    value::Value,
};

/// Words that stand alone and are no field.
const WORDS: [&str; 6] = ["me", "today", "stage", "opened", "org", "case_no"];
/// Everything that can be called.
const CALLS: [&str; 19] = [
    "after",
    "ended",
    "met",
    "overdue",
    "running",
    "due",
    "workdays_since",
    "days_since",
    "workdays_between",
    "days_between",
    "add",
    "holds",
    "size",
    "has",
    "is_org",
    "year",
    "sum_of",
    "goal_reached",
    "goal_points",
];

/// Whether a word of the language may not be used as the name of a field or an act.
pub(crate) fn reserved(name: &str) -> bool {
    let more = ["new", "param", "finding", "fact", "null", "true", "false", "in", "date"];
    WORDS.contains(&name) || CALLS.contains(&name) || more.contains(&name)
}

type Found = Option<(Node, Type)>;

pub(super) fn resolve(
    tree: &Tree,
    words: &Vocabulary,
    place: &Place,
    want: &Want,
) -> (Found, Vec<ExprFault>) {
    let mut resolver = Resolver { words, place, faults: Vec::new() };
    let hint = match want {
        Want::Type(ty) => Some(ty),
        _ => None,
    };
    let mut found = resolver.node(tree, hint);
    if let Some((_, ty)) = &found
        && !fits(ty, want)
    {
        resolver.wrong_result(tree, ty, want);
        found = None;
    }
    (found, resolver.faults)
}

fn fits(ty: &Type, want: &Want) -> bool {
    match want {
        Want::Any => true,
        Want::Type(wanted) => ty == wanted,
        Want::Date => matches!(ty, Type::Date | Type::Moment),
        Want::Number => matches!(ty, Type::Int | Type::Money),
        Want::Codes => {
            matches!(ty, Type::Code(_) | Type::Codes(_) | Type::YesNo | Type::Stage)
                || matches!(ty, Type::Organ | Type::Organs | Type::Person | Type::People)
        }
    }
}

struct Resolver<'a> {
    words: &'a Vocabulary,
    place: &'a Place,
    faults: Vec<ExprFault>,
}

impl Resolver<'_> {
    /// Meaning and type of a piece; `hint` is what a literal should be read as.
    fn node(&mut self, tree: &Tree, hint: Option<&Type>) -> Found {
        match &tree.kind {
            Kind::Null => self.fail(null_compared(tree)),
            Kind::Bool(yes) => Some((Node::Literal(Value::Yes(*yes)), Type::YesNo)),
            Kind::Number { digits, yuan } => self.number(tree, digits, *yuan, hint),
            Kind::Text(text) => self.text(tree, text, hint),
            Kind::List(_) => self.fail(
                ExprFault::new(tree.at.clone(), "E0504", "列表只能写在 in 的右边")
                    .instead("如 outcome in ['support', 'partly']"),
            ),
            Kind::Name(name) => self.name(tree, name),
            Kind::Member(first, second, at) => self.member(tree, first, second, at),
            Kind::Call(name, arguments) => self.call(tree, name, arguments),
            Kind::Not(inner) => {
                let node = self.typed(inner, &Type::YesNo)?;
                Some((Node::Not(Box::new(node)), Type::YesNo))
            }
            Kind::And(left, right) => self.logic(left, right, Node::And),
            Kind::Or(left, right) => self.logic(left, right, Node::Or),
            Kind::Plus(left, right) => self.sum(left, right, hint, Node::Plus),
            Kind::Minus(left, right) => self.sum(left, right, hint, Node::Minus),
            Kind::Compare(compare, left, right) => self.compare(tree, *compare, left, right),
            Kind::In(left, right) => self.contained(left, right),
        }
    }

    /// A piece that must be of one type.
    fn typed(&mut self, tree: &Tree, wanted: &Type) -> Option<Node> {
        let (node, ty) = self.node(tree, Some(wanted))?;
        if ty == *wanted {
            return Some(node);
        }
        self.wrong_result(tree, &ty, &Want::Type(wanted.clone()));
        None
    }

    /// A piece that must be a date.
    fn date(&mut self, tree: &Tree) -> Option<Box<Node>> {
        let (node, ty) = self.node(tree, Some(&Type::Date))?;
        if fits(&ty, &Want::Date) {
            return Some(Box::new(node));
        }
        self.wrong_result(tree, &ty, &Want::Date);
        None
    }

    fn wrong_result(&mut self, tree: &Tree, ty: &Type, want: &Want) {
        let wanted = match want {
            Want::Any => return,
            Want::Type(ty) => ty.name(),
            Want::Date => "日期".into(),
            Want::Number => "数或者金额".into(),
            Want::Codes => "选项、是/否、机关、人员或者阶段".into(),
        };
        let message = format!("这里应当是{wanted}，写的却是{}", ty.name());
        let fault = ExprFault::new(tree.at.clone(), "E0504", message);
        let fault = match (want, ty) {
            (Want::Type(Type::YesNo), Type::Code(_)) => fault.instead("写出比较，如 … == 'pass'"),
            (Want::Type(Type::YesNo), Type::Date) => fault.instead("发生过没有写 accept.done"),
            (Want::Type(Type::YesNo), _) => fault.instead("写成条件，如 has(…) 或者一个比较"),
            (Want::Date, _) => fault.instead("如 accept.on、due('handle')、日期字段"),
            (Want::Codes, _) => fault.instead("如 channel、decide.kind、org"),
            _ => fault.instead(format!("改成{wanted}")),
        };
        self.faults.push(fault);
    }

    fn logic(&mut self, l: &Tree, r: &Tree, join: fn(Box<Node>, Box<Node>) -> Node) -> Found {
        let (left, right) = (self.typed(l, &Type::YesNo), self.typed(r, &Type::YesNo));
        Some((join(Box::new(left?), Box::new(right?)), Type::YesNo))
    }

    fn sum(
        &mut self,
        l: &Tree,
        r: &Tree,
        hint: Option<&Type>,
        join: fn(Box<Node>, Box<Node>) -> Node,
    ) -> Found {
        let ((left, ty), (right, other)) = self.both(l, r, hint)?;
        for (tree, ty) in [(l, &ty), (r, &other)] {
            if !fits(ty, &Want::Number) {
                self.wrong_result(tree, ty, &Want::Number);
                return None;
            }
        }
        if ty != other {
            return self.unlike(l.at.start..r.at.end, &ty, &other);
        }
        Some((join(Box::new(left), Box::new(right)), ty))
    }

    /// Two pieces side by side: a literal is read as the type of the other one.
    #[allow(clippy::type_complexity, reason = "two meanings and two types, named by position")]
    fn both(
        &mut self,
        l: &Tree,
        r: &Tree,
        hint: Option<&Type>,
    ) -> Option<((Node, Type), (Node, Type))> {
        if literal(l) && !literal(r) {
            let right = self.node(r, hint)?;
            let left = self.node(l, Some(&right.1))?;
            return Some((left, right));
        }
        let left = self.node(l, hint);
        let hint = left.as_ref().map(|(_, ty)| ty.clone()).or(hint.cloned());
        let right = self.node(r, hint.as_ref());
        Some((left?, right?))
    }

    fn compare(&mut self, tree: &Tree, compare: Compare, l: &Tree, r: &Tree) -> Found {
        for side in [l, r] {
            if side.kind == Kind::Null {
                return self.fail(null_compared(side));
            }
        }
        let ((left, ty), (right, other)) = self.both(l, r, None)?;
        let ordered = !matches!(compare, Compare::Eq | Compare::Ne);
        let days = |ty: &Type| matches!(ty, Type::Date | Type::Moment);
        if ty != other && !(days(&ty) && days(&other)) {
            return self.unlike(tree.at.clone(), &ty, &other);
        }
        let fault = |message: String| ExprFault::new(tree.at.clone(), "E0504", message);
        match &ty {
            Type::Int | Type::Money | Type::Date | Type::Moment => {}
            Type::YesNo | Type::Text | Type::Code(_) | Type::Stage | Type::Person | Type::Organ
                if !ordered => {}
            Type::Codes(_) | Type::People | Type::Organs => {
                return self.fail(
                    fault(format!("{}不能用 == 比较", ty.name())).instead("写 … in ['a', 'b']"),
                );
            }
            Type::Figure => {
                return self.fail(
                    fault("指标数据不能直接比较".into())
                        .instead("写 goal_reached(数据, 要求, 目标数)"),
                );
            }
            Type::Party | Type::Files | Type::Indicator => {
                return self
                    .fail(fault(format!("{}不能比较", ty.name())).instead("写 has(…) 或 size(…)"));
            }
            _ => {
                return self.fail(fault(format!("{}没有大小", ty.name())).instead("写 == 或 !="));
            }
        }
        Some((Node::Compare(compare, Box::new(left), Box::new(right)), Type::YesNo))
    }

    fn contained(&mut self, l: &Tree, r: &Tree) -> Found {
        if let Kind::List(items) = &r.kind {
            let (left, ty) = self.node(l, None)?;
            let element = match &ty {
                Type::Codes(list) => Type::Code(list.clone()),
                Type::People => Type::Person,
                Type::Organs => Type::Organ,
                other => other.clone(),
            };
            if matches!(element, Type::Party | Type::Files) {
                self.wrong_result(l, &element, &Want::Codes);
                return None;
            }
            let mut nodes = Vec::new();
            for item in items {
                nodes.push(self.typed(item, &element));
            }
            let nodes: Option<Vec<Node>> = nodes.into_iter().collect();
            return Some((Node::In(Box::new(left), Box::new(Node::List(nodes?))), Type::YesNo));
        }
        let (right, ty) = self.node(r, None)?;
        let element = match &ty {
            Type::Codes(list) => Type::Code(list.clone()),
            Type::People => Type::Person,
            Type::Organs => Type::Organ,
            _ => {
                let fault =
                    ExprFault::new(r.at.clone(), "E0504", "in 的右边应当是列表或者多选字段");
                return self.fail(fault.instead("如 outcome in ['support', 'partly']"));
            }
        };
        let left = self.typed(l, &element)?;
        Some((Node::In(Box::new(left), Box::new(right)), Type::YesNo))
    }

    fn unlike(&mut self, at: Range<usize>, left: &Type, right: &Type) -> Found {
        let message = format!("{}和{}不能放在一起比较、加减", left.name(), right.name());
        self.fail(ExprFault::new(at, "E0504", message).instead("两边写同一类内容"))
    }

    fn number(&mut self, tree: &Tree, digits: &str, yuan: bool, hint: Option<&Type>) -> Found {
        let fault = |message: &str| ExprFault::new(tree.at.clone(), "E0504", message);
        if yuan || hint == Some(&Type::Money) {
            let Some(amount) = crate::value::yuan(digits) else {
                return self.fail(fault("金额太大，或者小数超过两位").instead("如 12.50元"));
            };
            return Some((Node::Literal(Value::Money(amount)), Type::Money));
        }
        if digits.contains('.') {
            return self.fail(fault("这里只能写整数").instead(format!("金额写 {digits}元")));
        }
        match digits.parse() {
            Ok(number) => Some((Node::Literal(Value::Int(number)), Type::Int)),
            Err(_) => self.fail(fault("这个数太大").instead("检查位数")),
        }
    }

    fn text(&mut self, tree: &Tree, text: &str, hint: Option<&Type>) -> Found {
        match hint {
            Some(Type::Code(list) | Type::Codes(list)) => {
                let code = self.code(tree, list.clone(), text)?;
                Some((Node::Literal(Value::Codes(vec![code])), Type::Code(list.clone())))
            }
            Some(Type::Stage) => {
                let stages = &self.words.stages;
                if !stages.contains_key(text) {
                    let known = listed(stages.iter());
                    let near = nearest(text, stages.keys().map(|id| &**id));
                    let fault = unknown(tree.at.clone(), "E0505", "阶段", text, near, &known);
                    return self.fail(fault);
                }
                Some((Node::Literal(Value::Codes(vec![text.into()])), Type::Stage))
            }
            Some(Type::Organ) => {
                Some((Node::Literal(Value::Organs(vec![text.to_owned()])), Type::Organ))
            }
            Some(Type::Date | Type::Moment) => self.fail(
                ExprFault::new(tree.at.clone(), "E0504", "日期不能只写成文字")
                    .instead(format!("写 date('{text}')")),
            ),
            _ => Some((Node::Literal(Value::Text(text.to_owned())), Type::Text)),
        }
    }

    fn code(&mut self, tree: &Tree, list: Id, text: &str) -> Option<Id> {
        let Some(codes) = self.words.lists.get(&list) else {
            return Some(text.into());
        };
        if let Some((code, _)) = codes.get_key_value(text) {
            return Some(code.clone());
        }
        let labelled = codes.iter().find(|(_, label)| *label == text).map(|(code, _)| &**code);
        let near = labelled.or_else(|| nearest(text, codes.keys().map(|id| &**id)));
        let what = format!("选项表 {list} ");
        let fault = unknown(tree.at.clone(), "E0505", &what, text, near, &listed(codes.iter()));
        self.faults.push(fault);
        None
    }

    fn name(&mut self, tree: &Tree, name: &str) -> Found {
        if let Some(field) = self.words.fields.get(name) {
            return Some((Node::Field(field.id.clone()), Type::of(field)));
        }
        match name {
            "me" => {
                self.only_here(tree, "me", matches!(self.place, Place::Act(_)))?;
                Some((Node::Me, Type::Person))
            }
            "today" => {
                self.only_here(tree, "today", self.place.knows_today())?;
                Some((Node::Today, Type::Date))
            }
            "stage" => Some((Node::Stage, Type::Stage)),
            "opened" => Some((Node::Opened, Type::Date)),
            "org" => Some((Node::Org, Type::Organ)),
            "case_no" => Some((Node::CaseNo, Type::Text)),
            _ => {
                let fault = ExprFault::new(tree.at.clone(), "E0503", format!("没有字段 {name}"));
                let known = self.words.fields.keys().map(|id| &**id).chain(WORDS);
                let fault = match nearest(name, known) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None if self.words.acts.contains_key(name) => fault.instead(format!(
                        "{name} 是行为；办过没有写 {name}.done，哪天办的写 {name}.on"
                    )),
                    None if self.words.findings.contains_key(name) => {
                        fault.instead(format!("{name} 是认定，写 finding.{name}"))
                    }
                    None if self.words.params.contains_key(name) => {
                        fault.instead(format!("{name} 是参数，写 param.{name}"))
                    }
                    None => fault.instead("在 [field] 里登记这个字段；文字放在英文单引号里"),
                };
                self.fail(fault)
            }
        }
    }

    fn member(&mut self, tree: &Tree, first: &str, second: &str, at: &Range<usize>) -> Found {
        let words = self.words;
        match first {
            "new" => self.new_answer(tree, second, at),
            "param" => match words.params.get_key_value(second) {
                Some((id, ty)) => {
                    let ty = match ty {
                        FieldType::Money => Type::Money,
                        FieldType::YesNo => Type::YesNo,
                        _ => Type::Int,
                    };
                    Some((Node::Param(id.clone()), ty))
                }
                None => {
                    let known: Vec<&str> = words.params.keys().map(|id| &**id).collect();
                    self.missing(at, "参数", second, &known, "在 [param] 里登记")
                }
            },
            "finding" | "fact" => {
                let Some((id, _)) = words.findings.get_key_value(second) else {
                    let known: Vec<&str> = words.findings.keys().map(|id| &**id).collect();
                    return self.missing(at, "认定", second, &known, "写一段 [finding.…]");
                };
                if first == "fact" {
                    let fault = ExprFault::new(tree.at.clone(), "E0503", "认定不写 fact");
                    return self.fail(fault.instead(format!("写 finding.{second}")));
                }
                if words.daily.contains(second) && !self.place.knows_today() {
                    let message =
                        format!("认定 {second} 要看今天是哪天，不能用在{}里", self.place.name());
                    let fault = ExprFault::new(tree.at.clone(), "E0506", message);
                    return self.fail(
                        fault.instead("把与今天有关的一项（ended、days_since 等）从认定里拿出来"),
                    );
                }
                Some((Node::Finding(id.clone()), Type::YesNo))
            }
            _ => self.of_act(tree, first, second, at),
        }
    }

    fn new_answer(&mut self, tree: &Tree, field: &str, at: &Range<usize>) -> Found {
        let words = self.words;
        let act = match self.place {
            Place::Act(act) | Place::Figure(Some(act)) => act,
            _ => {
                self.only_here(tree, "new", false)?;
                return None;
            }
        };
        let asks = words.acts.get(act)?;
        if !asks.asks(field) {
            return self.not_asked(act, field, at);
        }
        let Some(known) = words.fields.get(field) else {
            return self.not_asked(act, field, at);
        };
        Some((Node::New(known.id.clone()), Type::of(known)))
    }

    fn of_act(&mut self, tree: &Tree, act: &str, word: &str, at: &Range<usize>) -> Found {
        let words = self.words;
        let Some((id, asks)) = words.acts.get_key_value(act) else {
            let first = tree.at.start..tree.at.start + act.len();
            let known: Vec<&str> = words.acts.keys().map(|id| &**id).collect();
            let more = if words.fields.contains_key(act) {
                "字段没有下一级，直接写字段名"
            } else {
                "写一段 [act.…]"
            };
            return self.missing(&first, "行为", act, &known, more);
        };
        match word {
            "done" => Some((Node::Done(id.clone()), Type::YesNo)),
            "times" => Some((Node::Times(id.clone()), Type::Int)),
            "on" => Some((Node::On(id.clone()), Type::Date)),
            "by" => Some((Node::By(id.clone()), Type::Person)),
            _ if !asks.asks(word) => self.not_asked(id, word, at),
            _ => match words.fields.get(word) {
                Some(field) => Some((Node::Answer(id.clone(), field.id.clone()), Type::of(field))),
                None => self.not_asked(id, word, at),
            },
        }
    }

    fn not_asked(&mut self, act: &Id, field: &str, at: &Range<usize>) -> Found {
        let words = &self.words.acts[act];
        let asked =
            if words.asks.is_empty() { "没有填写项".into() } else { words.asks.join("、") };
        let message = format!("行为“{}”({act}) 不填 {field}；它填的是：{asked}", words.name);
        let fault = ExprFault::new(at.clone(), "E0502", message);
        let plain = words.asks.iter().map(|ask| ask.trim_end_matches('!'));
        let own = ["done", "times", "on", "by"];
        self.fail(match nearest(field, plain.chain(own)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead(format!("在 act.{act}.ask 里加 {field}，或者改用它填的字段")),
        })
    }

    fn missing(
        &mut self,
        at: &Range<usize>,
        what: &str,
        name: &str,
        known: &[&str],
        write: &str,
    ) -> Found {
        let fault = ExprFault::new(at.clone(), "E0503", format!("没有{what} {name}"));
        self.fail(match nearest(name, known.iter().copied()) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead(write),
        })
    }

    /// Words that make sense in some places only.
    fn only_here(&mut self, tree: &Tree, word: &str, here: bool) -> Option<()> {
        if here {
            return Some(());
        }
        let message = format!("{word} 不能用在{}里", self.place.name());
        let fault = ExprFault::new(tree.at.clone(), "E0506", message);
        let fault = match word {
            "new" => fault.instead("写 行为.字段，如 decide.kind").why("new 只指正在提交的内容"),
            "me" => fault.instead("删去，或者写 行为.by").why("me 只指正在办理的人"),
            "today" => fault
                .instead("写一个行为的日期，如 accept.on")
                .why("同样的事实以后再算，结果必须一样；所以这里不能用今天"),
            _ => fault
                .instead("写 met(…) 或 due(…)")
                .why("同样的事实以后再算，结果必须一样；所以这里不能用与今天有关的词"),
        };
        self.fail(fault);
        None
    }

    fn call(&mut self, tree: &Tree, name: &str, arguments: &[Tree]) -> Found {
        let daily = ["ended", "overdue", "running", "days_since", "workdays_since"];
        if daily.contains(&name) && !self.place.knows_today() {
            self.only_here(tree, name, false)?;
        }
        match (name, arguments) {
            ("after", [a, b]) => {
                let (a, b) = (self.act_name(a), self.act_name(b));
                Some((Node::After(a?, b?), Type::YesNo))
            }
            ("ended", [d]) => Some((Node::Ended(self.deadline_name(d)?), Type::YesNo)),
            ("met", [d]) => Some((Node::Met(self.deadline_name(d)?), Type::YesNo)),
            ("overdue", [d]) => Some((Node::Overdue(self.deadline_name(d)?), Type::YesNo)),
            ("running", [d]) => Some((Node::Running(self.deadline_name(d)?), Type::YesNo)),
            ("due", [d]) => Some((Node::Due(self.deadline_name(d)?), Type::Date)),
            ("workdays_since", [a]) => Some((Node::WorkdaysSince(self.act_name(a)?), Type::Int)),
            ("days_since", [a]) => Some((Node::DaysSince(self.act_name(a)?), Type::Int)),
            ("workdays_between", [x, y]) => {
                let (x, y) = (self.date(x), self.date(y));
                Some((Node::WorkdaysBetween(x?, y?), Type::Int))
            }
            ("days_between", [x, y]) => {
                let (x, y) = (self.date(x), self.date(y));
                Some((Node::DaysBetween(x?, y?), Type::Int))
            }
            ("add", [date, period]) => {
                let (date, period) = (self.date(date), self.period(period));
                Some((Node::Add(date?, period?), Type::Date))
            }
            ("holds", [person, credential, date]) => {
                let person = self.person(person);
                let credential = self.plain_text(credential, "证件名称，如 '行政执法证'");
                let date = self.date(date);
                Some((Node::Holds(person?, credential?, date?), Type::YesNo))
            }
            ("size", [x]) => {
                let (node, ty) = self.node(x, None)?;
                if matches!(
                    ty,
                    Type::Text
                        | Type::Codes(_)
                        | Type::Party
                        | Type::People
                        | Type::Organs
                        | Type::Files
                ) {
                    return Some((Node::Size(Box::new(node)), Type::Int));
                }
                let message = format!("{}没有个数", ty.name());
                self.fail(
                    ExprFault::new(x.at.clone(), "E0504", message)
                        .instead("size 数的是文字的字数、多选项数、附件数、当事人数"),
                )
            }
            ("has", [x]) => Some((Node::Has(Box::new(self.node(x, None)?.0)), Type::YesNo)),
            ("is_org", [x]) => {
                Some((Node::IsOrg(Box::new(self.typed(x, &Type::Party)?)), Type::YesNo))
            }
            ("sum_of", [field]) => self.total(field),
            ("goal_reached", [of, bound, want]) => {
                let goal = self.goal(of, bound, want)?;
                Some((Node::Reached(Box::new(goal)), Type::YesNo))
            }
            ("goal_points", [full, of, bound, want]) => {
                let (full, goal) = (self.typed(full, &Type::Int), self.goal(of, bound, want));
                Some((Node::Points(Box::new(full?), Box::new(goal?)), Type::Int))
            }
            ("year", [x]) => Some((Node::Year(self.date(x)?), Type::Int)),
            ("date", [x]) => {
                let text = self.plain_text(x, "日期，如 '2025-01-01'")?;
                match text.parse::<Date>() {
                    Ok(date) => Some((Node::Literal(Value::Date(date)), Type::Date)),
                    Err(_) => {
                        let fault =
                            ExprFault::new(x.at.clone(), "E0504", format!("没有 {text} 这一天"));
                        self.fail(fault.instead("写 date('2025-01-01')"))
                    }
                }
            }
            _ => self.unknown_call(tree, name, arguments.len()),
        }
    }

    /// What is wanted of a figure or a number.
    fn goal(&mut self, of: &Tree, bound: &Tree, want: &Tree) -> Option<Goal> {
        let measured = self.node(of, None).and_then(|(node, ty)| {
            if matches!(ty, Type::Figure | Type::Int) {
                return Some(node);
            }
            let message = format!("这里应当是指标数据或者整数，写的却是{}", ty.name());
            self.fail(
                ExprFault::new(of.at.clone(), "E0504", message)
                    .instead("写 type = \"figure\" 的字段"),
            );
            None
        });
        let limit = self.node(bound, None).and_then(|(node, ty)| {
            let codes = match &ty {
                Type::Code(list) => self.words.lists.get(list),
                _ => None,
            };
            let fits = |codes: &indexmap::IndexMap<Id, String>| {
                codes.keys().all(|code| Goal::BOUNDS.contains(&code.as_str()))
            };
            if codes.is_some_and(fits) {
                return Some(node);
            }
            let known = Goal::BOUNDS.join("、");
            let fault =
                ExprFault::new(bound.at.clone(), "E0514", "这里应当是“不少于、不多于、等于”的选项");
            self.fail(fault.instead(format!("写选项字段，它的选项表只有 {known}")));
            None
        });
        let want = self.typed(want, &Type::Int);
        Some(Goal { of: measured?, bound: limit?, want: want? })
    }

    fn total(&mut self, tree: &Tree) -> Found {
        let text = self.plain_text(tree, "数字段的标识")?;
        let numbers = |field: &&crate::procedure::Field| {
            !field.many && matches!(field.ty, FieldType::Int | FieldType::Money)
        };
        let words = self.words;
        if let Some(field) = words.fields.get(&*text).filter(numbers) {
            return Some((Node::Total(field.id.clone()), Type::of(field)));
        }
        let known: Vec<&str> =
            words.fields.values().filter(numbers).map(|field| &*field.id).collect();
        self.missing(&tree.at, "数字段", &text, &known, "写整数或者金额字段")
    }

    fn unknown_call(&mut self, tree: &Tree, name: &str, given: usize) -> Found {
        let usage = [
            ("after", "after('行为甲', '行为乙')"),
            ("ended", "ended('期限')"),
            ("met", "met('期限')"),
            ("overdue", "overdue('期限')"),
            ("running", "running('期限')"),
            ("due", "due('期限')"),
            ("workdays_since", "workdays_since('行为')"),
            ("days_since", "days_since('行为')"),
            ("workdays_between", "workdays_between(日期甲, 日期乙)"),
            ("days_between", "days_between(日期甲, 日期乙)"),
            ("add", "add(日期, '30自然日')"),
            ("holds", "holds(人员, '证件', 日期)"),
            ("size", "size(字段)"),
            ("has", "has(字段)"),
            ("is_org", "is_org(当事人字段)"),
            ("year", "year(日期)"),
            ("sum_of", "sum_of('数字段')"),
            ("goal_reached", "goal_reached(数据, 要求, 目标数)"),
            ("goal_points", "goal_points(满分, 数据, 要求, 目标数)"),
            ("date", "date('2025-01-01')"),
        ];
        if let Some((_, usage)) = usage.iter().find(|(word, _)| *word == name) {
            let message = format!("{name} 不是这样写的（这里给了 {given} 项）");
            return self.fail(
                ExprFault::new(tree.at.clone(), "E0509", message).instead(format!("写 {usage}")),
            );
        }
        let at = tree.at.start..tree.at.start + name.len();
        let fault = ExprFault::new(at, "E0509", format!("没有 {name}(…) 这种写法"));
        self.fail(match nearest(name, usage.iter().map(|(word, _)| *word)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead("见 law/README.md“条件里可以写的词”"),
        })
    }

    fn plain_text(&mut self, tree: &Tree, what: &str) -> Option<String> {
        if let Kind::Text(text) = &tree.kind {
            return Some(text.clone());
        }
        let message = format!("这里应当写{what}");
        self.fail(ExprFault::new(tree.at.clone(), "E0509", message).instead("放在英文单引号里"));
        None
    }

    fn act_name(&mut self, tree: &Tree) -> Option<Id> {
        let text = self.plain_text(tree, "行为的标识")?;
        if let Some((id, _)) = self.words.acts.get_key_value(&*text) {
            return Some(id.clone());
        }
        let known: Vec<&str> = self.words.acts.keys().map(|id| &**id).collect();
        self.missing(&tree.at, "行为", &text, &known, "写一段 [act.…]");
        None
    }

    fn deadline_name(&mut self, tree: &Tree) -> Option<Id> {
        let text = self.plain_text(tree, "期限的标识")?;
        if let Some((id, _)) = self.words.deadlines.get_key_value(&*text) {
            return Some(id.clone());
        }
        let known: Vec<&str> = self.words.deadlines.keys().map(|id| &**id).collect();
        self.missing(&tree.at, "期限", &text, &known, "写一段 [deadline.…]");
        None
    }

    fn person(&mut self, tree: &Tree) -> Option<Box<Node>> {
        let (node, ty) = self.node(tree, None)?;
        if ty == Type::Person {
            return Some(Box::new(node));
        }
        self.wrong_result(tree, &ty, &Want::Type(Type::Person));
        None
    }

    fn period(&mut self, tree: &Tree) -> Option<Period> {
        let text = self.plain_text(tree, "期间，如 '30自然日'")?;
        match text.parse() {
            Ok(period) => Some(period),
            Err(wrong) => {
                let wrong: PeriodFault = wrong;
                let fault = ExprFault::new(tree.at.clone(), wrong.code, wrong.message);
                self.fail(fault.instead(wrong.instead));
                None
            }
        }
    }

    fn fail(&mut self, fault: ExprFault) -> Found {
        self.faults.push(fault);
        None
    }
}

fn literal(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Number { .. } | Kind::Text(_) | Kind::Bool(_) => true,
        Kind::Plus(left, right) | Kind::Minus(left, right) => literal(left) && literal(right),
        _ => false,
    }
}

fn null_compared(tree: &Tree) -> ExprFault {
    ExprFault::new(tree.at.clone(), "E0508", "条件里不写 null")
        .instead("填了没有写 has(字段)，办了没有写 行为.done")
        .why("没有发生的事与什么比较都不成立，所以 … == null 永远不成立")
}

fn unknown(
    at: Range<usize>,
    code: &'static str,
    what: &str,
    name: &str,
    near: Option<&str>,
    known: &str,
) -> ExprFault {
    let fault = ExprFault::new(at, code, format!("{what}里没有 {name}"));
    match near {
        Some(near) => fault.instead(format!("是不是 '{near}'？")),
        None => fault.instead(format!("可以写：{known}")),
    }
}

fn listed<'a>(items: impl Iterator<Item = (&'a Id, &'a String)>) -> String {
    items.map(|(id, label)| format!("'{id}'（{label}）")).collect::<Vec<_>>().join("、")
}
