//! Registers taken out of the house: as a workbook with every field, as a random sample; and what
//! is owed by whom.

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Reader as _, Xlsx};
use yifa::rounds;

use crate::{acts::opened, town::Town, visitor::Visitor};

fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_leaves_with_every_field_and_date() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    opened(&clerk).await;
    let list = clerk.get("/registers/mediation/export").await;
    assert_eq!(list.status, StatusCode::OK);
    let short = cells(list.bytes);
    let whole = cells(clerk.get("/registers/mediation/export?whole=yes").await.bytes);
    let heading = |rows: &[Vec<String>]| {
        rows.iter().find(|row| row.iter().any(|cell| cell == "案号")).unwrap().clone()
    };
    assert!(heading(&whole).len() > heading(&short).len() + 10);
    assert!(heading(&whole).iter().any(|name| name.ends_with("日期")));
    let line = whole.last().unwrap();
    assert!(line.iter().any(|cell| cell == "排水沟纠纷"), "{line:?}");
    assert!(line.iter().any(|cell| cell.contains("要求疏通")), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_needs_a_seal_and_is_the_same_for_everybody() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let case = opened(&clerk).await;
    let page = clerk.page("/registers/mediation/draw").await;
    assert!(page.contains("还没有日封"));
    let office = town.office();
    rounds::seal(&office, office.clock().today()).unwrap();
    let page = clerk.page("/registers/mediation/draw?each=2").await;
    assert!(page.contains(&case) && page.contains("共 1 件，抽中 1 件"), "{page}");
    let again = Visitor::stranger(&town).signed_in("window").await;
    let sheet = cells(again.get("/registers/mediation/draw/export?each=2").await.bytes);
    assert!(sheet.last().unwrap().iter().any(|cell| cell == "排水沟纠纷"), "{sheet:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_shown_to_whoever_stands_above() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page("/duties").await;
    assert!(page.contains("应办清单"));
    assert_eq!(clerk.get("/duties/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(clerk.get("/duties?organ=yunxi").await.status, StatusCode::NOT_FOUND);
}
