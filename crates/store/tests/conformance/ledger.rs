//! What is written: once, in order, by nobody twice, and never changed.

use std::sync::Barrier;

use engine::{action::Target, authorise::Sight};
use store::{Access, AccessKind, RegisterFilter, StoreError, Visible};

use crate::fixture::*;

#[test]
fn the_same_press_sent_twice_is_one_action() {
    on_both("twice", |world| {
        let action = opening(world.press(), TOWN, "2025-03-03", matter("水渠改道", &[]));
        let first = world.perform("window", &action).unwrap().receipt;
        let found = world.read(|read| read.receipt(&action.id));
        assert_eq!(found, Some(first.clone()));
        // Whoever forgot to ask is refused by the database, and nothing is written.
        match world.perform("window", &action) {
            Err(Fault::Store(StoreError::Overtaken)) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(world.read(|read| read.entries()), 1);
        assert_eq!(world.read(|read| read.receipt_of(&first.entry.case, 1)), Some(first));
    });
}

#[test]
fn whoever_comes_second_is_overtaken_and_writes_nothing() {
    on_both("overtaken", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let law = law();
        let heading = world.read(|read| read.heading(&case)).unwrap();
        let procedure = &law.procedures["matter"][0];
        let action = world.action(&case, "accept", "2025-03-04", none());
        let (team, named) = ([world.actor("window")], [world.actor("handler")]);
        let hands = engine::authorise::Hands { team: &team, named: &named };
        let permit =
            engine::authorise::authorise(procedure, Some(&heading), hands, &action).unwrap();
        let before = world.read(|read| read.case(&permit, law));
        let decision = engine::decide::decide(
            &permit,
            Some(&before.0),
            &law.calendar,
            action.on,
            &Default::default(),
        )
        .unwrap();
        world.act(&case, "window", "accept", "2025-03-04", none());
        let late = world.store.write(COUNTY, |tx| {
            let entry = store::Entry {
                case: &case,
                procedure,
                action: &action.id,
                at: at("2025-03-04"),
                fact: decision.fact,
                texts: Vec::new(),
            };
            tx.append(entry, Some(before), &law.calendar)
        });
        assert!(matches!(late, Err(StoreError::Overtaken)), "{late:?}");
        assert_eq!(world.read(|read| read.entries()), 2);
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
#[allow(clippy::disallowed_methods)] // The database compares with its own clock.
fn the_database_refuses_to_change_or_delete_entries() {
    on_both("immutable", |world| {
        world.closed_case(["2025-03-03", "2025-03-04", "2025-03-20"], matter("水渠改道", &[]));
        world.write(|tx| tx.seal(date("2025-03-20"), at("2025-03-20")));
        world.write(|tx| {
            tx.access(&Access {
                at: jiff::Timestamp::now(),
                person: "window".into(),
                kind: AccessKind::SignIn,
                case: None,
                detail: String::new(),
                source: "127.0.0.1".into(),
            })
        });
        for sql in [
            "update entry set actor = 'other'",
            "delete from entry where version = 3",
            "update seal set root = ''",
            "delete from seal",
            "update leaf set digest = ''",
            "delete from leaf",
            "update access set person = 'other'",
            "delete from access",
        ] {
            let refused = world.tamper_refused(sql);
            assert!(refused.contains("immutable: "), "{sql}: {refused}");
        }
        if world.is_postgres() {
            assert!(world.tamper_refused("truncate entry").contains("immutable: "));
        }
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
fn on_postgresql_a_lesser_account_can_serve_and_cannot_touch_the_ledger() {
    let Ok(url) = std::env::var("YIFA_TEST_POSTGRES") else {
        println!("skipped: a lesser account on PostgreSQL (YIFA_TEST_POSTGRES is not set)");
        return;
    };
    let world = World::new(&Backend::Pg(url), "lesser");
    let role = format!("yifa_serve_{}", std::process::id());
    world.tamper(&format!(
        "create role {role} login password 'serve';
         grant select, insert, update, delete on all tables in schema public to {role};
         revoke update, delete, truncate on entry, seal, leaf from {role};"
    ));
    let (_, place) = world.url.rsplit_once('@').unwrap();
    let url = format!("postgres://{role}:serve@{place}");
    let store = open(&url, &world.folder).unwrap();
    let action = opening(world.press(), TOWN, "2025-03-03", matter("水渠改道", &[]));
    store.write(COUNTY, |tx| perform(tx, "window", &action)).unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    for sql in ["delete from entry", "update seal set root = ''", "truncate leaf"] {
        let refused = client.batch_execute(sql).unwrap_err();
        let refused = refused.as_db_error().unwrap().message();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    drop((store, client));
    world.tamper(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn numbers_have_no_gaps_under_concurrency_and_failure() {
    on_both("numbers", |world| {
        const THREADS: usize = 8;
        const EACH: usize = 12;
        let barrier = Barrier::new(THREADS);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    for round in 0..EACH {
                        let action = opening(
                            format!("{thread:016x}{round:016x}"),
                            TOWN,
                            "2025-03-03",
                            matter("水渠改道", &[]),
                        );
                        // Every third attempt takes a number and then fails: it gives it back.
                        if round % 3 == 0 {
                            let failed: Result<(), Fault> = world.store.write(COUNTY, |tx| {
                                perform(tx, "window", &action)?;
                                Err(Fault::Store(StoreError::Missing("制造的失败".into())))
                            });
                            assert!(failed.is_err());
                        }
                        loop {
                            match world.perform("window", &action) {
                                Ok(_) => break,
                                Err(error) if error.is_passing() => {}
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                    }
                });
            }
        });
        let filter = RegisterFilter { procedure: Some("matter".into()), ..Default::default() };
        let page = world.read(|read| read.register(&filter, &Visible::everything(), None, 1000));
        let mut numbers: Vec<usize> = page
            .rows
            .iter()
            .map(|row| {
                let number = row.number.as_ref().unwrap();
                number.trim_start_matches("青石示〔2025〕").trim_end_matches('号').parse().unwrap()
            })
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=THREADS * EACH).collect::<Vec<_>>());
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
fn a_job_that_panics_takes_nothing_of_the_others_with_it() {
    on_both("panic", |world| {
        let barrier = Barrier::new(16);
        std::thread::scope(|scope| {
            for number in 0..16 {
                let barrier = &barrier;
                scope.spawn(move || {
                    let action =
                        opening(format!("{number:032x}"), TOWN, "2025-03-03", matter("甲", &[]));
                    barrier.wait();
                    if number % 2 == 0 {
                        while let Err(error) = world.perform("window", &action) {
                            assert!(error.is_passing(), "{error:?}");
                        }
                    } else {
                        let panicked =
                            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                                let _: Result<(), Fault> = world.store.write(COUNTY, |tx| {
                                    let _ = perform(tx, "window", &action)?;
                                    std::panic::resume_unwind(Box::new("made by the test"));
                                });
                            }));
                        // On PostgreSQL it may have been overtaken before it could panic.
                        assert!(panicked.is_err() || world.is_postgres());
                    }
                });
            }
        });
        assert_eq!(world.read(|read| read.entries()), 8);
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
        world.open("2025-03-04", matter("照常", &[]));
    });
}

#[test]
fn counties_do_not_see_one_another() {
    on_both("counties", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let other = |job: &dyn Fn(&store::Read) -> bool| {
            world.store.read("other", |read| Ok::<_, StoreError>(job(read))).unwrap()
        };
        assert!(other(&|read| read.heading(&case).unwrap().is_none()));
        assert!(other(&|read| read.person("window").unwrap().is_none()));
        assert!(other(&|read| read.entries().unwrap() == 0));
    });
}

#[test]
fn what_has_no_case_is_missing() {
    on_both("missing", |world| {
        assert_eq!(world.read(|read| read.heading("nothing")), None);
        let seen = world.store.read(COUNTY, |read| read.case_seen("nothing", law(), Sight::Seeing));
        assert!(matches!(seen, Err(StoreError::Missing(_))));
        let action = world.action("nothing", "accept", "2025-03-03", none());
        assert!(matches!(action.target, Target::Case { .. }));
        let Err(Fault::Store(StoreError::Missing(_))) = world.perform("window", &action) else {
            panic!()
        };
    });
}
