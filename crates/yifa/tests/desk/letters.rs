//! 目标责任状和述法: what the system fills in from the ledger, and that nobody else can.

use axum::http::StatusCode;
use engine::action::{Action, Answers, Target};
use law::value::{FileRef, Value};
use yifa::office::{Office, Unperformed};

use crate::{
    town::Town,
    visitor::{Answer, Visitor, value},
};

/// The office with a hand that presses for anybody.
struct Hand {
    office: Office,
    pressed: std::cell::Cell<u32>,
}

impl Hand {
    fn action(&self, target: Target, act: &str, answers: Answers) -> Action {
        self.pressed.set(self.pressed.get() + 1);
        Action {
            id: format!("{:032x}", self.pressed.get()),
            target,
            act: act.into(),
            answers,
            with: Vec::new(),
            assign: Default::default(),
            on: self.office.clock().today(),
            late_entry: None,
        }
    }

    fn try_act(
        &self,
        who: &str,
        target: Target,
        act: &str,
        answers: Answers,
    ) -> Result<String, Unperformed> {
        let county = self.office.county().to_owned();
        let actor = self.office.store().read(&county, |read| read.actor(who)).unwrap().unwrap();
        let done = self.office.perform(&actor, &self.action(target, act, answers))?;
        Ok(done.receipt.entry.case)
    }

    fn open(&self, who: &str, procedure: &str, organ: &str, act: &str, answers: Answers) -> String {
        let target =
            Target::Open { procedure: procedure.into(), organ: organ.into(), parent: None };
        self.try_act(who, target, act, answers).unwrap()
    }

    fn act(&self, who: &str, case: &str, act: &str, answers: Answers) {
        self.try_act(who, Target::Case { case: case.into(), seen: None }, act, answers).unwrap();
    }

    /// One honour of the county, entered and checked.
    fn honour(&self) {
        let today = self.office.clock().today();
        let entered = [
            ("title", text("示例单位")),
            ("level", code("county")),
            ("namer", text("示例机关")),
            ("named_on", Value::Date(today)),
            ("paper_no", text("示例〔1〕号")),
        ];
        let case = self.open("x-liaison", "honour-record", "yunxi", "enter", answers(entered));
        let kind = self.office.law().procedures["honour-record"].last().unwrap().lists["kind"]
            .keys()
            .next()
            .unwrap()
            .clone();
        let checked = [("kind", code(&kind)), ("content", text("内容")), ("paper", self.file())];
        self.act("x-clerk", &case, "check", answers(checked));
    }

