//! 年度报告 at the desk: audited where it is drafted, written place by place into its case, the
//! draft with text and figures attached to it.

use axum::http::StatusCode;
use engine::{
    actor::{OrganPath, Post},
    figure::Value,
};
use jiff::civil::Date;
use law::indicator::Unit;
use store::{Person, StoreError};
use yifa::{figures, report, web::password};

use crate::{
    town::{PASSWORD, Town},
    visitor::{Visitor, value},
};

const FAULTS: &str = "存在的不足和原因";

/// The controls of the page's form: token, press, organ, year and, once there is a case, the
/// entries seen.
fn form(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("id=\"draft\"").unwrap().1;
    let mut names = vec!["token", "id", "organ", "year"];
    names.extend(form.contains("name=\"seen\"").then_some("seen"));
    names.into_iter().map(|name| (name.to_owned(), value(form, name))).collect()
}

/// Presses one of the form's buttons with texts typed into some of its places.
async fn press(
    visitor: &Visitor,
    page: &str,
    path: &str,
    typed: &[(&str, &str)],
) -> crate::visitor::Answer {
    let mut sent = form(page);
    sent.extend(typed.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    visitor.post(path, &sent).await
}

/// The name of the control of a chapter.
fn chapter(title: &str) -> String {
    format!("w.{title}／")
}

/// Last year's report page of an organ.
fn page_of(organ: &str) -> String {
    let last = yifa::clock::Clock::Machine.today().year() - 1;
    format!("/report?organ={organ}&year={last}")
}

/// Somebody more in the town, with one post.
fn engage(town: &Town, login: &str, role: &str, organ: &str) {
    let office = town.office();
    let person = Person {
        id: login.into(),
        name: format!("示例{login}"),
        login: Some(login.into()),
        password: password::hash(PASSWORD).unwrap(),
        secret: None,
        must_change: false,
        closed: None,
    };
    let post = Post {
        role: role.into(),
        organ: OrganPath::from(organ),
        from: Date::constant(2024, 1, 1),
        to: None,
        substitute_for: None,
    };
    let engaged: Result<(), StoreError> = office.store().write(office.county(), |tx| {
        tx.put_person(&person)?;
        tx.put_post(&person.id, &post)
    });
    engaged.unwrap();
}

/// How many times a text stands in another.
fn times(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_audited_where_it_is_made_and_before_it_is_a_case() {
    let town = Town::found();
    let drafter = Visitor::stranger(&town).signed_in("countydraft").await;
    let at = page_of("yunxi");
    let page = drafter.page(&at).await;
    assert!(page.contains("还没有立案") && !page.contains("name=\"looked\""), "{page}");

    let faults = chapter(FAULTS);
    let typed = [(faults.as_str(), "全年受理纠纷300件，调解成功287件，调解成功率99.6%。")];
    let shown = press(&drafter, &page, "/report", &typed).await.text();
    let list = shown.split_once("id=\"doubts\"").unwrap().1;
    assert!(list.contains("矛盾") && list.contains("95.7%"), "{list}");
    let place = list.split("href=\"#t").nth(1).unwrap().split('"').next().unwrap();
    assert!(shown.contains(&format!("<span id=\"t{place}\"></span>")), "{shown}");
    assert!(shown.contains("name=\"looked\""), "{shown}");

    let refused = press(&drafter, &shown, "/report/open", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    assert!(refused.contains("矛盾，还没有立案") && refused.contains("99.6%。</textarea>"));
    assert!(drafter.page(&at).await.contains("还没有立案"), "nothing was opened");

    let looked = value(&refused, "looked");
    let knowing = [typed[0], ("looked", looked.as_str())];
    let opened = press(&drafter, &refused, "/report/open", &knowing).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    assert!(opened.place().ends_with("&opened=1&saved=1"), "{}", opened.place());
    let page = drafter.page(opened.place()).await;
    assert!(page.contains("99.6%。</textarea>") && page.contains("处矛盾</a>，改正以后再"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_stays_in_the_case_and_stands_in_its_document() {
    let town = Town::found();
    engage(&town, "sfdraft", "drafter", "yunxi/sf");
    engage(&town, "sfclerk", "rule_clerk", "yunxi/sf");
    let stranger = Visitor::stranger(&town);
    for (organ, draft, clerk) in [
        ("yunxi", "countydraft", "countyclerk"),
        ("yunxi/qingshi", "drafter", "clerk"),
        ("yunxi/sf", "sfdraft", "sfclerk"),
    ] {
        let drafter = stranger.signed_in(draft).await;
        let at = page_of(organ);
        let page = drafter.page(&at).await;
        let before = times(&page, "还没有写</span>");
        assert!(before >= 4, "{organ}: {page}");
        let opened = press(&drafter, &page, "/report/open", &[]).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{organ}: {}", opened.text());

        // The report under way opens by itself; one chapter and one section are written.
        let page = drafter.page(&format!("/report?organ={organ}")).await;
        assert!(page.contains("/cases/") && !page.contains("还没有立案"), "{page}");
        let section = page.split("name=\"w.主要举措和成效／").nth(1).unwrap();
        let section = format!("w.主要举措和成效／{}", section.split('"').next().unwrap());
        let faults = chapter(FAULTS);
        let first = "部分干部学法不够，主要是学习安排不经常。";
        let texts =
            [(faults.as_str(), first), (section.as_str(), "简化了办事流程。\n减少了材料。")];
        let saved = press(&drafter, &page, "/report/write", &texts).await;
        assert!(saved.place().ends_with("&saved=2"), "{organ}: {}", saved.text());
        let again = press(&drafter, &page, "/report/write", &texts).await;
        assert!(again.place().ends_with("&saved=0"), "a press sent twice writes once");

        // A correction is one further fact, and the last word counts.
        let page = drafter.page(&at).await;
        assert!(times(&page, "还没有写</span>") < before, "{page}");
        let second = "部分干部学法不够，主要是没有固定的学习日。";
        let saved = press(&drafter, &page, "/report/write", &[(&faults, second)]).await;
        assert!(saved.place().ends_with("&saved=1"), "{}", saved.text());
        let page = drafter.page(&at).await;
        let case = page.split("href=\"/cases/").nth(1).unwrap().split('"').next().unwrap();
        let file = drafter.page(&format!("/cases/{case}")).await;
        assert!(file.contains(first) && file.contains(second), "both stand in the file: {file}");

        // Whoever does not draft reads it and cannot change it.
        let reader = stranger.signed_in(clerk).await;
        let seen = reader.page(&at).await;
        assert!(seen.contains(second) && seen.contains("现在不能写章节"), "{seen}");
        let refused = press(&reader, &seen, "/report/write", &[(&faults, "改了的。")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("改了的。</textarea>"), "what was typed is not lost");

        // The document of the case has the figures and the text; its gate is as before.
        let form = press(&drafter, &page, "/report/attach", &[]).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.text());
        let form = form.text();
        let tickets = |name: &str| value(&form, &format!("f.{name}.kept"));
        let (text, figures) = (tickets("text"), tickets("figures"));
        let fields = [
            ("token", value(&form, "token")),
            ("id", value(form.split_once("/acts/draft\"").unwrap().1, "id")),
            ("seen", value(&form, "seen")),
            ("f.text.kept", text),
            ("f.figures.kept", figures),
            ("f.measures", "yes".into()),
            ("f.faults", "yes".into()),
            ("f.duty", "yes".into()),
            ("f.plan", "yes".into()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let drafted = drafter.post(&format!("/cases/{case}/acts/draft"), &fields).await;
        assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.text());
        let file = drafter.page(&format!("/cases/{case}")).await;
        assert!(file.contains("数据审读"), "the attached draft is audited in its case: {file}");
        let kept = format!("/cases/{case}/files/");
        let named = |part: &&str| part.split_once("</a>").is_some_and(|(a, _)| a.contains(".docx"));
        let digest = file.split(&kept).skip(1).find(named).unwrap().split(['"', '/']).next();
        let digest = digest.unwrap();
        let docx = drafter.get(&format!("/cases/{case}/files/{digest}")).await;
        let text = paper::reading::read("报告.docx", &docx.bytes).unwrap().text;
        for part in
            [second, "简化了办事流程。", "减少了材料。", "推进法治政府建设各项工作", "【待写】"]
        {
            assert!(text.contains(part), "{organ}: {part}\n{text}");
        }
        assert!(!text.contains(first), "{text}");
    }

    // The command line finds the same text.
    let office = town.office();
    let organ = yifa::figures::organ_named(&office, "yunxi/qingshi").unwrap().unwrap();
    let year = office.clock().today().year() - 1;
    let outline = report::outline(&office, &organ, year, None).unwrap();
    let written = report::kept_by_chapters(&office, &organ, year, outline).unwrap();
    assert!(written[FAULTS].contains("没有固定的学习日"));
    assert!(written["主要举措和成效"].contains("【待写】"), "what is begun says what is to come");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_write_the_same_place_see_each_other() {
    let town = Town::found();
    let drafter = Visitor::stranger(&town).signed_in("countydraft").await;
    let at = page_of("yunxi");
    let page = drafter.page(&at).await;
    let opened = press(&drafter, &page, "/report/open", &[]).await;
    let page = drafter.page(opened.place()).await;
    let (faults, other) = (chapter(FAULTS), chapter("其他需要报告的情况"));

    let early = press(&drafter, &page, "/report/write", &[(&faults, "先写的，原因是一。")]).await;
    assert_eq!(early.status, StatusCode::SEE_OTHER);
    // From the page as it was before: another place is no matter, the same one is.
    let beside = [(faults.as_str(), ""), (other.as_str(), "没有其他情况。")];
    let beside = press(&drafter, &page, "/report/write", &beside).await;
    assert!(beside.place().ends_with("&saved=1"), "{}", beside.text());
    let late = press(&drafter, &page, "/report/write", &[(&faults, "后写的，原因是二。")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let late = late.text();
    assert!(late.contains("后写的，原因是二。</textarea>") && late.contains("先写的，原因是一。"));
    let merged = [(faults.as_str(), "合起来的，原因是一和二。")];
    let merged = press(&drafter, &late, "/report/write", &merged).await;
    assert!(merged.place().ends_with("&saved=1"), "{}", merged.text());

    // Emptied, it is to be written again; too long, it is shown again.
    let page = drafter.page(&at).await;
    let emptied = press(&drafter, &page, "/report/write", &[(&faults, "")]).await;
    assert!(emptied.place().ends_with("&saved=1"));
    let page = drafter.page(&at).await;
    let long = "长".repeat(20_001);
    let texts = [(faults.as_str(), long.as_str()), (other.as_str(), "有一项试点。")];
    let refused = press(&drafter, &page, "/report/write", &texts).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    assert!(refused.contains("至多 20000 字") && refused.contains(&long), "nothing typed is lost");
    assert!(drafter.page(&at).await.contains("有一项试点。</textarea>"), "the other place is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outline_follows_the_organ_and_the_year_unless_one_is_taken() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let taken = |page: &str| {
        let chosen = page.split("<select name=\"outline\">").nth(1).unwrap();
        let chosen = chosen.split(" selected>").nth(1).unwrap();
        chosen.split('<').next().unwrap().to_owned()
    };
    let mayor = stranger.signed_in("mayor").await;
    let page = mayor.page("/report?year=2025").await;
    assert_eq!(taken(&page), "按单位和年度：乡镇（街道）年度报告提纲（2021—2025年纲要）");
    assert_eq!(
        taken(&mayor.page("/report?year=2026").await),
        "按单位和年度：乡镇（街道）年度报告提纲（通用）"
    );
    let county = stranger.signed_in("countyclerk").await.page("/report?year=2025").await;
    assert_eq!(taken(&county), "按单位和年度：年度报告提纲（2021—2025年纲要）");

    let page = mayor.page("/report?year=2025&outline=town-2022").await;
    assert_eq!(taken(&page), "乡镇报告写法：六节，含民主政治和信访");
    let prompt = "非法集资风险的处置";
    let article = |page: &str| -> String {
        let article = page.split("<article class=\"paper\">").nth(1).unwrap();
        article.split("</article>").next().unwrap().to_owned()
    };
    assert!(article(&page).contains(prompt));
    assert!(page.contains("<h4>1.调处各类矛盾纠纷</h4>"), "{page}");
    let nobody = mayor.get("/report?year=2025&outline=nothing").await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);

    let token = value(&page, "token");
    let organ = value(&page, "organ");
    let place = "w.全镇法治政府建设工作开展情况／化解社会矛盾／调处各类矛盾纠纷";
    assert!(page.contains(&format!("name=\"{place}\"")), "{page}");
    let mut form = vec![
        ("token", token.as_str()),
        ("organ", organ.as_str()),
        ("year", "2025"),
        ("outline", "town-2022"),
        (place, "网格员每周走访。"),
        ("w.引言／", "今年以来，我镇依法办事。"),
    ];
    let written = mayor.post("/report", &form).await.text();
    let before = article(&written);
    assert!(before.contains("今年以来，我镇依法办事。") && before.contains("网格员每周走访。"));
    assert!(!before.contains(prompt), "what is written needs no prompt");
    assert!(before.contains("信访工作机制"), "what is not written still does");
    assert_eq!(taken(&written), "乡镇报告写法：六节，含民主政治和信访");
    let file = mayor.post("/report/html", &form).await.text();
    assert!(file.contains("网格员每周走访。"), "{file}");
    form[4].1 = "无";
    let left = mayor.post("/report", &form).await.text();
    assert!(!article(&left).contains(prompt));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_before_has_figures_only_of_what_was_on_record() {
    const NEW: &str = "/new/dispute/collect";
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let token = value(&clerk.page(NEW).await, "token");
    let form = [
        ("token", token.as_str()),
        ("id", "00000000000000000000000000000001"),
        ("f.title", "水渠边院坝排水纠纷"),
        ("f.source", "visit"),
        ("f.kind", "neighbour"),
        ("f.place", "青石镇东街村一组水渠边"),
        ("f.people", "2"),
        ("f.facts", "两家为排水争吵。"),
        ("f.parties.0.name", "示例甲"),
        ("f.parties.0.kind", "person"),
        ("f.parties.0.phone", "13800000001"),
    ];
    assert_eq!(clerk.post(NEW, &form).await.status, StatusCode::SEE_OTHER);
    let office = town.office();
    let county = office.county().to_owned();
    let this = office.clock().today().year();
    let before = |year: i16, key: &str| {
        let figures = figures::of_year(&office, &(&*county).into(), year).unwrap();
        figures.into_iter().find(|figure| *figure.key == *key).unwrap().before
    };
    let items = |number| Some(Value::Amount(number, Unit::Item));
    let key = "dispute.collected";
    assert_eq!(before(this, key), None, "nothing was on record then");
    assert_eq!(before(this + 1, key), items(1));
    assert_eq!(before(this + 2, key), items(0), "it was on record that there was none");
    assert_eq!(before(this + 2, "penalty.decided"), None, "other duties have no record still");
}
