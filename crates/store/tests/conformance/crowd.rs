//! Many at once: each in cases of their own, all in one case, all with the same press.

use std::sync::Barrier;

use engine::action::Action;
use store::{RegisterFilter, StoreError, Visible};

use crate::fixture::*;

const CLIENTS: usize = 8;
const EACH: usize = 6;

/// Lets every client work at the same time, and collects what each brought back.
fn crowd<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(CLIENTS);
    std::thread::scope(|scope| {
        let start = |client| {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(client)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(start).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// What must be so whoever met whom: whole chains, and views that follow from them.
fn is_whole(world: &World) {
    assert_eq!(world.store.verify(COUNTY, |_| {}).unwrap(), []);
    let live = world.read(|read| read.view_digests());
    world.store.rebuild(COUNTY, law(), &law().calendar, |_| {}).unwrap();
    assert_eq!(world.read(|read| read.view_digests()), live);
}

/// The number inside 青石示〔2025〕7号.
fn inside(number: &str) -> usize {
    number.split(['〕', '号']).nth(1).unwrap().parse().unwrap()
}

#[test]
fn in_different_cases_nobody_stands_in_the_way_of_another() {
    on_both("apart", |world| {
        // Nothing is tried twice: the year's first numbers of both series are drawn here too.
        let issued = crowd(|client| {
            let mut issued = Vec::new();
            for round in 0..EACH {
                let people = [party("示例张", &format!("{client}-{round}"), "")];
                let case = world.open("2025-03-03", matter("水渠改道", &people)).entry.case;
                world.act(&case, "window", "accept", "2025-03-04", none());
                let done = with(&[("result", code("done"))]);
                issued.push(world.act(&case, "handler", "finish", "2025-03-20", done).entry.case);
            }
            issued
        });
        let cases: Vec<String> = issued.into_iter().flatten().collect();
        assert_eq!(world.read(|read| read.entries()) as usize, 3 * CLIENTS * EACH);
        let filter = RegisterFilter { procedure: Some("matter".into()), ..Default::default() };
        let page = world.read(|read| read.register(&filter, &Visible::everything(), None, 1000));
        let mut numbers: Vec<usize> =
            page.rows.iter().map(|row| inside(row.number.as_ref().unwrap())).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=CLIENTS * EACH).collect::<Vec<_>>());
        let mut replies: Vec<usize> = Vec::new();
        for case in &cases {
            let sight = engine::authorise::Sight::Handling;
            let case = world.read(|read| read.case_seen(case, law(), sight));
            let issued = case.facts().iter().flat_map(|recorded| &recorded.fact.issued);
            replies.extend(issued.map(|reply| inside(reply.number.as_ref().unwrap())));
        }
        replies.sort_unstable();
        assert_eq!(replies, (1..=CLIENTS * EACH).collect::<Vec<_>>());
        is_whole(world);
    });
}

#[test]
fn in_one_case_each_waits_for_the_one_before() {
    on_both("together", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let versions = crowd(|client| {
            let note = |round| {
                let said = with(&[("text", text(&format!("第{client}人第{round}次")))]);
                world.act(&case, "window", "note", "2025-03-04", said).entry.version
            };
            (0..EACH).map(note).collect::<Vec<u32>>()
        });
        for own in &versions {
            assert!(own.is_sorted());
        }
        let mut versions: Vec<u32> = versions.into_iter().flatten().collect();
        versions.sort_unstable();
        // None was lost, none was overtaken, the opening is the first.
        assert_eq!(versions, (2..=1 + (CLIENTS * EACH) as u32).collect::<Vec<_>>());
        is_whole(world);
    });
}

#[test]
fn the_same_press_sent_by_many_at_once_is_one_entry() {
    on_both("press", |world| {
        let case = world.open("2025-03-03", matter("水渠改道", &[])).entry.case;
        let openings = opening(world.press(), TOWN, "2025-03-03", matter("田埂纠纷", &[]));
        let accept = world.action(&case, "accept", "2025-03-04", none());
        for action in [openings, accept] {
            let before = world.read(|read| read.entries());
            let receipts = crowd(|_| pressed(world, &action));
            assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
            assert_eq!(world.read(|read| read.entries()), before + 1);
        }
        is_whole(world);
    });
}

/// A press as the office takes it: whoever finds its receipt is given that, whoever meets it on its
/// way in looks again.
fn pressed(world: &World, action: &Action) -> store::receipt::Receipt {
    loop {
        let done = world.store.write(COUNTY, |tx| {
            if let Some(receipt) = tx.receipt(&action.id)? {
                return Ok(receipt);
            }
            Ok::<_, Fault>(perform(tx, "window", action)?.receipt)
        });
        match done {
            Ok(receipt) => return receipt,
            // Refused: accepted by the same press, which is found the next time.
            Err(Fault::Store(StoreError::Overtaken) | Fault::Refused(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}
