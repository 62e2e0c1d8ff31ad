//! One suite, both databases: what the ledger promises.
#![allow(clippy::unwrap_used)]

mod fixture;

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
};

use engine::{action::Target, authorise::Sight, deadline::Light, figure::Counted};
use fixture::*;
use law::{indicator::Span, value::Value};
use store::{
    Access, AccessFilter, AccessKind, NoticeFilter, RegisterFilter, Store, StoreError, TaskFilter,
    Visible,
    receipt::{Verified, verify_receipt, verify_seals},
};

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
        assert_eq!(
            world.read(|read| read.receipt_of(&first.entry.case, 1)),
            Some(first)
        );
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
        let hands = engine::authorise::Hands {
            team: &team,
            named: &named,
        };
        let permit =
            engine::authorise::authorise(procedure, Some(&heading), hands, &action).unwrap();
        let before = world.read(|read| read.case(&permit, law));
        let decision =
            engine::decide::decide(&permit, Some(&before.0), &law.calendar, action.on).unwrap();
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
        world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[]),
        );
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
            assert!(
                world
                    .tamper_refused("truncate entry")
                    .contains("immutable: ")
            );
        }
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
#[allow(clippy::disallowed_methods)] // The database compares with its own clock.
fn logs_are_kept_for_half_a_year() {
    on_both("logs", |world| {
        let now = jiff::Timestamp::now();
        let days = |days: i64| now - jiff::Span::new().hours(24 * days);
        let line = |at, kind| Access {
            at,
            person: "window".into(),
            kind,
            case: Some("c1".into()),
            detail: "登记簿".into(),
            source: "127.0.0.1".into(),
        };
        let (old, young) = (
            line(days(185), AccessKind::Export),
            line(days(183), AccessKind::SignIn),
        );
        world.write(|tx| {
            tx.access(&old)?;
            tx.access(&young)
        });
        let all = |world: &World| world.read(|read| read.accesses(&AccessFilter::default(), 10));
        assert_eq!(all(world).len(), 2);
        assert_eq!(all(world)[0].kind, AccessKind::SignIn);
        let early = world.store.write(COUNTY, |tx| tx.clear_logs(days(10)));
        assert!(matches!(early, Err(StoreError::Immutable(_))), "{early:?}");
        assert_eq!(world.write(|tx| tx.clear_logs(days(184))), 1);
        assert_eq!(all(world).len(), 1);

        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let action = world.action(&case, "finish", "2025-03-04", none());
        let Err(Fault::Refused(refusal)) = world.perform("handler", &action) else {
            panic!()
        };
        world.write(|tx| tx.attempt(now, "handler", &action, &refusal));
        let attempts = world.read(|read| read.attempts(Some(&case), 10));
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].act, "finish");
        assert_eq!(attempts[0].grounds[0].say, refusal.grounds[0].say);
    });
}

/// A year of small cases that touches every view.
fn busy(world: &World) -> Vec<String> {
    let zhang = party("示例张", "11010519491231002X", "13800000001");
    let li = party("示例李", "", "13800000002");
    let mut cases = vec![
        world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[zhang.clone(), li.clone()]),
        ),
        world.closed_case(["2025-03-05", "2025-03-06", "2025-05-20"], {
            let mut answers = matter("道路占用", &[li]);
            answers.insert("kind".into(), code("land"));
            answers.insert("amount".into(), Value::Money(120_000));
            answers.insert("story".into(), text("门前道路被占"));
            answers
        }),
    ];
    let open = world
        .open("2025-04-01", matter("田埂纠纷", &[zhang]))
        .entry
        .case;
    world.act(&open, "window", "accept", "2025-04-02", none());
    cases.push(open);
    let moved = world.open("2025-04-03", matter("电线低垂", &[])).entry.case;
    let place = Value::Organs(vec![OTHER_TOWN.into()]);
    world.act(
        &moved,
        "window",
        "transfer",
        "2025-04-07",
        with(&[("place", place)]),
    );
    cases.push(moved);
    let noted = world.open("2025-04-08", matter("路灯不亮", &[])).entry.case;
    world.act(
        &noted,
        "window",
        "note",
        "2025-04-09",
        with(&[("text", text("已电话联系"))]),
    );
    cases.push(noted);
    let struck = world.open("2025-04-10", matter("误登", &[])).entry.case;
    let answers = with(&[("version", Value::Int(1)), ("reason", text("重复登记"))]);
    world.act(&struck, "window", "strike", "2025-04-10", answers);
    cases.push(struck);
    cases
}