    fn file(&self) -> Value {
        let file: FileRef = self.office.keep_file("附件.txt", b"text").unwrap();
        Value::Files(vec![file])
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn code(code: &str) -> Value {
    Value::Codes(vec![code.into()])
}

fn answers<const N: usize>(given: [(&str, Value); N]) -> Answers {
    given.into_iter().map(|(field, value)| (field.into(), value)).collect()
}

async fn press(who: &Visitor, case: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = who.page(&format!("/cases/{case}?act={act}")).await;
    let own = [("token", value(&page, "token")), ("id", value(&page, "id"))];
    let seen = value(&page, "seen");
    let mut form: Vec<(&str, &str)> = own.iter().map(|(name, text)| (*name, &**text)).collect();
    form.push(("seen", &seen));
    form.extend(fields);
    who.post(&format!("/cases/{case}/acts/{act}"), &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_scored_from_the_ledger_and_keeps_its_score() {
    let town = Town::found();
    let hand = Hand { office: town.office(), pressed: Default::default() };
    let today = hand.office.clock().today();
    let year_end = jiff::civil::date(today.tomorrow().unwrap().year(), 12, 31);
    let drafted = [
        ("name", text("示例责任状")),
        ("year_end", Value::Date(year_end)),
        ("person", text("示例甲")),
        ("terms", text("示例任务")),
        ("items", Value::Int(2)),
    ];
    let case = hand.open("x-clerk", "responsibility-letter", "yunxi", "draft", answers(drafted));

    // The indicator is chosen from a list; what is no indicator is refused, and nothing is lost.
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("countyclerk").await;
    let page = clerk.page(&format!("/cases/{case}?act=target")).await;
    assert!(page.contains("当年获得荣誉、命名数（honour-record.entered）"), "the list is there");
    let day = today.to_string();
    let target = |figure| {
        [
            ("f.item", "获得荣誉"),
            ("f.figure", figure),
            ("f.whose", "yunxi"),
            ("f.by_day", &day),
            ("f.bound", "at_least"),
            ("f.want", "2"),
            ("f.full", "60"),
        ]
    };
    let wrong = press(&clerk, &case, "target", &target("honour-record.entred")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("是不是 honour-record.entered"), "{}", wrong.text());
    let right = target("当年获得荣誉、命名数（honour-record.entered）");
    let listed = press(&clerk, &case, "target", &right).await;
    assert_eq!(listed.status, StatusCode::SEE_OTHER, "{}", listed.text());
    let judged = [
        ("item", text("群众测评")),
        ("by_day", Value::Date(today)),
        ("bound", code("at_least")),
        ("want", Value::Int(80)),
        ("full", Value::Int(40)),
    ];
    hand.act("x-clerk", &case, "target", answers(judged));
    let unit = Value::Organs(vec!["yunxi/scjg".into()]);
    hand.act("x-principal", &case, "issue", answers([("unit", unit)]));
    hand.act("scjg-liaison", &case, "sign", answers([("sheet", hand.file())]));
    hand.honour();

    // The form shows what will be recorded; what a browser sends for it is not looked at.
    let inspector = stranger.signed_in("inspector").await;
    let page = inspector.page(&format!("/cases/{case}?act=measure")).await;
    assert!(page.contains("由系统填写") && !page.contains("name=\"f.actual\""), "{page}");
    assert!(page.contains("60分 × 1项 ÷ 2项 = 30分"), "{page}");
    let forged = [("f.actual", "99"), ("f.points", "60"), ("f.achieved", "yes")];
    let done = press(&inspector, &case, "measure", &forged).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = inspector.page(&format!("/cases/{case}")).await;
    assert!(page.contains("没有达到") && page.contains("30/60"), "{page}");
    assert!(!page.contains("与计分时记录的不同"));
    let target = Target::Case { case: case.clone(), seen: None };
    let forged = hand.try_act(
        "x-inspector",
        target,
        "appraise",
        answers([
            ("hand", Value::Int(90)),
            ("source", text("测评表")),
            ("judged_points", Value::Int(40)),
        ]),
    );
    assert!(
        matches!(&forged, Err(Unperformed::Refused(refusal)) if refusal.to_string().contains("由系统填写")),
        "{forged:?}"
    );

    // What is entered later shows beside the score and does not change it.
    hand.honour();
    let page = inspector.page(&format!("/cases/{case}")).await;
    assert!(page.contains("按今天的台账是2项，与计分时记录的不同"), "{page}");
    assert!(page.contains("30/60"));
    assert!(page.contains("还有目标没有计分"), "the sum waits, and the page says why");
    let list = page.split("/figures/honour-record.entered?").nth(1).unwrap();
    let list = list.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let list = inspector.page(&format!("/figures/honour-record.entered?{list}")).await;
    assert!(list.contains("示例单位") && list.contains("至"), "{list}");

    let judged = [("f.hand", "90"), ("f.source", "测评表")];
    let judged = press(&inspector, &case, "appraise", &judged).await;
    assert_eq!(judged.status, StatusCode::SEE_OTHER, "{}", judged.text());
    hand.act("x-inspector", &case, "score", Answers::new());
    let page = inspector.page(&format!("/cases/{case}")).await;
    assert!(page.contains("人工评定") && page.contains("得70分，满分100分"), "{page}");
    assert!(page.contains("测评表"), "the source stands beside a typed number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_drafted_from_the_ledger_and_kept_in_its_case() {
    let town = Town::found();
    let hand = Hand { office: town.office(), pressed: Default::default() };
    let today = hand.office.clock().today();
    hand.honour();
    let listed = [
        ("post", text("县长")),
        ("person", text("示例甲")),
        ("kind", code("law")),
        ("party", code("gov")),
        ("year_end", Value::Date(jiff::civil::date(today.year(), 12, 31))),
        ("tenure", text("全年")),
    ];
    let case = hand.open("x-clerk", "principal-statement", "yunxi", "list", answers(listed));
    hand.act("x-liaison", &case, "compile", Answers::new());
    let principal = Visitor::stranger(&town).signed_in("county").await;
    let page = principal.page(&format!("/cases/{case}?act=write")).await;
    assert!(page.contains("述法报告（底稿）.docx"), "{page}");
    assert!(page.contains("本单位法治工作会议") && !page.contains("name=\"f.meetings\""));
    let file = page.split(&format!("/cases/{case}/files/")).nth(1).unwrap();
    let file = file.split('"').next().unwrap();
    let file = principal.get(&format!("/cases/{case}/files/{file}")).await;
    assert_eq!(file.status, StatusCode::OK);
    let read = paper::reading::read("底稿.docx", &file.bytes).unwrap();
    let text = format!("{read:?}");
    assert!(text.contains("重要工作亲自部署") && text.contains("待写"), "{text}");
}
