//! 在线考试: a whole sitting, and everything that must not work.

use axum::http::StatusCode;
use engine::{
    action::{Action, Target},
    actor::Actor,
};
use law::value::Value;
use yifa::{
    clock,
    exam::{Examination, settle},
    office::Unperformed,
};

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const BANK: &str = "题型,题干,选项A,选项B,选项C,答案,法律依据\n\
    单选,第一题,一,二,三,B,《示例法》第一条\n\
    多选,第二题,一,二,三,AC,《示例法》第二条\n\
    判断,第三题,,,,对,《示例法》第三条\n\
    填空,第四题,,,,甲,\n";

/// Publishes an examination of three questions for one person; returns the address of its case.
async fn published(clerk: &Visitor, person: &str, bank: &str, today: &str) -> String {
    let page = clerk.page("/new/online-exam/issue").await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let form = [
        ("token", token.as_str()),
        ("id", &id),
        ("organ", "yunxi"),
        ("on", today),
        ("late", ""),
        ("f.exam", "示例考试"),
        ("f.notice", "示例通知"),
        ("f.people", person),
        ("f.single", "1"),
        ("f.multi", "1"),
        ("f.judge", "1"),
        ("f.minutes", "30"),
        ("f.last_on", today),
    ];
    let path = "/new/online-exam/issue";
    let sent = clerk.upload(path, &form, "f.bank", "题库.csv", bank.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    sent.place().split(['?', '#']).next().unwrap().to_owned()
}

/// The form of the paper with what the person knows.
fn answers(page: &str, right: bool) -> Vec<(String, String)> {
    let mut form = vec![("token".to_owned(), value(page, "token"))];
    for (text, letters) in [("第一题", "B"), ("第二题", "AC"), ("第三题", "A")] {
        let before = page.split(text).next().unwrap();
        let number = before.rsplit("<legend>").next().unwrap().split('．').next().unwrap();
        let letters = if right { letters } else { "B" };
        form.extend(letters.chars().map(|one| (format!("q.{number}"), one.to_string())));
    }
    form
}

async fn send(
    who: &Visitor,
    path: &str,
    form: &[(String, String)],
    act: &str,
) -> crate::visitor::Answer {
    let mut form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    form.push(("do", act));
    who.post(path, &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_examination_is_sat_saved_handed_in_and_sat_again() {
    let town = Town::found();
    let today = town.office().clock().today().to_string();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("countyclerk").await;
    let case = published(&clerk, "x-drafter", BANK, &today).await;
    let exam = format!("{case}/exam");

    let check = clerk.page(&exam).await;
    assert!(check.contains("单选题 1 道") && check.contains("题库.csv第5行"), "{check}");
    let refused = clerk.post(&exam, &[("token", &value(&check, "token")), ("do", "start")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "the clerk is not to sit");
    let other = stranger.signed_in("market").await;
    assert_eq!(other.get(&exam).await.status, StatusCode::NOT_FOUND, "a stranger knows nothing");

    let me = stranger.signed_in("countydraft").await;
    assert!(me.page("/exams").await.contains(&exam));
    let start = me.page(&exam).await;
    assert!(!start.contains("第一题"), "no question before the clock runs");
    let token = [("token".to_owned(), value(&start, "token"))];
    assert_eq!(send(&me, &exam, &token, "start").await.status, StatusCode::SEE_OTHER);
    let paper = me.page(&exam).await;
    assert!(paper.contains("第一题") && paper.contains("第二题") && paper.contains("第三题"));
    assert!(!paper.contains("示例法"), "the paper does not give its answers away");

    let saved = send(&me, &format!("{exam}/save"), &answers(&paper, false), "").await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    assert!(saved.text().contains("\"answered\":3") && saved.text().contains("\"over\":false"));
    assert!(me.page(&exam).await.matches(" checked").count() == 3, "what was saved is there again");
    assert_eq!(
        send(&me, &exam, &answers(&paper, false), "submit").await.status,
        StatusCode::SEE_OTHER
    );
    let result = me.page(&format!("{exam}?results=1")).await;
    assert!(result.contains("第 1 次　33 分") && result.contains("《示例法》第二条"), "{result}");
    assert!(!result.contains("正确答案</th>"), "may be sat again: the answers are not told");
    let again = send(&me, &exam, &answers(&paper, true), "submit").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(
        !me.page(&exam).await.contains("100 分"),
        "handed in twice, it is the first that counts"
    );

    assert_eq!(send(&me, &exam, &token, "start").await.status, StatusCode::SEE_OTHER);
    let paper = me.page(&exam).await;
    send(&me, &exam, &answers(&paper, true), "submit").await;
    let best = me.page(&exam).await;
    assert!(best.contains("第 2 次　100 分") && best.contains("最高 <b>100</b> 分"), "{best}");
    assert!(clerk.page(&exam).await.contains("100 及格"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_types_a_result_and_time_over_is_marked_by_what_was_saved() {
    let town = Town::found();
    let office = town.office();
    let today = office.clock().today();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("countyclerk").await;
    let case = published(&clerk, "x-drafter", BANK, &today.to_string()).await;
    let exam = format!("{case}/exam");
    let id = case.rsplit('/').next().unwrap();

    let me = stranger.signed_in("countydraft").await;
    let token = [("token".to_owned(), value(&me.page(&exam).await, "token"))];
    send(&me, &exam, &token, "start").await;
    let paper = me.page(&exam).await;
    send(&me, &format!("{exam}/save"), &answers(&paper, true), "").await;

    // The forms of the desk, and the office itself, refuse a result from anybody.
    let page = clerk.page(&case).await;
    let form = [
        ("token", value(&page, "token")),
        ("id", "0123456789abcdef0123456789abcdef".into()),
        ("seen", "1".into()),
        ("on", today.to_string()),
        ("f.examinee", "x-drafter".into()),
        ("f.score", "100".into()),
        ("f.right", "3".into()),
        ("f.asked", "3".into()),
        ("f.attempt", "1".into()),
        ("f.before", "0".into()),
        ("f.best", "100".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let forged = clerk.post(&format!("{case}/acts/enter"), &form).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", forged.text());
    let actor: Actor =
        office.store().read(office.county(), |read| read.actor("x-drafter")).unwrap().unwrap();
    let action = Action {
        id: "0123456789abcdef0123456789abcdee".into(),
        target: Target::Case { case: id.into(), seen: None },
        act: "enter".into(),
        answers: [("score".into(), Value::Int(100))].into(),
        with: Vec::new(),
        assign: Default::default(),
        on: today,
        late_entry: None,
    };
    let forged = office.perform(&actor, &action);
    assert!(matches!(forged, Err(Unperformed::Refused(_))), "{forged:?}");

    // The round marks what nobody handed in, once.
    assert_eq!(settle(&office, office.clock().now()).unwrap(), 0, "the time is not over");
    let midnight = clock::at(today.tomorrow().unwrap(), 1, 0);
    assert_eq!(settle(&office, midnight).unwrap(), 1);
    assert_eq!(settle(&office, midnight).unwrap(), 0);
    let outcomes = Examination::open(&office, id).unwrap().outcomes("x-drafter");
    assert_eq!((outcomes.len(), outcomes[0].score), (1, 100));
    let saved = send(&me, &format!("{exam}/save"), &answers(&paper, false), "").await;
    assert_eq!(saved.status, StatusCode::CONFLICT, "too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_too_small_begins_nothing() {
    let town = Town::found();
    let today = town.office().clock().today().to_string();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("countyclerk").await;
    let bank = BANK.replace("AC", "A");
    let exam = format!("{}/exam", published(&clerk, "x-drafter", &bank, &today).await);
    assert!(clerk.page(&exam).await.contains("第3行：多选题只有一个答案"));
    let me = stranger.signed_in("countydraft").await;
    let page = me.page(&exam).await;
    assert!(page.contains("多选题要抽1道，题库里读得懂的只有0道"), "{page}");
    let token = [("token".to_owned(), value(&page, "token"))];
    assert_eq!(send(&me, &exam, &token, "start").await.status, StatusCode::FORBIDDEN);
}
