//! 数据交换: what does not fit the procedure is pointed out where it is.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use law::{
    Law,
    diagnostic::{Diagnostic, render_all},
    source::{self, SourceFile},
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/road-fines");
const FILE: &str = "exchange/road-fines.toml";

fn files() -> Vec<SourceFile> {
    source::read_folder(Path::new(EXAMPLE)).unwrap()
}

/// The faults of the exchange after one change to it.
fn faults(find: &str, put: &str) -> (String, Vec<Diagnostic>) {
    let mut files = files();
    let file = files.iter_mut().find(|file| file.path == FILE).unwrap();
    assert!(file.text.contains(find), "{find}");
    file.text = file.text.replacen(find, put, 1);
    let text = file.text.clone();
    let (_, faults) = Law::parse(&files);
    (text, faults.into_iter().filter(|fault| fault.path == FILE).collect())
}

#[test]
fn an_exchange_is_read_with_its_procedure() {
    let files = files();
    let (law, faults) = Law::parse(&files);
    let errors: Vec<Diagnostic> = faults.into_iter().filter(Diagnostic::is_error).collect();
    assert!(errors.is_empty(), "{}", render_all(&errors, &files, false));
    let import = law.exchanges["road-fines"].import.as_ref().unwrap();
    assert_eq!(import.steps.len(), 11);
    let seats: Vec<&str> = import.seats().into_iter().map(|seat| seat.as_str()).collect();
    assert_eq!(seats, ["fine_clerk", "fine_cashier"]);
    assert!(import.columns().contains(&"paymentAmount"));
}

#[test]
fn every_fault_of_an_exchange_is_pointed_out_where_it_is() {
    let broken = [
        ("E1701", "procedure = \"road-fine\"", "procedure = \"road-fin\"", "\"road-fin\""),
        ("E1703", "id        = \"road-fines\"", "id        = \"fines\"", "\"fines\""),
        ("E1704", "kind  = \"tsv\"", "kind  = \"tab\"", "\"tab\""),
        ("E1704", "on   = \"date\"", "on   = { column = \"date\", date = \"YYYY\" }", "\"YYYY\""),
        ("E1705", "act  = \"send\"", "act  = \"sent\"", "\"sent\""),
        ("E1706", "by    = [\"fine_clerk\"]", "by    = [\"fine_clark\"]", "\"fine_clark\""),
        ("E1706", "by   = \"fine_cashier\"", "by   = \"fine_clerk\"", "\"fine_clerk\""),
        ("E1707", "act  = \"create\"", "act  = \"collect\"", "[[step]]"),
        ("E1708", "event = \"seq\"\n", "", ""),
        ("E1709", "with = { expense = \"expense\" }\n", "", ""),
        ("E1709", "with = { expense =", "with = { expenses = \"x\", expense =", "expenses"),
        ("E1710", "A = \"car\"", "A = \"cars\"", ""),
        (
            "E1710",
            "with = { expense = \"expense\" }",
            "with = { expense = { party = { name = \"x\" } } }",
            "",
        ),
        ("E1710", "with = { expense = \"expense\" }", "with = { expense = { join = \"x\" } }", ""),
        (
            "E1711",
            "with = { expense",
            "assign = { fine_clerk = \"fine_clerk\" }\nwith = { expense",
            "fine_clerk",
        ),
        (
            "E1712",
            "if   = { column = \"activity\", is = \"Send Fine\" }",
            "if   = { column = \"activity\" }",
            "",
        ),
        (
            "E0503",
            "[[step]]",
            "[export]\nkind = \"csv\"\nby = [\"fine_clerk\"]\ndated = \"creat.on\"\ncolumns = []\n[[step]]",
            "",
        ),
        (
            "E1712",
            "[[step]]",
            "[export]\nkind = \"csv\"\nby = [\"fine_clerk\"]\ndated = \"create.on\"\ncolumns = [{ name = \"x\" }]\n[[step]]",
            "",
        ),
        ("E0002", "key   =", "keys  = \"x\"\nkey   =", "keys"),
    ];
    let mut wrong = Vec::new();
    for (code, find, put, mark) in broken {
        let (text, faults) = faults(find, put);
        let hit = faults.iter().any(|fault| {
            let marked = text.get(fault.span.clone()).unwrap_or_default();
            fault.code == code
                && fault.instead.is_some()
                && (mark.is_empty() || marked.contains(mark) || mark.contains(marked))
        });
        if !hit {
            let said: Vec<String> =
                faults.iter().map(|f| format!("{} {}", f.code, f.message)).collect();
            wrong.push(format!("{code} {put}：{said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn neither_in_nor_out_is_no_exchange() {
    let (_, faults) = faults(
        "[import]\nkind  = \"tsv\"\nkey   = \"case\"\nevent = \"seq\"\nby    = [\"fine_clerk\"]\n",
        "",
    );
    assert!(faults.iter().any(|fault| fault.code == "E1702"));
}

#[test]
fn what_is_sealed_is_not_sent_in_bulk() {
    let mut files = files();
    for file in &mut files {
        if file.path.ends_with("road-fine/procedure.toml") {
            file.text = file.text.replacen(
                "type = \"line\", keep = \"work\"",
                "type = \"line\", keep = \"sealed\"",
                1,
            );
        }
        if file.path == FILE {
            file.text += "\n[export]\nkind = \"csv\"\nby = [\"fine_clerk\"]\ndated = \"create.on\"\ncolumns = [{ name = \"警员\", value = \"officer\" }]\n";
        }
    }
    let (law, faults) = Law::parse(&files);
    assert!(faults.iter().any(|fault| fault.code == "E1713"));
    assert!(law.exchanges.is_empty(), "what does not fit is left out");
}
