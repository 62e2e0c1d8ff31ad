//! 推荐: who is proposed first where somebody is named, and in which words.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use engine::{
    actor::OrganPath,
    case::Case,
    scenario,
    show::NoNames,
    suggest::{Candidate, Listed, Suggestion, Wanted, listed, order, wanted},
};
use law::{
    Id, Law,
    procedure::{Fit, Ours, Suggest, Whereabouts},
    source,
};

static LAW: LazyLock<Law> = LazyLock::new(|| Law::parse(&source::embedded()).0);

/// The case at the end of a scenario of the shipped law.
fn case(procedure: &str, story: &str) -> Case {
    let procedure = LAW.procedures[procedure].last().unwrap();
    let story = procedure.scenarios.iter().find(|one| one.name == story).unwrap();
    scenario::run(procedure, story, &LAW.calendar).case.unwrap()
}

fn roster(story: &str) -> Option<Listed> {
    listed(&case("mediator-roster", story), &LAW.calendar)
}

#[test]
fn a_roster_lists_whoever_has_an_account_and_stands_in_it() {
    let serving = roster("在系统办案的调解员：登记擅长和服务范围").unwrap();
    assert_eq!(serving.people, ["员"]);
    let skills = |value: &str| (Id::from("skills"), value.to_owned());
    assert!(serving.values.contains(&skills("neighbour")), "{serving:?}");
    assert!(serving.values.contains(&skills("family")), "the later entry counts");
    assert!(serving.values.iter().any(|(field, _)| &**field == "serves"));
    assert_eq!(roster("兼职调解员推选"), None, "nobody's account is named");
    assert_eq!(roster("不合条件的不能聘任；解聘"), None, "dismissed");
}

/// 擅长 by kind, then 服务 by place.
fn declared() -> Suggest {
    let codes = [("neighbour", "near"), ("homestead", "near"), ("farm", "land")];
    let codes = codes.map(|(ours, theirs)| (Id::from(ours), vec![Id::from(theirs)]));
    Suggest {
        role: "mediator".into(),
        pool: Some("roster".into()),
        hold: None,
        fits: vec![
            Fit {
                say: "擅长".into(),
                theirs: "skills".into(),
                ours: Ours::Codes("kind".into(), Some(codes.into_iter().collect())),
            },
            Fit {
                say: "服务".into(),
                theirs: "serves".into(),
                ours: Ours::Place(vec![Whereabouts::Field("site".into()), Whereabouts::Organ]),
            },
        ],
    }
}

fn candidate(person: &str, skills: &[&str], serves: &[&str], load: u32) -> Candidate {
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let listed: BTreeMap<Id, BTreeSet<String>> =
        [("skills".into(), set(skills)), ("serves".into(), set(serves))].into();
    Candidate { person: person.into(), listed: Some(listed), holds: false, load }
}

fn asks(code: &str, place: &str) -> Vec<Wanted> {
    vec![Wanted::Codes([Id::from(code)].into()), Wanted::Place(Some(place.into()))]
}

fn people(suggestions: &[Suggestion], suits: bool) -> Vec<&str> {
    let those = suggestions.iter().filter(|one| one.suits == suits);
    those.map(|one| one.person.as_str()).collect()
}

#[test]
fn the_best_suited_come_first_then_the_nearest_then_the_least_laden() {
    let wanted = asks("near", "county/town/east");
    let all = order(
        &declared(),
        &wanted,
        vec![
            Candidate { person: "stranger".into(), load: 9, ..Candidate::default() },
            Candidate { person: "idle".into(), ..Candidate::default() },
            candidate("of-the-county", &["land"], &["county"], 0),
            candidate("of-the-village", &["land"], &["county/town/east"], 7),
            candidate("skilled", &["near"], &["county/town/west"], 0),
            candidate("both-of-the-town", &["near"], &["county/town"], 0),
            candidate("both-laden", &["near"], &["county/town/east"], 5),
            candidate("both-free", &["near"], &["county/town/east"], 2),
            candidate("neither", &["land"], &["county/town/west"], 3),
        ],
    );
    let proposed = [
        "both-free",
        "both-laden",
        "both-of-the-town",
        "skilled",
        "of-the-village",
        "of-the-county",
    ];
    assert_eq!(people(&all, true), proposed);
    assert_eq!(people(&all, false), ["idle", "neither", "stranger"], "the least laden first");
    let proposed_before_others = all.iter().map(|one| !one.suits).is_sorted();
    assert!(proposed_before_others);
}

