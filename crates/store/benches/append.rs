//! How fast the ledger is, as ratios measured in one run on one machine.
//!
//! `cargo bench -p store` · more cases: `YIFA_BENCH_CASES=200000` · PostgreSQL beside SQLite:
//! `YIFA_TEST_POSTGRES=postgres://…`
#![allow(clippy::unwrap_used)]

#[path = "../tests/conformance/fixture/mod.rs"]
mod fixture;

use std::time::{Duration, Instant};

use engine::figure::Counted;
use fixture::*;
use law::{indicator::Span, value::Value};
use store::{After, RegisterFilter, TaskFilter, Visible};

/// Cases whose three acts are timed one by one.
const TIMED: usize = 400;
/// Clients that act at the same time.
const CLIENTS: usize = 16;

fn main() {
    // `cargo test` runs benches too, with other arguments; there is nothing to test here.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let cases: usize =
        std::env::var("YIFA_BENCH_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    measure("SQLite", &Backend::Lite, cases);
    match std::env::var("YIFA_TEST_POSTGRES") {
        Ok(url) if !url.is_empty() => measure("PostgreSQL", &Backend::Pg(url), cases),
        _ => println!("skipped: PostgreSQL (YIFA_TEST_POSTGRES is not set)"),
    }
}

fn measure(name: &str, backend: &Backend, cases: usize) {
    println!("{name}");
    let world = World::new(backend, "bench");
    let acts = TIMED * 3;
    let alone = timed(|| (0..TIMED).for_each(|number| whole_case(&world, "a", number)));
    let raw = raw_inserts(backend, &world, acts);
    line("acts, one client", acts, alone, Some(ratio(raw, alone)));
    line("raw inserts of the same rows, one commit an act", acts, raw, None);

    let world = World::new(backend, "crowd");
    let together = timed(|| {
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let world = &world;
                scope.spawn(move || {
                    for number in 0..TIMED / 4 {
                        whole_case(world, &format!("c{client}x"), number);
                    }
                });
            }
        });
    });
    let acts = CLIENTS * (TIMED / 4) * 3;
    line(&format!("acts, {CLIENTS} clients"), acts, together, None);

    let world = World::new(backend, "many");
    let filled = timed(|| fill(&world, cases));
    line("acts in large transactions, to fill the database", cases * 2, filled, None);
    let entries = world.read(|read| read.entries()) as usize;
    let rebuilt = timed(|| {
        world.store.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
    });
    line("rebuild, entries", entries, rebuilt, None);
    let verified = timed(|| assert!(world.store.verify(COUNTY, |_| {}).unwrap().is_empty()));
    line("verify, entries", entries, verified, None);
    println!("  at {cases} cases:");
    pages(&world);
}

/// Three acts, each in its own transaction.
fn whole_case(world: &World, prefix: &str, number: usize) {
    let mut open = opening(
        format!("{prefix}{number:028}"),
        TOWN,
        "2025-03-03",
        matter("水渠改道引发的纠纷", &[party("示例张", &format!("{prefix}{number}"), "")]),
    );
    let perform = |person: &str, action: &engine::action::Action| loop {
        match world.perform(person, action) {
            Ok(entered) => return entered.receipt.entry.case,
            Err(error) if error.is_passing() => {} // PostgreSQL: two met at a number.
            Err(other) => panic!("{other:?}"),
        }
    };
    open.answers.insert("story".into(), text("雨季水渠改道，冲毁田埂，双方多次争执。"));
    let case = perform("window", &open);
    perform("window", &world.action(&case, "accept", "2025-03-04", none()));
    let done = with(&[("result", code("done")), ("note", text("双方同意按旧渠放水。"))]);
    perform("handler", &world.action(&case, "finish", "2025-03-20", done));
}

/// Cases opened over five years in all organs, half of them accepted.
fn fill(world: &World, cases: usize) {
    let places = [(TOWN, "window"), (VILLAGE, "villager"), (OTHER_TOWN, "stranger")];
    let first = date("2021-01-04");
    for group in (0..cases).collect::<Vec<_>>().chunks(500) {
        let done: Result<(), Fault> = world.store.write(COUNTY, |tx| {
            for number in group {
                let (organ, person) = places[number % 3];
                let days = (number * 1800 / cases) as i64;
                let on = (first + jiff::Span::new().days(days)).to_string();
                let mut answers = matter(&format!("第{number}件水渠纠纷"), &[]);
                answers.insert("amount".into(), Value::Money(*number as i64 * 100));
                let open = opening(format!("b{number:031}"), organ, &on, answers);
                let case = perform(tx, person, &open)?.receipt.entry.case;
                let note = with(&[("text", text("已联系当事人"))]);
                perform(tx, person, &world.action(&case, "note", &on, note))?;
            }
            Ok(())
        });
        done.unwrap();
    }
}

/// The rows that the timed acts left behind, written by bare inserts into tables of the same
/// shape, an equal share of them in each commit.
fn raw_inserts(backend: &Backend, from: &World, acts: usize) -> Duration {
    const TABLES: [&str; 16] = [
        "entry",
        "case_now",
        "reach",
        "participant",
        "due",
        "turn",
        "observation",
        "notice",
        "document",
        "party",
        "search",
        "issued",
        "subject",
        "series",
        "credential",
        "experience",
    ];
    let into = World::new(backend, "raw");
    let source = Raw::open(from);
    let mut target = Raw::open(&into);
    let rows: Vec<Vec<String>> = TABLES.iter().map(|table| source_rows(&source, table)).collect();
    timed(|| {
        for act in 0..acts {
            target.run("begin");
            for (table, rows) in TABLES.iter().zip(&rows) {
                let share = rows.len() * act / acts..rows.len() * (act + 1) / acts;
                if !share.is_empty() {
                    target.run(&format!("insert into {table} values {}", rows[share].join(",")));
                }
            }
            target.run("commit");
        }
    })
}

