//! What other platforms' numbers stand for, and parts of a job that fail alone.

use store::{ExchangeRun, StoreError, Way};

use crate::fixture::*;

const HERE: &str = "platform";

#[test]
fn a_number_of_another_platform_stands_for_one_case() {
    on_both("exchanged", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        world.write(|tx| tx.note_exchanged(HERE, "GD1", &case, "run"));
        let found = world.read(|read| read.exchanged(HERE, "GD1"));
        assert_eq!(found, Some((case.clone(), date("2025-03-03"))));
        assert_eq!(world.read(|read| read.exchanged("another", "GD1")), None);
        let number = world.read(|read| read.exchange_number(HERE, &case));
        assert_eq!(number.as_deref(), Some("GD1"));
        let twice: Result<(), StoreError> =
            world.store.write(COUNTY, |tx| tx.note_exchanged(HERE, "GD1", "other", "run"));
        assert!(twice.is_err(), "the first to be noted stays");
        let all = world.read(|read| read.all_exchanged(HERE, "", 10));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].number.as_str(), all[0].title.as_str()), ("GD1", "水渠改道"));
        assert!(world.read(|read| read.all_exchanged(HERE, "GD1", 10)).is_empty());

        let run = ExchangeRun {
            id: "run".into(),
            exchange: HERE.into(),
            way: Way::In,
            at: at("2025-03-03"),
            person: "window".into(),
            file: "工单.xlsx".into(),
            digest: "ab".into(),
            lines: 3,
            done: 2,
            again: 0,
            refused: 1,
            result: String::new(),
        };
        world.write(|tx| tx.note_run(&run));
        assert_eq!(world.read(|read| read.exchange_run("run")), Some(run.clone()));
        assert_eq!(world.read(|read| read.exchange_runs(HERE, 5)), [run]);
    });
}

#[test]
fn a_part_that_fails_takes_nothing_of_the_job_with_it() {
    on_both("parts", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        world.write(|tx| {
            tx.part(|tx| tx.note_exchanged(HERE, "1", &case, "run"))?;
            let failed: Result<(), StoreError> = tx.part(|tx| {
                tx.note_exchanged(HERE, "2", &case, "run")?;
                Err(StoreError::Overtaken)
            });
            assert!(failed.is_err());
            // The database itself refuses: the rest of the job goes on all the same.
            let twice = tx.part(|tx| tx.note_exchanged(HERE, "1", &case, "run"));
            assert!(twice.is_err());
            tx.part(|tx| tx.note_exchanged(HERE, "3", &case, "run"))
        });
        let all = world.read(|read| read.all_exchanged(HERE, "", 10));
        let numbers: Vec<&str> = all.iter().map(|one| one.number.as_str()).collect();
        assert_eq!(numbers, ["1", "3"]);
    });
}
