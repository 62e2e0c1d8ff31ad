//! 基准: what lawful work costs beyond the bare database, as ratios within one run.
//!
//! The bare database is given the very rows that the acts left behind, in as many commits, with the
//! same durability. Everything happens in a scratch folder; PostgreSQL is measured where
//! `YIFA_BENCH_POSTGRES` names a server, which `cargo xtask bench` starts.

mod raw;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use engine::{
    action::{Action, Answers, Target},
    actor::Actor,
    scenario,
};
use jiff::civil::Date;
use law::{
    Law, source,
    value::{Party, Value},
};
use store::{Config, Keys, RegisterFilter, Store, Visible};
use yifa::{
    clock::Clock,
    figures,
    office::Office,
    place::Place,
    play::{demonstration::Demonstration, founding::found, year::play_demo},
    report,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How many cases are registered and accepted, two acts each, by how many clerks at once.
const LOADS: [Load; 2] = [Load { cases: 300, clerks: 1 }, Load { cases: 3200, clerks: 32 }];
const CONNECTIONS: u64 = 8;
const COUNTY: &str = "yunxi";
const TOWN: &str = "yunxi/qingshi";
/// Rows of a page of a register.
const PAGE: u32 = 20;

#[derive(Clone, Copy)]
struct Load {
    cases: u64,
    clerks: u64,
}

impl Load {
    fn acts(self) -> u64 {
        2 * self.cases
    }
}

fn main() -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("yifa-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = measure(&folder);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path) -> Outcome<()> {
    for load in LOADS {
        acts(folder, load)?;
    }
    let played = folder.join("played.db");
    let place = Place { db: played.display().to_string(), law: None, county: None };
    let begun = Instant::now();
    let outcome = play_demo(&place, &Demonstration::embedded()?, 100, |_, _| {})?;
    let speed = per_second(outcome.acts, begun.elapsed());
    println!("the demonstration played out      {speed:>8.0} acts/s, {} acts", outcome.acts);
    // As a server starts: the law of a folder read and checked, the played database opened.
    let law = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../law").into());
    let begun = Instant::now();
    drop(Place { law, ..place.clone() }.office(Clock::Machine)?);
    println!("the office opened on a law folder {:>8.1} ms", millis(begun.elapsed()));
    let office = place.office(Clock::Machine)?;
    ledger(&office)?;
    law_and_paper(&office)?;
    drop(office);
    for cases in [10_000, 200_000] {
        lists(folder, &played, cases)?;
    }
    Ok(())
}

/// Acts through the office beside raw inserts of the rows they left.
fn acts(folder: &Path, load: Load) -> Outcome<()> {
    let file = |name: &str| folder.join(format!("{name}-{}.db", load.clerks));
    let (before, worked, bare) = (file("before"), file("worked"), file("bare"));
    drop(founded(&sqlite(&before)?)?);
    copy(&before, &worked)?;
    copy(&before, &bare)?;

    let office = opened(&sqlite(&worked)?)?;
    let took = work(&office, load)?;
    drop(office);
    let rows = raw::added(&before, &worked)?;
    let plain = raw::into_sqlite(&bare, &rows, load.acts() / load.clerks)?;
    compare("SQLite", load, took, plain, rows.len());

    if let Ok(server) = std::env::var("YIFA_BENCH_POSTGRES") {
        // A process opens so many connections; more clerks would only stand in line.
        let load = Load { clerks: load.clerks.min(CONNECTIONS), ..load };
        let office = founded(&postgres(folder, &server, &format!("worked{}", load.clerks))?)?;
        let took = work(&office, load)?;
        drop(office);
        let bare = postgres(folder, &server, &format!("bare{}", load.clerks))?;
        drop(founded(&bare)?);
        let plain = raw::into_postgres(&bare.url, &rows, load.acts(), load.clerks)?;
        compare("PostgreSQL", load, took, plain, rows.len());
    }
    Ok(())
}

fn compare(engine: &str, load: Load, office: Duration, bare: Duration, rows: usize) {
    let (ours, theirs) = (per_second(load.acts(), office), per_second(load.acts(), bare));
    println!(
        "{engine:<11} {:>2} at once             {ours:>8.0} acts/s, bare {theirs:.0}/s: ratio {:.2} \
         ({:.1} rows an act)",
        load.clerks,
        ours / theirs,
        rows as f64 / load.acts() as f64,
    );
}

/// Each clerk registers cases and the chair accepts them, in as many threads as there are clerks.
fn work(office: &Office, load: Load) -> Outcome<Duration> {
    let (window, chair) = (clerk(office, "qingshi-window")?, clerk(office, "qingshi-committee")?);
    let each = load.cases / load.clerks;
    let begun = Instant::now();
    let done: Outcome<()> = std::thread::scope(|scope| {
        let at_work = |number: u64| {
            let (window, chair) = (&window, &chair);
            scope.spawn(move || {
                (number * each..(number + 1) * each)
                    .try_for_each(|case| register_and_accept(office, window, chair, case))
            })
        };
        let clerks: Vec<_> = (0..load.clerks).map(at_work).collect();
        clerks.into_iter().try_for_each(|clerk| clerk.join().map_err(|_| "a clerk panicked")?)
    });
    done?;
    Ok(begun.elapsed())
}

fn clerk(office: &Office, id: &str) -> Outcome<Actor> {
    let actor = office.store().read(COUNTY, |read| read.actor(id))?;
    Ok(actor.ok_or("the demonstration county has changed")?)
}

fn register_and_accept(office: &Office, window: &Actor, chair: &Actor, number: u64) -> Outcome<()> {
    let today = office.clock().today();
    let party = |name: &str, phone: u64| Party {
        name: format!("{name}{number}"),
        phone: format!("1380{phone:07}"),
        ..Party::default()
    };
    let parties = vec![party("示例甲", number * 2), party("示例乙", number * 2 + 1)];
    let register = Action {
        id: format!("{:032x}", number * 2),
        target: Target::Open { procedure: "mediation".into(), organ: TOWN.into(), parent: None },
        act: "register".into(),
        answers: Answers::from([
            ("title".into(), Value::Text(format!("相邻排水沟纠纷{number}"))),
            ("parties".into(), Value::Parties(parties)),
            ("source".into(), Value::Codes(vec!["initiative".into()])),
            ("kind".into(), Value::Codes(vec!["neighbour".into()])),
            ("facts".into(), Value::Text("一方加高院坝后雨水倒灌另一方堂屋。".into())),
            ("people".into(), Value::Int(4)),
        ]),
        with: Vec::new(),
        assign: BTreeMap::new(),
        on: today,
        late_entry: None,
    };
    let case = office.perform(window, &register)?.receipt.entry.case;
    let accept = Action {
        id: format!("{:032x}", number * 2 + 1),
        target: Target::Case { case, seen: Some(1) },
        act: "accept".into(),
        answers: Answers::from([
            ("exclusive".into(), Value::Yes(false)),
            ("elsewhere".into(), Value::Yes(false)),
        ]),
        assign: BTreeMap::from([("mediator".into(), vec!["qingshi-mediator".into()])]),
        ..register
    };
    office.perform(chair, &accept)?;
    Ok(())
}

/// Verifying and rebuilding the whole ledger.
fn ledger(office: &Office) -> Outcome<()> {
    let entries = office.store().read(COUNTY, |read| read.entries())?;
    let begun = Instant::now();
    let damage = office.store().verify(COUNTY, |_| {})?;
    let verified = per_second(entries, begun.elapsed());
    let begun = Instant::now();
    office.store().rebuild(COUNTY, office.law(), &office.law().calendar, |_| {})?;
    let rebuilt = per_second(entries, begun.elapsed());
    println!(
        "verifying the ledger              {verified:>8.0} entries/s, {} damaged",
        damage.len()
    );
    println!("rebuilding every view             {rebuilt:>8.0} entries/s");
    Ok(())
}

fn law_and_paper(office: &Office) -> Outcome<()> {
    let files = source::embedded();
    let begun = Instant::now();
    let (law, _) = Law::parse(&files);
    println!("reading and checking the law      {:>8.1} ms", millis(begun.elapsed()));
    let begun = Instant::now();
    let mut stories = 0;
    for procedure in law.newest() {
        for story in &procedure.scenarios {
            stories +=
                usize::from(scenario::run(procedure, story, &law.calendar).failures.is_empty());
        }
    }
    println!("playing its {stories:>3} scenarios         {:>8.1} ms", millis(begun.elapsed()));

    let organ = figures::organ_named(office, TOWN)?.ok_or("the county has changed")?;
    let year = office.clock().today().year() - 1;
    let begun = Instant::now();
    let outline = report::outline(office, &organ, year, None)?;
    let draft = report::draft(office, &organ, year, outline, &BTreeMap::new())?;
    println!("compiling the annual report       {:>8.1} ms", millis(begun.elapsed()));
    let begun = Instant::now();
    let file = paper::docx::write(&draft.report.paper);
    let took = millis(begun.elapsed());
    println!("writing it as DOCX                {took:>8.1} ms, {} KB", file.len() / 1024);
    Ok(())
}

/// A page of a register and a year's figures, in a county with so many cases.
fn lists(folder: &Path, played: &Path, cases: i64) -> Outcome<()> {
    let grown = folder.join(format!("grown-{cases}.db"));
    copy(played, &grown)?;
    let cases = raw::grow(&grown, cases)?;
    let office = opened(&sqlite(&grown)?)?;
    let today = office.clock().today();
    let filter =
        RegisterFilter { procedure: Some("mediation".into()), ..RegisterFilter::default() };
    let visible = Visible::to(&clerk(&office, "qingshi-window")?, COUNTY, today);
    let page = |after: Option<&store::After>| {
        office.store().read(COUNTY, |read| read.register(&filter, &visible, after, PAGE))
    };
    let first = fastest(|| page(None).map(drop))?;
    let mut after = page(None)?.next;
    for _ in 0..100 {
        after = page(after.as_ref())?.next;
    }
    let deep = fastest(|| page(after.as_ref()).map(drop))?;
    let count = || office.store().read(COUNTY, |read| read.register_count(&filter, &visible));
    let counted = fastest(|| count().map(drop))?;
    let figures = fastest(|| figures::of_year(&office, &TOWN.into(), today.year() - 1).map(drop))?;
    println!(
        "{cases:>6} cases: register, page one {:.1} ms, page 101 {:.1} ms, count {:.1} ms; \
         a town's figures {:.1} ms",
        millis(first),
        millis(deep),
        millis(counted),
        millis(figures),
    );
    Ok(())
}

fn fastest<E>(mut job: impl FnMut() -> Result<(), E>) -> Result<Duration, E> {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        job()?;
        best = best.min(begun.elapsed());
    }
    Ok(best)
}