enum Raw {
    Lite(rusqlite::Connection),
    Pg(Box<std::cell::RefCell<postgres::Client>>),
}

impl Raw {
    fn open(world: &World) -> Self {
        if world.is_postgres() {
            let client = postgres::Client::connect(&world.url, postgres::NoTls).unwrap();
            return Raw::Pg(Box::new(client.into()));
        }
        let path = world.url.strip_prefix("sqlite:").unwrap();
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.execute_batch("pragma synchronous = full; pragma secure_delete = on").unwrap();
        Raw::Lite(conn)
    }

    fn run(&mut self, sql: &str) {
        match self {
            Raw::Lite(conn) => conn.execute_batch(sql).unwrap(),
            Raw::Pg(client) => client.get_mut().batch_execute(sql).unwrap(),
        }
    }
}

/// Rows as the text of `values (…)`.
fn source_rows(source: &Raw, table: &str) -> Vec<String> {
    match source {
        Raw::Lite(conn) => {
            let mut statement = conn.prepare(&format!("select * from {table}")).unwrap();
            let width = statement.column_count();
            let mut found = statement.query([]).unwrap();
            let mut rows = Vec::new();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<String> = (0..width)
                    .map(|column| match row.get_ref(column).unwrap() {
                        rusqlite::types::ValueRef::Null => "null".into(),
                        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                        rusqlite::types::ValueRef::Text(text) => {
                            format!("'{}'", std::str::from_utf8(text).unwrap().replace('\'', "''"))
                        }
                        rusqlite::types::ValueRef::Blob(bytes) => {
                            let digits: String =
                                bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                            format!("x'{digits}'")
                        }
                        rusqlite::types::ValueRef::Real(_) => unreachable!("no such columns"),
                    })
                    .collect();
                rows.push(format!("({})", cells.join(",")));
            }
            rows
        }
        Raw::Pg(client) => {
            let mut client = client.borrow_mut();
            let columns = client
                .query(
                    "select string_agg(format('quote_nullable(%I)', column_name), ' || '','' || '
                            order by ordinal_position)
                     from information_schema.columns
                     where table_schema = 'public' and table_name = $1",
                    &[&table],
                )
                .unwrap();
            let columns: String = columns[0].get(0);
            let rows = client.query(&format!("select {columns} from {table}"), &[]).unwrap();
            rows.iter().map(|row| format!("({})", row.get::<_, String>(0))).collect()
        }
    }
}

fn pages(world: &World) {
    let register = RegisterFilter { procedure: Some("matter".into()), ..Default::default() };
    let whole = Visible::to(&world.actor("leader"), COUNTY, date("2026-01-01"));
    let village = Visible::to(&world.actor("villager"), COUNTY, date("2026-01-01"));
    for (who, visible) in [("county", &whole), ("village", &village)] {
        let first = page(world, &register, visible, None);
        report(&format!("register, first page, {who}"), first);
        let deep = After { opened: date("2022-06-01"), case: String::new() };
        report(
            &format!("register, deep page, {who}"),
            page(world, &register, visible, Some(&deep)),
        );
        let counted = best(|| {
            world.read(|read| read.register_count(&register, visible));
        });
        report(&format!("register, count, {who}"), counted);
        let red = RegisterFilter {
            light: Some((engine::deadline::Light::Red, date("2021-03-01"))),
            ..register.clone()
        };
        report(&format!("register, red, {who}"), page(world, &red, visible, None));
        let rare = RegisterFilter { text: Some("第4321件".into()), ..register.clone() };
        report(&format!("register, a rare phrase, {who}"), page(world, &rare, visible, None));
        let common = RegisterFilter { text: Some("水渠纠纷".into()), ..register.clone() };
        report(&format!("register, a common phrase, {who}"), page(world, &common, visible, None));
    }
    let window = world.actor("window");
    let tasks = best(|| {
        world.read(|read| {
            read.worklist(&window, date("2025-12-31"), &TaskFilter::default(), None, 50)
        });
    });
    report("worklist, first page", tasks);
    let lights = best(|| {
        world.read(|read| read.worklist_lights(&window, date("2025-12-31")));
    });
    report("worklist, lights", lights);
    let list = Counted { indicator: "matter.received".into(), part: None, stock: false };
    let year = Span { from: date("2023-01-01"), to: date("2023-12-31") };
    for (who, organ) in [("county", COUNTY), ("village", VILLAGE)] {
        let tally = best(|| {
            world.read(|read| read.tally(std::slice::from_ref(&list), &organ.into(), year));
        });
        report(&format!("a year's figure, {who}"), tally);
    }
}

fn page(
    world: &World,
    filter: &RegisterFilter,
    visible: &Visible,
    after: Option<&After>,
) -> Duration {
    best(|| {
        world.read(|read| read.register(filter, visible, after, 50));
    })
}

/// The best of five, the first of which warms the caches.
fn best(mut work: impl FnMut()) -> Duration {
    (0..5).map(|_| timed(&mut work)).min().unwrap_or_default()
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn ratio(base: Duration, other: Duration) -> f64 {
    base.as_secs_f64() / other.as_secs_f64()
}

fn line(what: &str, count: usize, took: Duration, ratio: Option<f64>) {
    let rate = count as f64 / took.as_secs_f64();
    let ratio = ratio.map(|ratio| format!("  = {ratio:.2} of raw inserts")).unwrap_or_default();
    println!("  {what}: {rate:.0}/s{ratio}");
}

fn report(what: &str, took: Duration) {
    println!("    {what}: {:.2} ms", took.as_secs_f64() * 1000.0);
}