#[test]
fn rebuilt_views_are_the_views() {
    on_both("rebuild", |world| {
        busy(world);
        let live = world.read(|read| read.view_digests());
        let mut seen = Vec::new();
        let cases = world
            .store
            .rebuild(COUNTY, law(), &law().calendar, |progress| {
                seen.push(progress.done)
            })
            .unwrap();
        assert_eq!(cases, 6);
        assert_eq!(
            seen.last().copied(),
            Some(world.read(|read| read.entries()))
        );
        assert_eq!(world.read(|read| read.view_digests()), live);
        // The comparison can tell: a view that was tampered with is another, and is mended.
        world.tamper("update case_now set title = 'x' where version = 2");
        assert_ne!(world.read(|read| read.view_digests()), live);
        world
            .store
            .rebuild(COUNTY, law(), &law().calendar, |_| {})
            .unwrap();
        assert_eq!(world.read(|read| read.view_digests()), live);
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
fn both_databases_hold_the_same_views() {
    let Ok(url) = std::env::var("YIFA_TEST_POSTGRES") else {
        println!("skipped: comparison with PostgreSQL (YIFA_TEST_POSTGRES is not set)");
        return;
    };
    // Ids of cases carry chance, so what is compared is what the register shows.
    let shown = |world: &World| {
        busy(world);
        let filter = RegisterFilter {
            procedure: Some("matter".into()),
            ..Default::default()
        };
        let page = world.read(|read| read.register(&filter, &Visible::everything(), None, 50));
        let rows = page.rows.into_iter().map(|row| {
            format!(
                "{} {:?} {} {:?} {:?}",
                row.title, row.number, row.stage, row.ended, row.pressing
            )
        });
        rows.collect::<Vec<_>>()
    };
    let lite = shown(&World::new(&Backend::Lite, "same"));
    assert_eq!(lite.len(), 5);
    assert_eq!(lite, shown(&World::new(&Backend::Pg(url), "same")));
}

#[test]
fn a_flipped_bit_is_found_and_named() {
    on_both("flip", |world| {
        let case = world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[party("示例张", "", "13800000001")]),
        );
        world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-21"],
            matter("田埂纠纷", &[]),
        );
        world.write(|tx| tx.seal(date("2025-03-21"), at("2025-03-21")));
        world.unguard();
        for column in [
            "at", "on_date", "actor", "act", "law", "body", "prev", "digest",
        ] {
            for version in 1..=3u32 {
                // The lowest bit of the last character but one: `}`→`|`, `0`→`1` …
                let flip = |world: &World| {
                    let found =
                        format!("from entry where case_id = '{case}' and version = {version}");
                    let old = one_text(world, &format!("select {column} {found}"));
                    let mut bytes = old.clone().into_bytes();
                    let place = bytes.len() - 2;
                    bytes[place] ^= 1;
                    let new = String::from_utf8(bytes).unwrap();
                    let set = |text: &str| {
                        world.tamper(&format!(
                            "update entry set {column} = '{text}'
                             where case_id = '{case}' and version = {version}"
                        ));
                    };
                    set(&new);
                    let damages = world.store.verify(COUNTY, |_| {}).unwrap();
                    set(&old);
                    damages
                };
                let damages = flip(world);
                assert!(!damages.is_empty(), "{column} {version}");
                for damage in &damages {
                    assert_eq!(damage.case, case, "{column} {version}: {damage}");
                    assert_eq!(damage.version, version, "{column} {version}: {damage}");
                }
            }
        }
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);

        // Cutting off an end, or taking out a middle, is found too.
        world.tamper(&format!(
            "delete from entry where case_id = '{case}' and version = 3"
        ));
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(
            damages
                .iter()
                .any(|damage| damage.case == case && damage.version == 3)
        );
        world.tamper(&format!(
            "delete from entry where case_id = '{case}' and version = 2"
        ));
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(
            damages
                .iter()
                .any(|damage| damage.case == case && damage.version == 2)
        );

        // And so is a seal that says something else.
        world.tamper("update seal set size = size + 1");
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(
            damages
                .iter()
                .any(|damage| damage.what.contains("2025-03-21的日封"))
        );
    });
}

fn one_text(world: &World, sql: &str) -> String {
    if world.is_postgres() {
        let mut client = postgres::Client::connect(&world.url, postgres::NoTls).unwrap();
        client.query_one(sql, &[]).unwrap().get(0)
    } else {
        let path = world.url.strip_prefix("sqlite:").unwrap();
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

#[test]
fn a_byte_flipped_in_the_file_itself_is_found() {
    let world = World::new(&Backend::Lite, "file");
    let case = world.closed_case(
        ["2025-03-03", "2025-03-04", "2025-03-20"],
        matter("水渠改道", &[]),
    );
    let path = world.folder.join("yifa.db");
    world.tamper("pragma wal_checkpoint(truncate)");
    let needle = "\"subject\":{\"text\":\"水渠改道\"}".as_bytes();
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<usize> = (0..bytes.len() - needle.len())
        .filter(|at| bytes[*at..].starts_with(needle))
        .collect();
    assert_eq!(places.len(), 1);
    bytes[places[0] + needle.len() - 3] ^= 0x01; // One bit inside 道.
    std::fs::write(&path, bytes).unwrap();
    let damages = world.again().verify(COUNTY, |_| {}).unwrap();
    assert!(
        damages
            .iter()
            .any(|damage| damage.case == case && damage.version == 1),
        "{damages:?}"
    );
}

#[test]
fn erasing_a_person_leaves_the_ledger_whole() {
    on_both("erase", |world| {
        let zhang = party("示例张", "11010519491231002X", "13800000001");
        let li = party("示例李", "", "13800000002");
        let mut answers = matter("水渠改道", &[zhang.clone(), li.clone()]);
        answers.insert("story".into(), text("与邻居为水渠改道争执"));
        let case = world.closed_case(["2025-03-03", "2025-03-04", "2025-03-20"], answers);
        let other = world
            .open(
                "2025-04-01",
                matter("田埂纠纷", std::slice::from_ref(&zhang)),
            )
            .entry
            .case;
        let seen = |case: &str| world.read(|read| read.case_seen(case, law(), Sight::Handling));
        assert_eq!(
            seen(&case).latest("people"),
            Some(&Value::Parties(vec![zhang.clone(), li.clone()]))
        );

        // Nothing personal stands in the database in the clear.
        for table in ["entry", "case_now", "party", "search", "issued", "notice"] {
            let dump = format!("{:?}", dump(world, table));
            for word in ["示例李", "11010519491231002X", "13800000001", "争执"] {
                assert!(!dump.contains(word), "{word} in {table}");
            }
        }

        let found = |name: &str| {
            let filter = RegisterFilter {
                procedure: Some("matter".into()),
                party: Some(name.into()),
                ..Default::default()
            };
            world
                .read(|read| read.register_count(&filter, &Visible::everything()))
                .number
        };
        assert_eq!(found("11010519491231002x"), 2);
        assert_eq!(found("138-0000-0001"), 2);
        assert_eq!(found("示例李"), 1);
        assert_eq!(found("示例"), 0, "names are found whole or not at all");

        let subjects = world.read(|read| read.subjects(&case, law()));
        let subject = subjects.iter().find(|s| s.party == zhang).unwrap();
        let text_before = world.read(|read| read.issued_text(&case, 3, "reply", Sight::Handling));
        assert!(text_before.unwrap().contains("特此答复"));
        let erase = |day: &str| {
            let access = Access {
                at: at(day),
                person: "leader".into(),
                kind: AccessKind::Erasure,
                case: None,
                detail: "本人申请删除".into(),
                source: "127.0.0.1".into(),
            };
            world
                .store
                .erase(COUNTY, &subject.id, law(), &law().calendar, &access)
        };
        let touched = erase("2025-06-01").unwrap();
        let logged = world.read(|read| read.accesses(&AccessFilter::default(), 1));
        assert_eq!(logged[0].kind, AccessKind::Erasure);
        assert_eq!(touched.len(), 2);

        let after = seen(&case);
        let Some(Value::Parties(parties)) = after.latest("people") else {
            panic!()
        };
        assert_eq!(parties[0].name, "已销毁");
        assert_eq!(parties[1], li);
        assert!(matches!(after.latest("story"), Some(Value::Sealed(_))));
        assert!(matches!(
            seen(&other).latest("people"),
            Some(Value::Sealed(_))
        ));
        assert_eq!(after.stage(), "closed");
        assert_eq!(found("13800000001"), 0);
        assert_eq!(found("示例李"), 1);
        assert_eq!(
            world.read(|read| read.issued_text(&case, 3, "reply", Sight::Handling)),
            None
        );
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);

        let live = world.read(|read| read.view_digests());
        world
            .store
            .rebuild(COUNTY, law(), &law().calendar, |_| {})
            .unwrap();
        assert_eq!(world.read(|read| read.view_digests()), live);

        // The same person may come again, under a new key.
        world.open(
            "2025-06-02",
            matter("又来登记", std::slice::from_ref(&zhang)),
        );
        assert_eq!(found("13800000001"), 1);
        let again = erase("2025-06-03");
        assert!(matches!(again, Err(StoreError::Missing(_))), "{again:?}");
    });
}

/// Every text of a table.
fn dump(world: &World, table: &str) -> Vec<String> {
    let mut rows = Vec::new();
    if world.is_postgres() {
        let mut client = postgres::Client::connect(&world.url, postgres::NoTls).unwrap();
        for row in client
            .query(&format!("select {table}::text from {table}"), &[])
            .unwrap()
        {
            rows.push(row.get(0));
        }
    } else {
        let path = world.url.strip_prefix("sqlite:").unwrap();
        let conn = rusqlite::Connection::open(path).unwrap();
        let mut statement = conn.prepare(&format!("select * from {table}")).unwrap();
        let width = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            for column in 0..width {
                let text = row.get_ref(column).unwrap();
                rows.push(match text {
                    rusqlite::types::ValueRef::Text(text) => {
                        String::from_utf8_lossy(text).into_owned()
                    }
                    rusqlite::types::ValueRef::Blob(bytes) => {
                        String::from_utf8_lossy(bytes).into_owned()
                    }
                    other => format!("{other:?}"),
                });
            }
        }
    }
    assert!(!rows.is_empty(), "{table}");
    rows
}

