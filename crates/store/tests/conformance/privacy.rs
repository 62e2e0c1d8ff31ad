//! Personal answers: encrypted, masked, erased; and who looked at them.

use engine::authorise::Sight;
use law::value::Value;
use store::{Access, AccessFilter, AccessKind, RegisterFilter, StoreError, Visible};

use crate::fixture::*;

#[test]
fn erasing_a_person_leaves_the_ledger_whole() {
    on_both("erase", |world| {
        let zhang = party("示例张", "11010519491231002X", "13800000001");
        let li = party("示例李", "", "13800000002");
        let mut answers = matter("水渠改道", &[zhang.clone(), li.clone()]);
        answers.insert("story".into(), text("与邻居为水渠改道争执"));
        let case = world.closed_case(["2025-03-03", "2025-03-04", "2025-03-20"], answers);
        let other =
            world.open("2025-04-01", matter("田埂纠纷", std::slice::from_ref(&zhang))).entry.case;
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
            world.read(|read| read.register_count(&filter, &Visible::everything())).number
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
            world.store.erase(COUNTY, &subject.id, law(), &law().calendar, &access)
        };
        let touched = erase("2025-06-01").unwrap();
        let logged = world.read(|read| read.accesses(&AccessFilter::default(), 1));
        assert_eq!(logged[0].kind, AccessKind::Erasure);
        assert_eq!(touched.len(), 2);

        let after = seen(&case);
        let Some(Value::Parties(parties)) = after.latest("people") else { panic!() };
        assert_eq!(parties[0].name, "已销毁");
        assert_eq!(parties[1], li);
        assert!(matches!(after.latest("story"), Some(Value::Sealed(_))));
        assert!(matches!(seen(&other).latest("people"), Some(Value::Sealed(_))));
        assert_eq!(after.stage(), "closed");
        assert_eq!(found("13800000001"), 0);
        assert_eq!(found("示例李"), 1);
        assert_eq!(world.read(|read| read.issued_text(&case, 3, "reply", Sight::Handling)), None);
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);

        let live = world.read(|read| read.view_digests());
        world.store.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
        assert_eq!(world.read(|read| read.view_digests()), live);

        // The same person may come again, under a new key.
        world.open("2025-06-02", matter("又来登记", std::slice::from_ref(&zhang)));
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
        for row in client.query(&format!("select {table}::text from {table}"), &[]).unwrap() {
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
        let mut answers =
            matter("水渠改道", &[party("示例张", "11010519491231002X", "13800000001")]);
        answers.insert("story".into(), text("陈述"));
        answers.insert("secret".into(), text("线索"));
        let case = world.open("2025-03-03", answers).entry.case;
        let seen = |sight| world.read(|read| read.case_seen(&case, law(), sight));
        let outside = seen(Sight::Seeing);
        let Some(Value::Parties(parties)) = outside.latest("people") else { panic!() };
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
        let about = AccessFilter { case: Some(case.clone()), ..Default::default() };
        assert_eq!(world.read(|read| read.accesses(&about, 10)), [access]);
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
        let (old, young) =
            (line(days(185), AccessKind::Export), line(days(183), AccessKind::SignIn));
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
        let Err(Fault::Refused(refusal)) = world.perform("handler", &action) else { panic!() };
        world.write(|tx| tx.attempt(now, "handler", &action, &refusal));
        let attempts = world.read(|read| read.attempts(Some(&case), 10));
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].act, "finish");
        assert_eq!(attempts[0].grounds[0].say, refusal.grounds[0].say);
    });
}
