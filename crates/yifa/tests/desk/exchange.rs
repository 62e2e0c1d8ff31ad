//! 数据交换 at the desk: tried out first, then taken in; who may not is told who may.

use axum::http::StatusCode;

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const PAGE: &str = "/exchange/police-disputes";
const FILE: &str = "警情编号,移交日期,属地,警情概要,纠纷类型,发生地点,报警日期,报警人,报警电话,对方当事人,涉及人数\n\
J1,2026-03-02,,邻里因排水争吵,邻里,东街村,2026-03-02,示例甲,13800000001,示例乙,2\n\
J2,2026-03-02,,地点和当事人都没有写,邻里,,2026-03-02,,,,2\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_tried_out_confirmed_and_on_record() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (admin, clerk) = (stranger.signed_in("admin").await, stranger.signed_in("window").await);

    let page = clerk.page(PAGE).await;
    assert!(page.contains("样例") && page.contains("还没有"), "nobody has connected it: {page}");
    let token = value(&page, "token");
    let refused = clerk
        .post(&format!("{PAGE}/connect"), &[("token", &token), ("organ", "yunxi/qingshi")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let token = value(&admin.page(PAGE).await, "token");
    admin.post(&format!("{PAGE}/connect"), &[("token", &token), ("organ", "yunxi/qingshi")]).await;

    let token = value(&clerk.page(PAGE).await, "token");
    let form = [("token", &*token), ("organ", "yunxi/qingshi")];
    let import = format!("{PAGE}/import");
    let tried = clerk.upload(&import, &form, "file", "警情.csv", FILE.as_bytes()).await.text();
    assert!(tried.contains("试办结果") && tried.contains("确认导入"), "{tried}");
    let registers = clerk.page("/registers/dispute").await;
    assert!(registers.contains("共 0 件"), "nothing was kept");

    let ticket = value(&tried, "file.kept");
    let form = [&form[..], &[("file.kept", &*ticket), ("confirm", "1")]].concat();
    let done = clerk.post(&import, &form).await.text();
    assert!(done.contains("导入结果") && done.contains("下载没有办成的行"), "{done}");
    assert!(clerk.page("/registers/dispute").await.contains("共 1 件"));
    let runs = clerk.page(PAGE).await;
    let link = runs.split("/runs/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let list = clerk.get(&format!("{PAGE}/runs/{link}")).await.text();
    assert!(list.contains("3,J2,采集上报"), "{list}");

    let other = stranger.signed_in("market").await;
    let token = value(&other.page(PAGE).await, "token");
    let form = [("token", &*token), ("organ", "yunxi/qingshi")];
    let refused = other.upload(&import, &form, "file", "警情.csv", FILE.as_bytes()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("窗口登记岗"));
    let theirs = other.get(&format!("{PAGE}/runs/{link}")).await;
    assert_eq!(theirs.status, StatusCode::FORBIDDEN);

    let wrong = clerk
        .upload(
            &import,
            &[("token", &value(&clerk.page(PAGE).await, "token")), ("organ", "yunxi/qingshi")],
            "file",
            "x.csv",
            "甲,乙\n1,2\n".as_bytes(),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("文件里没有这些栏"));
    assert!(wrong.text().contains("对方的文件"), "the next file can be chosen there and then");
}