#[test]
fn who_does_not_handle_a_case_sees_masks_and_sealed_answers_need_a_reason() {
    on_both("masks", |world| {
        let mut answers = matter(
            "水渠改道",
            &[party("示例张", "11010519491231002X", "13800000001")],
        );
        answers.insert("story".into(), text("陈述"));
        answers.insert("secret".into(), text("线索"));
        let case = world.open("2025-03-03", answers).entry.case;
        let seen = |sight| world.read(|read| read.case_seen(&case, law(), sight));
        let outside = seen(Sight::Seeing);
        let Some(Value::Parties(parties)) = outside.latest("people") else {
            panic!()
        };
        assert_eq!(parties[0].name, "示某");
        assert_eq!(parties[0].phone, "138****0001");
        assert_eq!(parties[0].number, "110****002X");
        assert_eq!(outside.latest("story"), Some(&text("***")));
        assert_eq!(outside.latest("subject"), Some(&text("水渠改道")));
        let inside = seen(Sight::Handling);
        assert_eq!(inside.latest("story"), Some(&text("陈述")));
        assert_eq!(inside.latest("secret"), Some(&text("***")));
        let access = Access {
            at: at("2025-03-04"),
            person: "window".into(),
            kind: AccessKind::Sealed,
            case: Some(case.clone()),
            detail: "核实线索".into(),
            source: "127.0.0.1".into(),
        };
        let opened = world.write(|tx| tx.open_sealed(&case, law(), &access));
        assert_eq!(opened.latest("secret"), Some(&text("线索")));
        let about = AccessFilter {
            case: Some(case.clone()),
            ..Default::default()
        };
        assert_eq!(world.read(|read| read.accesses(&about, 10)), [access]);
    });
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
        let filter = RegisterFilter {
            procedure: Some("matter".into()),
            ..Default::default()
        };
        let page = world.read(|read| read.register(&filter, &Visible::everything(), None, 1000));
        let mut numbers: Vec<usize> = page
            .rows
            .iter()
            .map(|row| {
                let number = row.number.as_ref().unwrap();
                number
                    .trim_start_matches("青石示〔2025〕")
                    .trim_end_matches('号')
                    .parse()
                    .unwrap()
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
                    let action = opening(
                        format!("{number:032x}"),
                        TOWN,
                        "2025-03-03",
                        matter("甲", &[]),
                    );
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
fn seals_prove_entries_to_whoever_holds_a_receipt() {
    on_both("seals", |world| {
        let case = world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[]),
        );
        let still = world.open("2025-03-05", matter("田埂纠纷", &[])).entry.case;
        let unsealed = world.read(|read| read.receipt_of(&case, 1)).unwrap();
        let unproven = world.read(|read| read.prove(unsealed.clone()));
        assert_eq!(unproven.verify(), Ok(Verified::Unsealed));

        let first = world.write(|tx| tx.seal(date("2025-03-20"), at("2025-03-20")));
        assert_eq!(first.size, 2);
        assert_eq!(
            world.write(|tx| tx.seal(date("2025-03-20"), at("2025-03-21"))),
            first
        );
        world.act(&still, "window", "accept", "2025-03-21", none());
        let second = world.write(|tx| tx.seal(date("2025-03-21"), at("2025-03-21")));
        assert_eq!((second.size, &second.prev), (1, &first.digest));
        let third = world.write(|tx| tx.seal(date("2025-03-22"), at("2025-03-22")));
        assert_eq!(third.size, 0);
        let early = world
            .store
            .write(COUNTY, |tx| tx.seal(date("2025-03-19"), at("2025-03-22")));
        assert!(matches!(early, Err(StoreError::Immutable(_))));

        for (case, version, seal) in [
            (&case, 1, &first),
            (&case, 3, &first),
            (&still, 1, &first),
            (&still, 2, &second),
        ] {
            let receipt = world.read(|read| read.receipt_of(case, version)).unwrap();
            let proven = world.read(|read| read.prove(receipt.clone()));
            let json = serde_json::to_string(&proven).unwrap();
            assert_eq!(
                verify_receipt(&json),
                Ok(Verified::Sealed(Box::new(seal.clone())))
            );
        }
        let seals = world.read(|read| read.seals());
        assert_eq!(seals, [first, second, third]);
        assert_eq!(verify_seals(&seals), Ok(()));
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
fn work_reaches_those_whose_turn_it_is() {
    on_both("worklist", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let tasks = |person: &str, today: &str| {
            let actor = world.actor(person);
            let page = world
                .read(|read| read.worklist(&actor, date(today), &TaskFilter::default(), None, 10));
            page.rows
                .into_iter()
                .map(|task| task.act.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(tasks("window", "2025-03-03"), ["accept"]);
        assert_eq!(tasks("handler", "2025-03-03"), [""; 0]);
        assert_eq!(tasks("stranger", "2025-03-03"), [""; 0]);
        assert_eq!(tasks("villager", "2025-03-03"), [""; 0]);

        let window = world.actor("window");
        let lights = |today: &str| world.read(|read| read.worklist_lights(&window, date(today)));
        // Five workdays from Monday: due on the 10th, yellow two days before.
        let colours = |today| {
            let lights = lights(today);
            (lights.red, lights.yellow, lights.green)
        };
        assert_eq!(colours("2025-03-07"), (0, 0, 1));
        assert_eq!(colours("2025-03-08"), (0, 1, 0));
        assert_eq!(colours("2025-03-10"), (0, 1, 0));
        assert_eq!(colours("2025-03-11"), (1, 0, 0));
        for (light, count) in [(Light::Red, 1), (Light::Yellow, 0), (Light::Green, 0)] {
            let filter = TaskFilter {
                light: Some(light),
                ..Default::default()
            };
            let page =
                world.read(|read| read.worklist(&window, date("2025-03-11"), &filter, None, 10));
            assert_eq!(page.rows.len(), count);
        }

        world.act(&case, "window", "accept", "2025-03-04", none());
        assert_eq!(tasks("window", "2025-03-05"), [""; 0]);
        assert_eq!(tasks("handler", "2025-03-05"), ["finish"]);
        assert_eq!(
            tasks("leader", "2025-03-05"),
            [""; 0],
            "urging waits for the period to end"
        );
        // 30 days: due on 3 April; the leader's turn comes with the round of the day after.
        let calendar = &law().calendar;
        assert_eq!(
            world.write(|tx| tx.refresh_turns(law(), calendar, date("2025-04-03"))),
            0
        );
        assert_eq!(
            world.write(|tx| tx.refresh_turns(law(), calendar, date("2025-04-07"))),
            1
        );
        assert_eq!(tasks("leader", "2025-04-07"), ["urge"]);
        world.act(
            &case,
            "handler",
            "finish",
            "2025-04-08",
            with(&[("result", code("done"))]),
        );
        assert_eq!(tasks("handler", "2025-04-08"), [""; 0]);

        for _ in 0..5 {
            world.open("2025-04-09", matter("又一件", &[]));
        }
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let page = world.read(|read| {
                let filter = TaskFilter {
                    procedure: Some("matter".into()),
                    light: None,
                };
                read.worklist(&window, date("2025-04-09"), &filter, after.as_ref(), 2)
            });
            seen.extend(page.rows.into_iter().map(|task| task.case.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 5);
    });
}

#[test]
fn registers_show_what_may_be_seen_and_nothing_else() {
    on_both("register", |world| {
        let cases = busy(world);
        let village = world
            .open_in(VILLAGE, "villager", "2025-04-20", matter("村口水渠", &[]))
            .entry
            .case;
        let matter = || RegisterFilter {
            procedure: Some("matter".into()),
            ..Default::default()
        };
        let to = |person: &str| Visible::to(&world.actor(person), COUNTY, date("2025-05-01"));
        let titles = |filter: &RegisterFilter, visible: &Visible| {
            let page = world.read(|read| read.register(filter, visible, None, 50));
            let count = world.read(|read| read.register_count(filter, visible));
            assert_eq!(page.rows.len(), count.number as usize);
            assert!(!count.more);
            page.rows
                .into_iter()
                .map(|row| row.title)
                .collect::<Vec<_>>()
        };
        let all = [
            "村口水渠",
            "路灯不亮",
            "电线低垂",
            "田埂纠纷",
            "道路占用",
            "水渠改道",
        ];
        assert_eq!(titles(&matter(), &to("leader")), all);
        assert_eq!(
            titles(&matter(), &to("window")),
            all,
            "the town sees its village"
        );
        assert_eq!(titles(&matter(), &to("villager")), ["村口水渠"]);
        assert_eq!(
            titles(&matter(), &to("stranger")),
            ["电线低垂"],
            "transferred to them"
        );
        let void = RegisterFilter {
            void: true,
            ..matter()
        };
        assert_eq!(
            titles(&void, &to("leader")),
            [""],
            "what was struck says nothing any more"
        );

        let in_town = RegisterFilter {
            organ: Some(TOWN.into()),
            ..matter()
        };
        assert_eq!(
            titles(&in_town, &to("leader")).len(),
            5,
            "what went elsewhere is not theirs"
        );
        assert_eq!(titles(&in_town, &to("stranger")), [""; 0]);
        let closed = RegisterFilter {
            stages: vec!["closed".into()],
            ..matter()
        };
        assert_eq!(titles(&closed, &to("window")), ["道路占用", "水渠改道"]);
        let ended = RegisterFilter {
            ended: Some(false),
            ..matter()
        };
        assert_eq!(titles(&ended, &to("leader")).len(), 4);
        let april = RegisterFilter {
            from: Some(date("2025-04-01")),
            to: Some(date("2025-04-03")),
            ..matter()
        };
        assert_eq!(titles(&april, &to("window")), ["电线低垂", "田埂纠纷"]);

        let about = |words: &str| RegisterFilter {
            text: Some(words.into()),
            ..matter()
        };
        assert_eq!(
            titles(&about("水渠"), &to("window")),
            ["村口水渠", "水渠改道"]
        );
        assert_eq!(titles(&about("水渠"), &to("villager")), ["村口水渠"]);
        assert_eq!(titles(&about("渠水"), &to("window")), [""; 0]);
        assert_eq!(titles(&about("水渠 改道"), &to("window")), ["水渠改道"]);
        assert_eq!(
            titles(&about("渠"), &to("window")),
            ["村口水渠", "水渠改道"]
        );
        assert_eq!(
            titles(&about("门前道路"), &to("window")),
            [""; 0],
            "personal text is no hit"
        );
        let first = about("青石示〔2025〕1号");
        assert_eq!(
            titles(&first, &to("window")),
            ["村口水渠", "水渠改道"],
            "each has its series"
        );
        assert_eq!(titles(&about("1号 改道"), &to("window")), ["水渠改道"]);
        assert_eq!(titles(&about("2025〕"), &to("window")).len(), 6);
        let both = RegisterFilter {
            party: Some("13800000001".into()),
            ..about("水渠")
        };
        assert_eq!(titles(&both, &to("window")), ["水渠改道"]);
        let whole = RegisterFilter {
            organ: Some(COUNTY.into()),
            ..matter()
        };
        assert_eq!(titles(&whole, &to("villager")), ["村口水渠"]);
        for hostile in [
            "\" OR *",
            "' or 1=1 --",
            "NEAR(水",
            "水渠) AND (",
            "!!&&||",
            "💥",
        ] {
            titles(&about(hostile), &to("window"));
        }

        let lit = |light, today: &str| RegisterFilter {
            light: Some((light, date(today))),
            ..matter()
        };
        assert_eq!(
            titles(&lit(Light::Red, "2025-05-10"), &to("window")),
            ["村口水渠", "路灯不亮", "电线低垂", "田埂纠纷"]
        );
        assert_eq!(
            titles(&lit(Light::Red, "2025-05-10"), &to("villager")),
            ["村口水渠"]
        );
        assert_eq!(
            titles(&lit(Light::Green, "2025-04-03"), &to("window")).len(),
            4
        );
        assert_eq!(
            titles(&lit(Light::Yellow, "2025-05-05"), &to("window")),
            ["田埂纠纷"]
        );

        // Pages: each row once, in order, whatever the reader's keys.
        for person in ["leader", "window"] {
            let visible = to(person);
            let (mut after, mut paged) = (None, Vec::new());
            loop {
                let page = world.read(|read| read.register(&matter(), &visible, after.as_ref(), 2));
                paged.extend(page.rows.into_iter().map(|row| row.title));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, all);
        }

        let stranger = to("stranger");
        let linked =
            world.read(|read| read.cases(&[cases[0].clone(), cases[3].clone()], &stranger));
        assert_eq!(linked.len(), 1);
        let number = "青石示〔2025〕1号";
        assert!(
            world
                .read(|read| read.case_numbered(number, &to("window")))
                .is_some()
        );
        assert!(
            world
                .read(|read| read.case_numbered(number, &stranger))
                .is_none()
        );
        assert!(world.read(|read| read.heading(&village)).is_some());
    });
}

#[test]
fn a_figure_is_the_length_of_its_list() {
    on_both("figures", |world| {
        busy(world);
        world.open_in(VILLAGE, "villager", "2025-04-20", matter("村口水渠", &[]));
        let year = Span {
            from: date("2025-01-01"),
            to: date("2025-12-31"),
        };
        let list = |id: &str| Counted {
            indicator: format!("matter.{id}").into(),
            part: None,
            stock: id == "standing",
        };
        let tally = |list: &Counted, organ: &str, span: Span| {
            let organ = organ.into();
            let tallies = world.read(|read| read.tally(std::slice::from_ref(list), &organ, span));
            let tally = tallies[list];
            let mut rows = Vec::new();
            let mut after = None;
            loop {
                let page = world.read(|read| read.observed(list, &organ, span, after.as_ref(), 2));
                rows.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(rows.len() as i64, tally.count);
            assert_eq!(rows.iter().map(|row| row.value).sum::<i64>(), tally.sum);
            assert_eq!(
                rows.iter().filter(|row| row.good).count() as i64,
                tally.good
            );
            tally
        };
        assert_eq!(tally(&list("received"), COUNTY, year).count, 6);
        assert_eq!(tally(&list("received"), TOWN, year).count, 5);
        assert_eq!(tally(&list("received"), VILLAGE, year).count, 1);
        assert_eq!(tally(&list("amount"), COUNTY, year).sum, 120_000);
        let land = Counted {
            part: Some((0, vec!["land".into()])),
            ..list("received")
        };
        assert_eq!(tally(&land, COUNTY, year).count, 1);
        let nothing = Counted {
            part: Some((0, vec!["none".into()])),
            ..list("received")
        };
        assert_eq!(tally(&nothing, COUNTY, year).count, 0);
        let on_time = tally(&list("on_time"), COUNTY, year);
        assert_eq!((on_time.good, on_time.count), (1, 3));
        let april = Span {
            from: date("2025-04-01"),
            to: date("2025-04-30"),
        };
        assert_eq!(tally(&list("received"), COUNTY, april).count, 4);
        let standing = |day: &str| {
            tally(
                &list("standing"),
                COUNTY,
                Span {
                    from: date("2025-01-01"),
                    to: date(day),
                },
            )
            .count
        };
        assert_eq!(standing("2025-03-10"), 2);
        assert_eq!(
            standing("2025-03-20"),
            1,
            "finished that day: stands no more"
        );
        assert_eq!(standing("2025-12-31"), 4);

        let by_organ =
            world.read(|read| read.tally_by_organ(&list("received"), &COUNTY.into(), year));
        let by_organ: Vec<_> = by_organ
            .iter()
            .map(|(organ, tally)| (organ.as_str(), tally.count))
            .collect();
        assert_eq!(by_organ, [(OTHER_TOWN, 1), (TOWN, 5)]);
        let by_code =
            world.read(|read| read.tally_by_code(&list("received"), 0, &COUNTY.into(), year));
        let by_code: Vec<_> = by_code
            .iter()
            .map(|(code, tally)| (code.to_string(), tally.count))
            .collect();
        assert_eq!(by_code, [("land".to_owned(), 1), ("water".to_owned(), 5)]);
    });
}

#[test]
fn the_public_sees_notices_and_a_party_its_case() {
    on_both("public", |world| {
        let zhang = party("示例张", "", "13800000001");
        let case = world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[zhang]),
        );
        for _ in 0..3 {
            world.closed_case(
                ["2025-03-05", "2025-03-06", "2025-03-21"],
                matter("又一件", &[]),
            );
        }
        let page = world.read(|read| read.notices(&NoticeFilter::default(), None, 3));
        assert_eq!(page.rows.len(), 3);
        let rest = world.read(|read| read.notices(&NoticeFilter::default(), page.next.as_ref(), 3));
        assert_eq!(rest.rows.len(), 1);
        let notice = &rest.rows[0];
        assert_eq!((&notice.case, notice.on), (&case, date("2025-03-20")));
        let said = format!("{:?}", notice.lines);
        assert!(said.contains("示某") && said.contains("办成"), "{said}");
        assert!(
            !said.contains("示例张") && !said.contains("水渠改道"),
            "{said}"
        );
        assert_eq!(world.read(|read| read.notices_of(&case)), rest.rows);
        let other = &page.rows[0].case;
        let answers = with(&[("note", text("结果有误"))]);
        world.act(other, "window", "withdraw", "2025-03-24", answers);
        assert_eq!(world.read(|read| read.notices_of(other)), []);
        let elsewhere = NoticeFilter {
            organ: Some(OTHER_TOWN.into()),
            ..Default::default()
        };
        assert!(
            world
                .read(|read| read.notices(&elsewhere, None, 3))
                .rows
                .is_empty()
        );

        let number = "青石示〔2025〕1号";
        let code = world.read(|read| Ok(read.tracking_code(&case)));
        assert_eq!(code.len(), 9);
        let lower = code.to_lowercase().replace('-', " ");
        assert_eq!(
            world.read(|read| read.tracked(number, &lower)),
            Some(case.clone())
        );
        assert_eq!(world.read(|read| read.tracked(number, "2222-2222")), None);
        assert_eq!(
            world.read(|read| read.tracked("青石示〔2025〕2号", &code)),
            None
        );

        let documents = world.read(|read| read.documents_numbered("青石答〔2025〕1号"));
        assert_eq!(documents.len(), 1);
        assert!(documents[0].is_text("答复书 1\n特此答复"));
        assert!(!documents[0].is_text("答复书 1\n特此答复。"));
        assert!(!documents[0].struck);
    });
}

#[test]
fn accounts_and_sessions() {
    on_both("accounts", |world| {
        let handler = world.actor("handler");
        assert_eq!(handler.posts.len(), 1);
        let around = world.read(|read| read.people_around(&VILLAGE.into(), date("2025-03-03")));
        let around: Vec<_> = around.iter().map(|actor| actor.person.as_str()).collect();
        assert_eq!(around, ["handler", "leader", "villager", "window"]);
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let heading = world.read(|read| read.heading(&case)).unwrap();
        let known = world.read(|read| read.people_of(&heading, date("2025-03-03")));
        assert_eq!(known.len(), 4);

        world.write(|tx| tx.open_session("token", "handler", at("2025-03-03")));
        let session = world.read(|read| read.session("token")).unwrap();
        assert_eq!(session.person, "handler");
        world.write(|tx| tx.touch_session("token", at("2025-03-04"), Some(&TOWN.into())));
        let session = world.read(|read| read.session("token")).unwrap();
        assert_eq!(
            (session.seen, session.acting),
            (at("2025-03-04"), Some(TOWN.into()))
        );
        assert_eq!(world.read(|read| read.session("other")), None);
        assert_eq!(world.write(|tx| tx.expire_sessions(at("2025-03-04"))), 0);
        world.write(|tx| tx.close_sessions("handler"));
        assert_eq!(world.read(|read| read.session("token")), None);

        for _ in 0..2 {
            world.write(|tx| tx.sign_in_failed("handler", None));
        }
        world.write(|tx| tx.sign_in_failed("handler", Some(at("2025-03-05"))));
        let lockout = world.read(|read| read.lockout("handler"));
        assert_eq!(
            (lockout.failures, lockout.until),
            (3, Some(at("2025-03-05")))
        );
        world.write(|tx| tx.sign_in_cleared("handler"));
        assert_eq!(world.read(|read| read.lockout("handler")).failures, 0);

        let mut person = world.read(|read| read.person_by_login("handler")).unwrap();
        person.closed = Some(at("2025-03-06"));
        world.write(|tx| tx.put_person(&person));
        assert_eq!(world.read(|read| read.actor("handler")), None);
        assert_eq!(world.read(|read| read.organs()).len(), 4);
        assert_eq!(world.read(|read| read.posts(&TOWN.into())).len(), 3);
    });
}

#[test]
fn files_are_kept_by_content() {
    on_both("files", |world| {
        let small = "附件".as_bytes();
        let large = vec![7u8; 3 << 20];
        let keep =
            |bytes: &[u8]| world.write(|tx| tx.put_file(bytes, "text/plain", at("2025-03-03")));
        let (one, two) = (keep(small), keep(&large));
        assert_eq!(keep(small), one);
        assert_eq!(world.read(|read| read.file(&one)).unwrap().content, small);
        assert_eq!(world.read(|read| read.file(&two)).unwrap().content, large);
        assert_eq!(world.read(|read| read.file("../keys")), None);
        let beside = world
            .folder
            .join("files")
            .join(COUNTY)
            .join(&two[..2])
            .join(&two[2..]);
        std::fs::write(&beside, b"other").unwrap();
        let bent = world.store.read(COUNTY, |read| read.file(&two));
        assert!(matches!(bent, Err(StoreError::Damaged(_))), "{bent:?}");
    });
}

#[test]
fn counties_do_not_see_one_another() {
    on_both("counties", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let other = |job: &dyn Fn(&store::Read) -> bool| {
            world
                .store
                .read("other", |read| Ok::<_, StoreError>(job(read)))
                .unwrap()
        };
        assert!(other(&|read| read.heading(&case).unwrap().is_none()));
        assert!(other(&|read| read.person("window").unwrap().is_none()));
        assert!(other(&|read| read.entries().unwrap() == 0));
    });
}

#[test]
fn a_full_database_says_so_and_loses_nothing() {
    let world = World::new(&Backend::Lite, "full");
    let mut kept = Vec::new();
    for _ in 0..5 {
        kept.push(world.open("2025-03-03", matter("水渠改道", &[])));
    }
    world.tamper("pragma wal_checkpoint(truncate)");
    let path = world.url.strip_prefix("sqlite:").unwrap();
    let pages: u32 = rusqlite::Connection::open(path)
        .unwrap()
        .query_row("pragma page_count", [], |row| row.get(0))
        .unwrap();
    world.store.limit_pages(pages + 8).unwrap();
    let long = "长".repeat(4000);
    let full = AtomicUsize::new(0);
    let more: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let (world, long, full) = (&world, &long, &full);
                scope.spawn(move || {
                    let mut kept = Vec::new();
                    for round in 0..4 {
                        let mut answers = matter("水渠改道", &[]);
                        answers.insert("story".into(), text(long));
                        let id = format!("{thread:016x}{round:016x}");
                        match world.perform("window", &opening(id, TOWN, "2025-03-03", answers)) {
                            Ok(entered) => kept.push(entered.receipt),
                            Err(Fault::Store(StoreError::Full)) => {
                                full.fetch_add(1, Ordering::SeqCst);
                            }
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                    kept
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(full.load(Ordering::SeqCst) > 0);
    kept.extend(more);
    for receipt in &kept {
        let found = world.read(|read| read.receipt(&receipt.entry.action));
        assert_eq!(found.as_ref(), Some(receipt));
    }
    assert_eq!(world.read(|read| read.entries()), kept.len() as u64);
    assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    // With room again, work goes on.
    world.store.limit_pages(1 << 30).unwrap();
    world.open("2025-03-04", matter("照常", &[]));
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Ok(url) = std::env::var("YIFA_TEST_CHILD") {
        return append_until_killed(&url);
    }
    on_both("kill", |world| {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "what_was_acknowledged_survives_a_kill",
                "--exact",
                "--nocapture",
            ])
            .env("YIFA_TEST_CHILD", &world.url)
            .env("YIFA_TEST_FOLDER", &world.folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        while acknowledged.len() < 200 {
            let line = lines
                .next()
                .expect("the child goes on until it is killed")
                .unwrap();
            acknowledged.extend(line.split_once("ack ").map(|(_, action)| action.to_owned()));
        }
        child.kill().unwrap(); // SIGKILL: no chance to finish anything.
        child.wait().unwrap();
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| {
            // The last line may have been cut off in the middle.
            line.split_once("ack ")
                .map(|(_, action)| action.to_owned())
                .filter(|a| a.len() == 32)
        }));
        let store = world.again();
        for action in &acknowledged {
            let found = store.read(COUNTY, |read| read.receipt(action)).unwrap();
            assert!(found.is_some(), "{action}");
        }
        assert_eq!(store.verify(COUNTY, |_| {}).unwrap(), []);
        let live = store.read(COUNTY, |read| read.view_digests()).unwrap();
        store
            .rebuild(COUNTY, law(), &law().calendar, |_| {})
            .unwrap();
        assert_eq!(
            store.read(COUNTY, |read| read.view_digests()).unwrap(),
            live
        );
    });
}

/// The child: several threads append and say so, until the parent kills them.
fn append_until_killed(url: &str) {
    let folder = std::env::var("YIFA_TEST_FOLDER").unwrap();
    let store = open(url, folder.as_ref()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let store = &store;
            scope.spawn(move || {
                for round in 0u64.. {
                    let id = format!("{thread:016x}{round:016x}");
                    let action = opening(id, TOWN, "2025-03-03", matter("水渠改道", &[]));
                    match store.write(COUNTY, |tx| perform(tx, "window", &action)) {
                        Ok(_) => println!("\nack {}", action.id),
                        Err(error) if error.is_passing() => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
    });
}

#[test]
fn a_backup_is_the_database_of_one_instant() {
    let world = World::new(&Backend::Lite, "backup");
    busy(&world);
    let file = world.write(|tx| tx.put_file(&vec![9; 2 << 20], "text/plain", at("2025-03-03")));
    let folder = world.folder.join("backup");
    // Somebody works on while the copy is made.
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..50 {
                world.open("2025-05-03", matter("照常", &[]));
            }
        });
        world.store.backup(&folder).unwrap();
        writer.join().unwrap();
    });
    assert!(matches!(
        world.store.backup(&folder),
        Err(StoreError::Elsewhere(_))
    ));

    let place = world.folder.join("restored");
    let config = || store::Config {
        url: format!("sqlite:{}", place.join("yifa.db").display()),
        keys: store::Keys::open(&world.folder.join("keys")).unwrap(),
        files: place.join("files"),
    };
    let restored = Store::restore(&folder, config()).unwrap();
    assert_eq!(restored.verify(COUNTY, |_| {}).unwrap(), []);
    let entries = restored.read(COUNTY, |read| read.entries()).unwrap();
    assert!((11..=61).contains(&entries), "{entries}");
    assert!(
        restored
            .read(COUNTY, |read| read.file(&file))
            .unwrap()
            .is_some()
    );
    let live = restored.read(COUNTY, |read| read.view_digests()).unwrap();
    restored
        .rebuild(COUNTY, law(), &law().calendar, |_| {})
        .unwrap();
    assert_eq!(
        restored.read(COUNTY, |read| read.view_digests()).unwrap(),
        live
    );
    assert!(matches!(
        Store::restore(&folder, config()),
        Err(StoreError::Elsewhere(_))
    ));
    let nowhere = world.folder.join("nowhere");
    let config = store::Config {
        url: format!("sqlite:{}", nowhere.display()),
        ..config()
    };
    assert!(matches!(
        Store::restore(&nowhere, config),
        Err(StoreError::Missing(_))
    ));
}

#[test]
fn a_database_of_another_program_or_key_is_not_touched() {
    let world = World::new(&Backend::Lite, "strange");
    world.open(
        "2025-03-03",
        matter("水渠改道", &[party("示例张", "", "13800000001")]),
    );
    world.tamper("insert into schema_version values (99)");
    let newer = open(&world.url, &world.folder);
    assert!(
        matches!(newer, Err(StoreError::Newer { found: 99, .. })),
        "{newer:?}"
    );
    world.tamper("delete from schema_version where version = 99");

    let config = store::Config {
        url: world.url.clone(),
        keys: store::Keys::random().unwrap(),
        files: world.folder.join("files"),
    };
    let other = Store::open(config).unwrap();
    let filter = RegisterFilter {
        procedure: Some("matter".into()),
        ..Default::default()
    };
    let case = world
        .read(|read| read.register(&filter, &Visible::everything(), None, 1))
        .rows[0]
        .id
        .clone();
    let unread = other.read(COUNTY, |read| read.case_seen(&case, law(), Sight::Handling));
    assert!(matches!(unread, Err(StoreError::Keys(_))), "{unread:?}");

    let text = world.folder.join("text.db");
    std::fs::write(&text, "这不是数据库，只是一段文字。".repeat(100)).unwrap();
    let not_ours = open(&format!("sqlite:{}", text.display()), &world.folder);
    assert!(not_ours.is_err());
    assert!(open("mysql://x", &world.folder).is_err());
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
    store
        .write(COUNTY, |tx| perform(tx, "window", &action))
        .unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    for sql in [
        "delete from entry",
        "update seal set root = ''",
        "truncate leaf",
    ] {
        let refused = client.batch_execute(sql).unwrap_err();
        let refused = refused.as_db_error().unwrap().message();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    drop((store, client));
    world.tamper(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn what_has_no_case_is_missing() {
    on_both("missing", |world| {
        assert_eq!(world.read(|read| read.heading("nothing")), None);
        let seen = world.store.read(COUNTY, |read| {
            read.case_seen("nothing", law(), Sight::Seeing)
        });
        assert!(matches!(seen, Err(StoreError::Missing(_))));
        let action = world.action("nothing", "accept", "2025-03-03", none());
        assert!(matches!(action.target, Target::Case { .. }));
        let Err(Fault::Store(StoreError::Missing(_))) = world.perform("window", &action) else {
            panic!()
        };
    });
}

#[test]
fn common_words_are_found_page_by_page() {
    on_both("common", |world| {
        // More hits than count as rare: the pages follow the order of opening.
        const CASES: usize = 1100;
        let done: Result<(), Fault> = world.store.write(COUNTY, |tx| {
            for number in 0..CASES {
                let (organ, person) = [(TOWN, "window"), (OTHER_TOWN, "stranger")][number % 2];
                let subject = if number % 3 == 0 { "路灯" } else { "水渠" };
                let subject = format!("{subject}报修");
                let id = format!("c{number:031}");
                perform(
                    tx,
                    person,
                    &opening(id, organ, "2025-03-03", matter(&subject, &[])),
                )?;
            }
            Ok(())
        });
        done.unwrap();
        let window = Visible::to(&world.actor("window"), COUNTY, date("2025-05-01"));
        for (words, mine) in [("报修", 550), ("水渠", 366), ("灯报", 184)] {
            let filter = RegisterFilter {
                procedure: Some("matter".into()),
                text: Some(words.into()),
                ..Default::default()
            };
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let page = world.read(|read| read.register(&filter, &window, after.as_ref(), 100));
                seen.extend(page.rows.into_iter().map(|row| row.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            seen.dedup();
            assert_eq!(seen.len(), mine, "{words}");
            let count = world.read(|read| read.register_count(&filter, &window));
            assert_eq!(count.number as usize, mine, "{words}");
        }
    });
}