/// A database file and the keys beside it.
fn sqlite(file: &Path) -> Outcome<Config> {
    let keys = Keys::open(&file.with_extension("keys"))?;
    let files = file.with_extension("files");
    Ok(Config { url: format!("sqlite:{}", file.display()), keys, files })
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::copy(from, to)?;
    fs::copy(from.with_extension("keys"), to.with_extension("keys"))?;
    Ok(())
}

/// A new database on a server.
fn postgres(folder: &Path, server: &str, name: &str) -> Outcome<Config> {
    let url = raw::new_database(server, name)?;
    let beside = folder.join(name);
    let keys = Keys::open(&beside.with_extension("keys"))?;
    Ok(Config { url, keys, files: beside.with_extension("files") })
}

/// A county with its people, and no case.
fn founded(config: &Config) -> Outcome<Office> {
    let store = Store::open(config.clone())?;
    let from = Date::constant(2025, 1, 1);
    found(&store, &Demonstration::embedded()?.county, from, "Yifa-demo-2026", false)?;
    drop(store);
    opened(config)
}

fn opened(config: &Config) -> Outcome<Office> {
    let store = Store::open(config.clone())?;
    Ok(Office::open(Law::embedded(), store, Clock::Machine, COUNTY.into())?)
}

fn per_second(number: u64, took: Duration) -> f64 {
    number as f64 / took.as_secs_f64()
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
