//! XLSX files: read back by another library.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use engine::figure::{Figure, Value};
use jiff::civil::date;
use law::indicator::Unit;
use paper::xlsx::{Book, Cell, Column, Kind, Sheet, figures};

fn open(file: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(file)).unwrap()
}

fn register() -> Sheet {
    Sheet {
        name: "信访事项/台账".into(),
        title: "信访事项台账".into(),
        about: vec![("单位".into(), "青石镇".into()), ("填报日期".into(), "2025年7月1日".into())],
        columns: vec![
            Column::new("案号", Kind::Text),
            Column::new("件数", Kind::Number),
            Column::new("金额（元）", Kind::Money),
            Column::new("登记日期", Kind::Date),
        ],
        total: Some(vec!["合计".into(), Cell::Number(3), Cell::Money(150_050)]),
    }
}

#[test]
fn a_register_keeps_its_numbers_and_its_text() {
    let rows = vec![
        vec![
            "330327199001010011".into(),
            Cell::Number(3),
            Cell::Money(150_050),
            Cell::Date(date(2025, 7, 1)),
        ],
        vec!["=HYPERLINK(\"http://evil\")".into(), Cell::Blank],
    ];
    let mut book = Book::new(date(2025, 7, 1));
    book.sheet(&register(), rows).unwrap();
    let mut read = open(book.finish().unwrap());
    assert_eq!(read.sheet_names(), ["信访事项台账"]);
    let sheet = read.worksheet_range("信访事项台账").unwrap();
    let text = |row: u32, column: u32| sheet.get_value((row, column)).unwrap().to_string();
    assert_eq!(text(0, 0), "信访事项台账");
    assert_eq!(text(1, 0), "单位：青石镇　　填报日期：2025年7月1日");
    assert_eq!(text(2, 3), "登记日期");
    assert_eq!(sheet.get_value((3, 0)), Some(&Data::String("330327199001010011".into())));
    assert_eq!(sheet.get_value((3, 1)), Some(&Data::Float(3.0)));
    assert_eq!(sheet.get_value((3, 2)), Some(&Data::Float(1500.5)));
    assert!(matches!(sheet.get_value((3, 3)), Some(Data::DateTime(_))));
    assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("=HYPERLINK(\"http://evil\")".into())));
    assert_eq!(text(5, 0), "合计");
}

#[test]
fn rates_are_printed_not_rounded() {
    let figure = |key: &str, value, before| Figure {
        key: key.into(),
        name: format!("指标{key}"),
        value,
        before,
        note: Some("按受理日".into()),
        basis: Some("《人民调解法》第二十八条".into()),
    };
    let list = [
        figure("a", Value::Amount(326, Unit::Item), Some(Value::Amount(304, Unit::Item))),
        figure("b", Value::Rate { good: 99_999, among: 100_000 }, None),
        figure("c", Value::Amount(150_050, Unit::Yuan), Some(Value::Amount(0, Unit::Yuan))),
    ];
    let file = figures("2025年指标", vec![], &list, date(2026, 1, 10)).unwrap();
    assert_eq!(file, figures("2025年指标", vec![], &list, date(2026, 1, 10)).unwrap());
    let mut read = open(file);
    assert_eq!(read.sheet_names(), ["指标", "口径"]);
    let sheet = read.worksheet_range("指标").unwrap();
    assert_eq!(sheet.get_value((2, 2)), Some(&Data::Float(326.0)));
    assert_eq!(sheet.get_value((2, 7)).unwrap().to_string(), "同比上升7.24%");
    assert_eq!(sheet.get_value((3, 2)), Some(&Data::String("99.99%".into())));
    assert_eq!(sheet.get_value((3, 4)).unwrap().to_string(), "99999/100000");
    assert_eq!(sheet.get_value((4, 7)).unwrap().to_string(), "");
    let meanings = read.worksheet_range("口径").unwrap();
    assert_eq!(meanings.get_value((2, 2)).unwrap().to_string(), "按受理日");
}

#[test]
fn hostile_and_endless_content() {
    let mut book = Book::new(date(2025, 7, 1));
    let long = "长".repeat(40_000);
    let rows = vec![
        vec!["\u{0}\u{1}]]>&<b>😀\u{FFFE}".into(), Cell::Number(i64::MIN), Cell::Money(i64::MAX)],
        vec![long.into(), Cell::Date(date(-44, 3, 15)), Cell::Blank, Cell::Date(date(1850, 1, 1))],
    ];
    book.sheet(&register(), rows).unwrap();
    // Twice the same name, no name, no rows, no columns.
    book.sheet(&register(), Vec::new()).unwrap();
    book.sheet(&Sheet::default(), Vec::new()).unwrap();
    let mut read = open(book.finish().unwrap());
    assert_eq!(read.sheet_names(), ["信访事项台账", "信访事项台账（2）", "表"]);
    let sheet = read.worksheet_range("信访事项台账").unwrap();
    assert_eq!(sheet.get_value((3, 0)).unwrap().to_string(), "]]>&<b>😀");
    assert!(sheet.get_value((4, 0)).unwrap().to_string().ends_with("（内容过长，其余见案卷）"));
    assert_eq!(sheet.get_value((4, 3)).unwrap().to_string(), "1850-01-01");
    assert!(!Book::new(date(2025, 7, 1)).finish().unwrap().is_empty());
}

#[test]
fn ten_thousand_rows() {
    let row = |n: i64| {
        vec![
            format!("青访〔2025〕{n}号").into(),
            Cell::Number(n),
            Cell::Money(n),
            Cell::Date(date(2025, 1, 1)),
        ]
    };
    let mut book = Book::new(date(2025, 7, 1));
    book.sheet(&register(), (0..10_000).map(row)).unwrap();
    let mut read = open(book.finish().unwrap());
    let sheet = read.worksheet_range("信访事项台账").unwrap();
    assert_eq!(sheet.height(), 3 + 10_000 + 1);
}
