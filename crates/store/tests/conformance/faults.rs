//! Full disks, killed processes, copies and strangers' files.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use store::{Store, StoreError};

use crate::fixture::*;

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
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
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
            .args(["faults::what_was_acknowledged_survives_a_kill", "--exact", "--nocapture"])
            .env("YIFA_TEST_CHILD", &world.url)
            .env("YIFA_TEST_FOLDER", &world.folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        while acknowledged.len() < 200 {
            let line = lines.next().expect("the child goes on until it is killed").unwrap();
            acknowledged.extend(line.split_once("ack ").map(|(_, action)| action.to_owned()));
        }
        child.kill().unwrap(); // SIGKILL: no chance to finish anything.
        child.wait().unwrap();
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| {
            // The last line may have been cut off in the middle.
            line.split_once("ack ").map(|(_, action)| action.to_owned()).filter(|a| a.len() == 32)
        }));
        let store = world.again();
        for action in &acknowledged {
            let found = store.read(COUNTY, |read| read.receipt(action)).unwrap();
            assert!(found.is_some(), "{action}");
        }
        assert_eq!(store.verify(COUNTY, |_| {}).unwrap(), []);
        let live = store.read(COUNTY, |read| read.view_digests()).unwrap();
        store.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
        assert_eq!(store.read(COUNTY, |read| read.view_digests()).unwrap(), live);
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
    assert!(matches!(world.store.backup(&folder), Err(StoreError::Elsewhere(_))));

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
    assert!(restored.read(COUNTY, |read| read.file(&file)).unwrap().is_some());
    let live = restored.read(COUNTY, |read| read.view_digests()).unwrap();
    restored.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
    assert_eq!(restored.read(COUNTY, |read| read.view_digests()).unwrap(), live);
    assert!(matches!(Store::restore(&folder, config()), Err(StoreError::Elsewhere(_))));
    let nowhere = world.folder.join("nowhere");
    let config = store::Config { url: format!("sqlite:{}", nowhere.display()), ..config() };
    assert!(matches!(Store::restore(&nowhere, config), Err(StoreError::Missing(_))));
}

#[test]
fn a_database_of_another_program_or_key_is_not_touched() {
    let world = World::new(&Backend::Lite, "strange");
    world.open("2025-03-03", matter("水渠改道", &[party("示例张", "", "13800000001")]));
    world.tamper("insert into schema_version values (99)");
    let newer = open(&world.url, &world.folder);
    assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })), "{newer:?}");
    world.tamper("delete from schema_version where version = 99");

    let other = store::Config {
        url: world.url.clone(),
        keys: store::Keys::random().unwrap(),
        files: world.folder.join("files"),
    };
    let other = Store::open(other);
    assert!(matches!(other, Err(StoreError::Keys(_))), "{other:?}");
    // A lost key file is noticed before a new one seals anything.
    std::fs::rename(world.folder.join("keys"), world.folder.join("lost")).unwrap();
    let fresh = open(&world.url, &world.folder);
    assert!(matches!(fresh, Err(StoreError::Keys(_))), "{fresh:?}");
    std::fs::rename(world.folder.join("lost"), world.folder.join("keys")).unwrap();
    world.again();

    let text = world.folder.join("text.db");
    std::fs::write(&text, "这不是数据库，只是一段文字。".repeat(100)).unwrap();
    let not_ours = open(&format!("sqlite:{}", text.display()), &world.folder);
    assert!(not_ours.is_err());
    assert!(open("mysql://x", &world.folder).is_err());
}