#[test]
fn a_village_below_the_place_does_not_serve_it() {
    let wanted = vec![Wanted::Codes(BTreeSet::new()), Wanted::Place(Some("county/town".into()))];
    let village = candidate("village", &[], &["county/town/east"], 0);
    let alike = candidate("alike", &[], &["county/to"], 0);
    let all = order(&declared(), &wanted, vec![village, alike]);
    assert_eq!(people(&all, true), [""; 0]);
}

#[test]
fn where_the_case_says_nothing_everybody_on_the_roster_is_proposed() {
    let nothing = vec![Wanted::Codes(BTreeSet::new()), Wanted::Place(None)];
    let off = Candidate { person: "off".into(), ..Candidate::default() };
    let all = order(&declared(), &nothing, vec![off, candidate("on", &[], &[], 4)]);
    assert_eq!((people(&all, true), people(&all, false)), (vec!["on"], vec!["off"]));
}

#[test]
fn a_credential_that_is_asked_for_must_be_held() {
    let declared = Suggest { hold: Some("证".into()), pool: None, fits: vec![], ..declared() };
    let one = |person: &str, holds, load| Candidate {
        person: person.into(),
        holds,
        load,
        ..Candidate::default()
    };
    let all = order(&declared, &[], vec![one("a", false, 0), one("b", true, 3), one("c", true, 1)]);
    assert_eq!((people(&all, true), people(&all, false)), (vec!["c", "b"], vec!["a"]));
    assert_eq!(all[0].why(&declared, None, &NoNames), "持证；在办1件");
    assert_eq!(all[2].why(&declared, None, &NoNames), "没有在办案件");
}

#[test]
fn the_reason_is_said_in_words() {
    let procedure = LAW.procedures["mediation"].last().unwrap();
    let declared = &procedure.suggests["mediator"];
    let roster = LAW.procedures["mediator-roster"].last().unwrap();
    let wanted = vec![
        Wanted::Codes([Id::from("land")].into()),
        Wanted::Place(Some("county/town/east".into())),
    ];
    let all = order(
        declared,
        &wanted,
        vec![candidate("a", &["land"], &["county/town", "county/town/east"], 2)],
    );
    let why = all[0].why(declared, Some(roster), &NoNames);
    assert_eq!(why, "擅长山林土地、承包；服务county/town/east；在办2件");
}

#[test]
fn what_is_wanted_comes_from_the_case() {
    let procedure = LAW.procedures["mediation"].last().unwrap();
    let declared = &procedure.suggests["mediator"];
    let story = procedure.scenarios.iter().find(|story| {
        let opening = story.when.first();
        opening.is_some_and(|step| &*step.does == "register" && step.refused.is_none())
    });
    let case = case("mediation", &story.unwrap().name);
    let organ = OrganPath::from("county/town/east");
    let unsaid = wanted(declared, &organ, Some(&case), |_| None);
    assert_eq!(unsaid[1], Wanted::Place(Some(organ.clone())), "no place: the organ's own");
    let Wanted::Codes(codes) = &unsaid[0] else { panic!("{unsaid:?}") };
    assert_eq!(codes.len(), 1, "{codes:?}");
    let before = wanted(declared, &organ, None, |_| None);
    assert_eq!(before[0], Wanted::Codes(BTreeSet::new()), "no case yet");
}
