//! The organ tree and the people of one organ.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use engine::actor::{Actor, OrganPath};
use jiff::civil::Date;
use serde::Deserialize;
use store::Organ;

use super::person::held;
use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::control::Pick,
        frame::{Flash, Frame},
        paging::Address,
        session::SignedIn,
        shell::{ADMIN, role_name, seats},
    },
};

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListPage {
    frame: Frame,
    tree: Vec<Branch>,
    organ: String,
    kind: String,
    rows: Vec<Member>,
    manages: bool,
    add: AddForm,
}

/// An organ in the tree, with how far it is indented.
struct Branch {
    name: String,
    url: String,
    depth: usize,
    here: bool,
    count: usize,
}

struct Member {
    id: String,
    name: String,
    posts: Vec<String>,
    held: Vec<(String, &'static str)>,
}

/// The form of a new account.
#[derive(Default)]
pub(super) struct AddForm {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) from: String,
    pub(super) wrong: String,
    pub(super) open: bool,
    pub(super) organ: String,
    pub(super) roles: Vec<Pick>,
}

/// Which organ.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    organ: String,
}

/// `GET /people`
pub async fn list(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    list_page(&desk, me, asked.organ, AddForm::default(), None).await
}

pub(super) async fn list_page(
    desk: &Desk,
    me: SignedIn,
    organ: String,
    add: AddForm,
    flash: Option<Flash>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "人员与资格").await?;
    let frame = if flash.is_some() { frame.saying(flash) } else { frame };
    desk.ask(move |office| {
        let today = office.clock().today();
        let mine = seats(&me.actor, today);
        let (organs, posts, people) = office.store().read(office.county(), |read| {
            let organs = read.organs()?;
            let posts = read.posts(&OrganPath::from(office.county()))?;
            let here = chosen(&organs, &organ, &mine);
            let mut ids: Vec<String> = match &here {
                Some(here) => {
                    let in_it =
                        posts.iter().filter(|(_, post)| post.organ == here.path && post.on(today));
                    in_it.map(|(person, _)| person.clone()).collect()
                }
                None => Vec::new(),
            };
            ids.sort();
            ids.dedup();
            Ok::<_, PageError>((organs, posts, read.actors(&ids)?))
        })?;
        let here = chosen(&organs, &organ, &mine).ok_or(PageError::Missing)?;
        let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (person, post) in posts.iter().filter(|(_, post)| post.on(today)) {
            let people = counts.entry(post.organ.as_str()).or_default();
            if !people.contains(&person.as_str()) {
                people.push(person);
            }
        }
        let tree = organs
            .iter()
            .filter(|organ| organ.to.is_none_or(|to| today <= to))
            .map(|organ| Branch {
                name: organ.name.clone(),
                url: Address::to("/people").with("organ", organ.path.as_str()).into(),
                depth: organ.path.as_str().matches('/').count(),
                here: organ.path == here.path,
                count: counts.get(organ.path.as_str()).map_or(0, Vec::len),
            })
            .collect();
        let mut rows: Vec<Member> =
            people.iter().map(|actor| member(office, actor, &here.path, today)).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let roles = roles(office, here, "");
        let from = if add.from.is_empty() { today.to_string() } else { add.from.clone() };
        let page = ListPage {
            frame,
            tree,
            organ: here.name.clone(),
            kind: office
                .law()
                .organs
                .kinds
                .get(&here.kind)
                .map(|kind| kind.name.clone())
                .unwrap_or_default(),
            rows,
            manages: me.administers(&here.path),
            add: AddForm { roles, from, organ: here.path.to_string(), ..add },
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn chosen<'o>(organs: &'o [Organ], asked: &str, mine: &[OrganPath]) -> Option<&'o Organ> {
    let named = organs.iter().find(|organ| organ.path.as_str() == asked);
    let own = || organs.iter().find(|organ| mine.first() == Some(&organ.path));
    named.or_else(own).or_else(|| organs.first())
}

/// The posts an organ of its kind may have; any, where the law names none for the kind.
fn roles(office: &Office, organ: &Organ, chosen: &str) -> Vec<Pick> {
    let law = &office.law().organs;
    let usual = law.kinds.get(&organ.kind).map(|kind| kind.roles.clone()).unwrap_or_default();
    let all = law.roles.keys().filter(|role| usual.is_empty() || usual.contains(role));
    let mut picks: Vec<Pick> = all
        .map(|role| Pick {
            code: role.to_string(),
            label: role_name(office, role),
            on: *role == *chosen,
        })
        .collect();
    if !picks.iter().any(|pick| pick.code == ADMIN) {
        picks.push(Pick {
            code: ADMIN.into(),
            label: role_name(office, ADMIN),
            on: chosen == ADMIN,
        });
    }
    picks
}

fn member(office: &Office, actor: &Actor, organ: &OrganPath, today: Date) -> Member {
    let posts = actor.posts.iter().filter(|post| post.on(today) && post.organ == *organ);
    Member {
        id: actor.person.clone(),
        name: actor.name.clone(),
        posts: posts.map(|post| role_name(office, &post.role)).collect(),
        held: held(actor, today).into_iter().map(|(name, _, _, state)| (name, state)).collect(),
    }
}
