//! Who may do what, and who may read what, derived by asking `authorise` and `sight` themselves.
//!
//! The text files in `authority/`, one for each procedure, are what is reviewed when the law or the
//! engine changes: a permission nobody meant to give shows up as a line in a diff. Write them anew
//! with `UPDATE_MATRIX=1 cargo test -p engine --test authority`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeMap, fmt::Write, path::Path, sync::Arc};

use engine::{
    action::{Action, Target},
    actor::{Actor, OrganPath, Post},
    authorise::{Hands, Sight, authorise, sight},
    case::Heading,
};
use jiff::civil::Date;
use law::{
    Id, Law,
    procedure::{Keep, LINKED, Procedure},
};

const DAY: Date = Date::constant(2025, 7, 1);
const HERE: &str = "county/town/unit";

/// Where somebody stands towards the organ that handles the case.
const PLACES: [(&str, &str, bool); 5] = [
    ("本案指定", HERE, true),
    ("承办单位", HERE, false),
    ("上级", "county/town", false),
    ("下级", "county/town/unit/part", false),
    ("其他单位", "county/other", false),
];

#[test]
fn who_may_do_and_read_what_is_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/authority");
    let update = std::env::var_os("UPDATE_MATRIX").is_some();
    let mut kept: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    let mut differing = Vec::new();
    for procedure in Law::embedded().newest() {
        let name = format!("{}.txt", procedure.id);
        let found = matrix(procedure);
        let before = kept.remove(&name).unwrap_or_default();
        if before != found {
            let first = before.lines().zip(found.lines()).find(|(kept, found)| kept != found);
            differing.push(format!("{name}, first at {first:?}"));
            if update {
                std::fs::write(folder.join(&name), &found).unwrap();
            }
        }
    }
    for name in kept.into_keys() {
        differing.push(format!("{name} speaks of no procedure"));
        if update {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
    }
    assert!(
        update || differing.is_empty(),
        "not as reviewed: {differing:#?}; look at the change, then run \
         UPDATE_MATRIX=1 cargo test -p engine --test authority"
    );
}

/// What may be done and read in one procedure.
fn matrix(procedure: &Arc<Procedure>) -> String {
    let mut matrix = format!("# {}\n\n谁能办什么\n", procedure.name);
    for act in procedure.acts.values() {
        let from: Vec<&str> = act.from.iter().map(Id::as_str).collect();
        let mut who = Vec::new();
        for role in roles(procedure) {
            let places: Vec<&str> = PLACES
                .iter()
                .filter(|(_, organ, named)| may(procedure, &act.id, &role, organ, *named))
                .map(|(name, ..)| *name)
                .collect();
            if !places.is_empty() {
                who.push(format!("{role}（{}）", places.join("、")));
            }
        }
        let limits = limits(act);
        writeln!(matrix, "{} @ {} : {}{limits}", act.id, from.join(" "), who.join(" ")).unwrap();
    }
    matrix += "\n谁能看什么：办 = 见个人信息（封存的须写明理由另行打开），看 = 个人信息隐去，- = 不知有此案\n";
    for role in procedure.roles.keys().map(Id::as_str).chain(["（无关岗位）"]) {
        let row: Vec<String> = PLACES
            .iter()
            .map(|(name, organ, named)| {
                let seen = match read(procedure, role, organ, *named) {
                    Some(Sight::Handling) => "办",
                    Some(Sight::Seeing) => "看",
                    None => "-",
                };
                format!("{name}{seen}")
            })
            .collect();
        writeln!(matrix, "{role}: {}", row.join(" ")).unwrap();
    }
    for (class, name) in [
        (Keep::Public, "公开"),
        (Keep::Work, "工作"),
        (Keep::Personal, "个人"),
        (Keep::Sealed, "封存"),
    ] {
        let fields: Vec<&str> = procedure
            .fields
            .values()
            .filter(|field| field.keep == class)
            .map(|field| field.id.as_str())
            .collect();
        if !fields.is_empty() {
            writeln!(matrix, "{name}: {}", fields.join(" ")).unwrap();
        }
    }
    matrix
}

fn limits(act: &law::procedure::Act) -> String {
    let mut limits = String::new();
    if !act.not_by.is_empty() {
        let barred: Vec<&str> = act.not_by.iter().map(Id::as_str).collect();
        write!(limits, " | 非办过 {}", barred.join(" ")).unwrap();
    }
    if let Some(team) = &act.team {
        write!(limits, " | {}人 {}", team.at_least, team.hold.as_deref().unwrap_or("")).unwrap();
    }
    if !act.hold.is_empty() {
        write!(limits, " | 持 {}", act.hold.join(" ")).unwrap();
    }
    if let Some(first) = &act.hold_if_first {
        write!(limits, " | 初次须持 {first}").unwrap();
    }
    limits
}

/// Every role of the procedure, and the machine.
fn roles(procedure: &Procedure) -> Vec<String> {
    procedure.roles.keys().map(ToString::to_string).chain([LINKED.to_owned()]).collect()
}

fn may(procedure: &Arc<Procedure>, act: &Id, role: &str, organ: &str, named: bool) -> bool {
    let opens = procedure.acts[act].opens_case();
    let actor = person(procedure, role, organ, opens);
    let action = Action {
        id: "0".repeat(32),
        target: match opens {
            true => {
                Target::Open { procedure: procedure.id.clone(), organ: HERE.into(), parent: None }
            }
            false => Target::Case { case: "case".into(), seen: None },
        },
        act: act.clone(),
        answers: BTreeMap::new(),
        with: Vec::new(),
        assign: BTreeMap::new(),
        on: DAY,
        late_entry: None,
    };
    let heading = (!opens).then(|| heading(procedure, role, named));
    let team = [actor];
    let hands = Hands { team: &team, named: &[] };
    authorise(procedure, heading.as_ref(), hands, &action).is_ok()
}

fn read(procedure: &Procedure, role: &str, organ: &str, named: bool) -> Option<Sight> {
    let actor = person(procedure, role, organ, false);
    sight(procedure, &actor, &heading(procedure, role, named), DAY)
}

fn heading(procedure: &Procedure, role: &str, named: bool) -> Heading {
    let people = if named { vec!["someone".to_owned()] } else { Vec::new() };
    Heading {
        id: "case".into(),
        procedure: procedure.id.clone(),
        law: procedure.hash.to_string(),
        organ: HERE.into(),
        origin: HERE.into(),
        participants: people.iter().cloned().collect(),
        assigned: BTreeMap::from([(role.into(), people)]),
    }
}

fn person(procedure: &Procedure, role: &str, organ: &str, opens: bool) -> Actor {
    let outside = procedure.roles.get(role).is_some_and(|role| role.outside);
    Actor {
        person: "someone".into(),
        name: "某人".into(),
        posts: if outside {
            Vec::new()
        } else {
            vec![Post {
                role: role.into(),
                organ: OrganPath::from(organ),
                from: Date::constant(2020, 1, 1),
                to: None,
                substitute_for: None,
            }]
        },
        held: Vec::new(),
        party_of: (outside && !opens).then(|| "case".to_owned()),
        machine: role == LINKED,
        experience: Vec::new(),
    }
}
