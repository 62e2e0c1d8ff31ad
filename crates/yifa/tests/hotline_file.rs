//! 904 real requests of a hotline, imported and dispatched: what is counted agrees with the file.
//!
//! Skipped where the data is absent.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::civil::date;
use law::{Law, source};
use store::{Config, Keys, Store};
use yifa::{
    clock::Clock,
    exchange::{
        file::Rows,
        import::{Importing, Mode},
        seats,
    },
    figures,
    office::Office,
    play::{county::County, founding::found},
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/fuzhou-12345");
const DATA: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/02-fuzhou-12345/dev/requests.jsonl");

#[test]
fn counts_times_and_kinds_agree_with_the_file() {
    let data = std::env::var("YIFA_HOTLINE_FILE").unwrap_or_else(|_| DATA.into());
    let data = Path::new(&data);
    if !data.exists() {
        eprintln!("skipped: {} is not here", data.display());
        return;
    }
    let folder = std::env::temp_dir().join(format!("yifa-hotline-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let example = Path::new(EXAMPLE);
    let files = source::overlay(source::embedded(), source::read_folder(example).unwrap());
    let store = Store::open(Config {
        url: format!("sqlite:{}", folder.join("x.db").display()),
        keys: Keys::random().unwrap(),
        files: folder.join("files"),
    })
    .unwrap();
    let county = County::read(&example.join("county.toml")).unwrap();
    found(&store, &county, date(2000, 1, 1), "示例口令-2000", false).unwrap();
    let law = Arc::new(Law::parse(&files).0);
    let office = Office::open(law, store, Clock::Machine, "fz".into()).unwrap();
    let exchange = &office.law().exchanges["fuzhou-12345"];
    for organ in &county.organs {
        seats::connect(&office, exchange, &organ.path.as_str().into()).unwrap();
    }
    let read = |id: &str| office.store().read("fz", |read| read.actor(id)).unwrap().unwrap();
    let operator = read("operator");
    let importing = Importing {
        office: &office,
        exchange,
        person: &operator,
        organ: "fz".into(),
        file: "requests.jsonl".into(),
        digest: String::new(),
    };
    let import = importing.allowed().unwrap();

    // What the file says, counted by itself.
    let mut said: BTreeMap<&str, i64> = BTreeMap::new();
    for row in Rows::open(data, import).unwrap() {
        let row = row.unwrap();
        let number = |column: &str| row.get(column).parse::<i64>().unwrap();
        let passed = number("transfers");
        *said.entry("tickets").or_default() += 1;
        *said.entry("dispatched").or_default() += i64::from(passed > 0);
        *said.entry("passed").or_default() += (passed - 1).max(0);
        *said.entry("answered").or_default() += i64::from(passed == 0);
        *said.entry("days").or_default() += if passed > 0 { number("days_to_final") } else { 0 };
    }
    assert_eq!(said["tickets"], 904);

    let rows = Rows::open(data, import).unwrap();
    let outcome = importing.run(rows, Mode::Keep, |_| ()).unwrap();
    assert_eq!((outcome.opened, outcome.refused), (904, 0), "{:?}", outcome.grounds);

    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    for year in 2006..=2019 {
        for figure in figures::of_year(&office, &"fz".into(), year).unwrap() {
            let key = figure.key.strip_prefix("hotline.").unwrap_or_default();
            if let Some((key, _)) = said.get_key_value(key) {
                let number: i64 = figure.value.number().replace(',', "").parse().unwrap();
                *counted.entry(key).or_default() += number;
            }
        }
    }
    assert_eq!(counted, said);

    // Every act, its day and every answer (kind, channel, text) against the file once more.
    let rows = Rows::open(data, import).unwrap();
    let compared = importing.compare(rows, |_| ()).unwrap();
    let off = (compared.only_there, compared.only_here, compared.differing);
    assert_eq!((compared.same, off), (outcome.done, (0, 0, 0)), "{:?}", compared.differences);

    let again = importing.run(Rows::open(data, import).unwrap(), Mode::Keep, |_| ()).unwrap();
    assert_eq!((again.done, again.again), (0, outcome.done), "the same file brings nothing new");
    let _ = std::fs::remove_dir_all(&folder);
}
