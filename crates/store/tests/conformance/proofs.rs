//! What an outsider can verify, and what verification finds.

use store::{
    StoreError,
    receipt::{Verified, verify_receipt, verify_seals},
};

use crate::fixture::*;

#[test]
fn seals_prove_entries_to_whoever_holds_a_receipt() {
    on_both("seals", |world| {
        let case =
            world.closed_case(["2025-03-03", "2025-03-04", "2025-03-20"], matter("水渠改道", &[]));
        let still = world.open("2025-03-05", matter("田埂纠纷", &[])).entry.case;
        let unsealed = world.read(|read| read.receipt_of(&case, 1)).unwrap();
        let unproven = world.read(|read| read.prove(unsealed.clone()));
        assert_eq!(unproven.verify(), Ok(Verified::Unsealed));

        let first = world.write(|tx| tx.seal(date("2025-03-20"), at("2025-03-20")));
        assert_eq!(first.size, 2);
        assert_eq!(world.write(|tx| tx.seal(date("2025-03-20"), at("2025-03-21"))), first);
        world.act(&still, "window", "accept", "2025-03-21", none());
        let second = world.write(|tx| tx.seal(date("2025-03-21"), at("2025-03-21")));
        assert_eq!((second.size, &second.prev), (1, &first.digest));
        let third = world.write(|tx| tx.seal(date("2025-03-22"), at("2025-03-22")));
        assert_eq!(third.size, 0);
        let early = world.store.write(COUNTY, |tx| tx.seal(date("2025-03-19"), at("2025-03-22")));
        assert!(matches!(early, Err(StoreError::Immutable(_))));

        for (case, version, seal) in
            [(&case, 1, &first), (&case, 3, &first), (&still, 1, &first), (&still, 2, &second)]
        {
            let receipt = world.read(|read| read.receipt_of(case, version)).unwrap();
            let proven = world.read(|read| read.prove(receipt.clone()));
            let json = serde_json::to_string(&proven).unwrap();
            assert_eq!(verify_receipt(&json), Ok(Verified::Sealed(Box::new(seal.clone()))));
        }
        let seals = world.read(|read| read.seals());
        assert_eq!(seals, [first, second, third]);
        assert_eq!(verify_seals(&seals), Ok(()));
        assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    });
}

#[test]
fn a_flipped_bit_is_found_and_named() {
    on_both("flip", |world| {
        let case = world.closed_case(
            ["2025-03-03", "2025-03-04", "2025-03-20"],
            matter("水渠改道", &[party("示例张", "", "13800000001")]),
        );
        world.closed_case(["2025-03-03", "2025-03-04", "2025-03-21"], matter("田埂纠纷", &[]));
        world.write(|tx| tx.seal(date("2025-03-21"), at("2025-03-21")));
        world.unguard();
        for column in ["at", "on_date", "actor", "act", "law", "body", "prev", "digest"] {
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
        world.tamper(&format!("delete from entry where case_id = '{case}' and version = 3"));
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(damages.iter().any(|damage| damage.case == case && damage.version == 3));
        world.tamper(&format!("delete from entry where case_id = '{case}' and version = 2"));
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(damages.iter().any(|damage| damage.case == case && damage.version == 2));

        // And so is a seal that says something else.
        world.tamper("update seal set size = size + 1");
        let damages = world.store.verify(COUNTY, |_| {}).unwrap();
        assert!(damages.iter().any(|damage| damage.what.contains("2025-03-21的日封")));
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
    let case =
        world.closed_case(["2025-03-03", "2025-03-04", "2025-03-20"], matter("水渠改道", &[]));
    let path = world.folder.join("yifa.db");
    world.tamper("pragma wal_checkpoint(truncate)");
    let needle = "\"subject\":{\"text\":\"水渠改道\"}".as_bytes();
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - needle.len()).filter(|at| bytes[*at..].starts_with(needle)).collect();
    assert_eq!(places.len(), 1);
    bytes[places[0] + needle.len() - 3] ^= 0x01; // One bit inside 道.
    std::fs::write(&path, bytes).unwrap();
    let damages = world.again().verify(COUNTY, |_| {}).unwrap();
    assert!(damages.iter().any(|damage| damage.case == case && damage.version == 1), "{damages:?}");
}
