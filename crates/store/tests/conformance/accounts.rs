//! Accounts, sessions and files.

use store::StoreError;

use crate::fixture::*;

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
        assert_eq!((session.seen, session.acting), (at("2025-03-04"), Some(TOWN.into())));
        assert_eq!(world.read(|read| read.session("other")), None);
        assert_eq!(world.write(|tx| tx.expire_sessions(at("2025-03-04"))), 0);
        world.write(|tx| tx.close_sessions("handler"));
        assert_eq!(world.read(|read| read.session("token")), None);

        for _ in 0..2 {
            world.write(|tx| tx.sign_in_failed("handler", None));
        }
        world.write(|tx| tx.sign_in_failed("handler", Some(at("2025-03-05"))));
        let lockout = world.read(|read| read.lockout("handler"));
        assert_eq!((lockout.failures, lockout.until), (3, Some(at("2025-03-05"))));
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
        let beside = world.folder.join("files").join(COUNTY).join(&two[..2]).join(&two[2..]);
        std::fs::write(&beside, b"other").unwrap();
        let bent = world.store.read(COUNTY, |read| read.file(&two));
        assert!(matches!(bent, Err(StoreError::Damaged(_))), "{bent:?}");
    });
}
