//! Sittings of examinations.

use store::Sitting;

use crate::fixture::*;

#[test]
fn a_sitting_is_begun_once_saved_until_it_is_entered_and_found_when_it_is_over() {
    on_both("sittings", |world| {
        let sitting = Sitting {
            case: "case".into(),
            person: "handler".into(),
            serial: 1,
            started: at("2025-03-03"),
            ends: at("2025-03-04"),
            bank: vec!["aa".into(), "bb".into()],
            answers: "{}".into(),
            entered: None,
        };
        world.write(|tx| tx.begin_sitting(&sitting));
        let late = Sitting { ends: at("2025-04-01"), answers: "late".into(), ..sitting.clone() };
        world.write(|tx| tx.begin_sitting(&late));
        let of = |person: &str| world.read(|read| read.sittings("case", person));
        assert_eq!(of("handler"), std::slice::from_ref(&sitting), "the first to begin stays");
        assert!(of("window").is_empty());

        assert!(world.write(|tx| tx.save_sitting("case", "handler", 1, "{\"1\":\"A\"}")));
        assert!(!world.write(|tx| tx.save_sitting("case", "window", 1, "{}")));
        assert_eq!(of("handler")[0].answers, "{\"1\":\"A\"}");

        assert!(world.read(|read| read.sittings_over(at("2025-03-04"))).is_empty());
        assert_eq!(world.read(|read| read.sittings_over(at("2025-03-05"))).len(), 1);
        world.write(|tx| tx.end_sitting("case", "handler", 1, 7));
        assert!(world.read(|read| read.sittings_over(at("2025-03-05"))).is_empty());
        assert!(!world.write(|tx| tx.save_sitting("case", "handler", 1, "{}")), "it is entered");
        assert_eq!(of("handler")[0].entered, Some(7));
        world.write(|tx| tx.begin_sitting(&Sitting { serial: 2, ..sitting.clone() }));
        assert_eq!(of("handler").len(), 2);
    });
}
