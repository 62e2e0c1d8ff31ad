//! Clerks who press at the same moment, on either database: nobody is told to press again.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Barrier},
};

use engine::action::{Action, Target};
use jiff::civil::Date;
use law::{
    Law,
    value::{Party, Value},
};
use store::{Config, Keys, RegisterFilter, Store, Visible};
use yifa::{
    clock::Clock,
    office::{Done, Office},
    play::{county::County, founding::found},
};

use crate::town::PASSWORD;

const CLERKS: u32 = 8;
const TOWN: &str = "yunxi/qingshi";

/// Runs a test on SQLite and, where a server is given, on PostgreSQL.
fn on_both(name: &str, test: impl Fn(&Office)) {
    let unique = format!("yifa_meeting_{}_{name}", std::process::id());
    let folder = std::env::temp_dir().join(&unique);
    std::fs::create_dir_all(&folder).unwrap();
    test(&founded(&folder, format!("sqlite:{}", folder.join("yifa.db").display())));
    match std::env::var("YIFA_TEST_POSTGRES") {
        Ok(server) if !server.is_empty() => {
            let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
            client.batch_execute(&format!("create database {unique}")).unwrap();
            let (base, _) = server.rsplit_once('/').unwrap();
            test(&founded(&folder, format!("{base}/{unique}")));
            client.batch_execute(&format!("drop database {unique} with (force)")).unwrap();
        }
        _ => println!("skipped: {name} on PostgreSQL (YIFA_TEST_POSTGRES is not set)"),
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn founded(folder: &Path, url: String) -> Office {
    let keys = Keys::open(&folder.join("keys")).unwrap();
    let store = Store::open(Config { url, keys, files: folder.join("files") }).unwrap();
    let county = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/county");
    let county = County::read(&county).unwrap();
    found(&store, &county, Date::constant(2024, 1, 1), PASSWORD, false).unwrap();
    Office::open(Law::embedded(), store, Clock::Machine, "yunxi".into()).unwrap()
}

/// A registration that names two people.
fn registration(office: &Office, press: u32, title: &str) -> Action {
    let party = |name: &str, phone: &str| Party {
        name: name.into(),
        phone: phone.into(),
        ..Party::default()
    };
    let parties = vec![party("示例甲", "13800000001"), party("示例乙", "13800000002")];
    Action {
        id: format!("{press:032x}"),
        target: Target::Open { procedure: "mediation".into(), organ: TOWN.into(), parent: None },
        act: "register".into(),
        answers: BTreeMap::from([
            ("title".into(), Value::Text(title.into())),
            ("parties".into(), Value::Parties(parties)),
            ("source".into(), Value::Codes(vec!["initiative".into()])),
            ("kind".into(), Value::Codes(vec!["neighbour".into()])),
            ("facts".into(), Value::Text("雨水倒灌。".into())),
            ("people".into(), Value::Int(2)),
        ]),
        with: Vec::new(),
        assign: BTreeMap::new(),
        on: office.clock().today(),
        late_entry: None,
    }
}

/// Every clerk presses at the same moment.
fn at_once(office: &Office, action: impl Fn(u32) -> Action) -> Vec<Done> {
    let window = office.store().read("yunxi", |read| read.actor("qingshi-window")).unwrap();
    let window = window.unwrap();
    let barrier = Arc::new(Barrier::new(CLERKS as usize));
    std::thread::scope(|scope| {
        let press = |clerk: u32| {
            let (barrier, window, action) = (barrier.clone(), &window, action(clerk));
            scope.spawn(move || {
                barrier.wait();
                office.perform(window, &action).unwrap()
            })
        };
        let clerks: Vec<_> = (0..CLERKS).map(press).collect();
        clerks.into_iter().map(|clerk| clerk.join().unwrap()).collect()
    })
}

#[test]
fn one_press_sent_eight_times_at_once_is_one_entry_with_one_receipt() {
    on_both("press", |office| {
        let done = at_once(office, |_| registration(office, 1, "排水沟纠纷"));
        assert_eq!(done.iter().filter(|done| !done.repeated).count(), 1);
        assert!(done.iter().all(|other| other.receipt == done[0].receipt));
        assert_eq!(office.store().read("yunxi", |read| read.entries()).unwrap(), 1);
    });
}

#[test]
fn clerks_who_meet_at_a_person_nobody_knew_are_all_served() {
    on_both("person", |office| {
        let done = at_once(office, |clerk| registration(office, clerk, &format!("纠纷{clerk}")));
        assert!(done.iter().all(|done| !done.repeated));
        let filter = RegisterFilter { procedure: Some("mediation".into()), ..Default::default() };
        let page = office
            .store()
            .read("yunxi", |read| read.register(&filter, &Visible::everything(), None, 100))
            .unwrap();
        let mut numbers: Vec<String> =
            page.rows.into_iter().map(|row| row.number.unwrap()).collect();
        numbers.sort_unstable();
        let wanted: Vec<bool> =
            (1..=CLERKS).map(|n| numbers[n as usize - 1].contains(&format!("{n}号"))).collect();
        assert_eq!(wanted, [true; CLERKS as usize], "{numbers:?}");
        assert_eq!(office.store().verify("yunxi", |_| {}).unwrap(), []);
    });
}
