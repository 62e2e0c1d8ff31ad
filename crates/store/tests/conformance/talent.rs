//! Whom a roster lists, and how many open cases people have in hand.

use law::{Id, value::Value};

use crate::fixture::*;

/// A case that lists the handler as somebody who knows of land, until a day.
fn listing(kind: &str) -> engine::action::Answers {
    let mut answers = matter("名册", &[]);
    answers.insert("kind".into(), code(kind));
    answers.insert("expert".into(), Value::People(vec!["handler".into()]));
    answers.insert("areas".into(), code("land"));
    answers.insert("until".into(), Value::Date(date("2025-06-30")));
    answers
}

#[test]
fn people_are_listed_while_the_roster_says_so_and_have_in_hand_what_is_open() {
    on_both("talent", |world| {
        let people = ["handler".to_owned(), "window".to_owned()];
        let listed = |on: &str| {
            let roster = Id::from("matter");
            let listed = world.read(|read| read.listed(&roster, &people, date(on)));
            listed.get("handler").map(|known| {
                let areas = known.get("areas").cloned().unwrap_or_default();
                areas.into_iter().collect::<Vec<_>>().join("、")
            })
        };
        let held = || {
            let held = world.read(|read| read.held_by(&people));
            assert!(!held.contains_key("window"), "nobody names the window: {held:?}");
            held.get("handler").copied().unwrap_or(0)
        };
        let land = world.open("2025-03-03", listing("land")).entry.case;
        assert_eq!((listed("2025-03-03"), held()), (None, 0), "not yet in that stage");
        world.act(&land, "window", "accept", "2025-03-04", none());
        assert_eq!((listed("2025-06-30"), held()), (Some("land".into()), 1));
        assert_eq!(listed("2025-07-01"), None, "the term is over");

        let water = world.open("2025-03-05", listing("water")).entry.case;
        world.act(&water, "window", "accept", "2025-03-06", none());
        assert_eq!(held(), 2);
        world.act(&land, "handler", "finish", "2025-03-10", with(&[("result", code("done"))]));
        assert_eq!((listed("2025-03-10"), held()), (None, 1), "finished; water is not listed");

        let reason = with(&[("version", Value::Int(3)), ("reason", text("误办"))]);
        world.act(&land, "handler", "strike", "2025-03-11", reason);
        assert_eq!((listed("2025-03-11"), held()), (Some("land".into()), 2), "open again");

        let live = world.read(|read| read.view_digests());
        world.tamper("delete from held; delete from pool;");
        assert_eq!((listed("2025-03-11"), held()), (None, 0));
        world.store.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
        assert_eq!(world.read(|read| read.view_digests()), live, "rebuilt as they were");
        assert_eq!(held(), 2);
    });
}

#[test]
fn both_questions_are_answered_from_an_index() {
    on_both("talent_index", |world| {
        if world.is_postgres() {
            return; // An empty PostgreSQL table is read whole, whatever its indexes.
        }
        let path = world.url.strip_prefix("sqlite:").unwrap();
        let conn = rusqlite::Connection::open(path).unwrap();
        for sql in [
            "select person, field, value from pool where county = 'a' and procedure = 'b'
             and person in ('c', 'd') and (until_date is null or until_date >= 'e')",
            "select person, count(*) from held where county = 'a' and person in ('c', 'd')
             group by person",
        ] {
            let plan: Vec<String> = conn
                .prepare(&format!("explain query plan {sql}"))
                .unwrap()
                .query_map([], |row| row.get(3))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert!(plan.iter().any(|step| step.contains("INDEX")), "{plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
        }
    });
}
