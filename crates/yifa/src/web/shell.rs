//! Builds the surroundings of a page: names, menu, who is here.

use engine::{
    actor::{Actor, OrganPath},
    show::Names,
};
use jiff::civil::Date;

use super::{
    Desk,
    error::PageError,
    frame::{Flash, Frame, Group, Item, Me},
    paging::Address,
    session::{SignedIn, Visit},
};
use crate::office::Office;

/// The one role that the program itself knows besides the machine's: who looks after accounts,
/// logs and the ledger of an organ and those below it. It gives no part and no sight in any case.
/// 系统管理员
pub const ADMIN: &str = "admin";

/// The menu lists at most so many registers; the rest are one step further.
const LISTED: usize = 12;

/// The organs a person holds posts in on a day.
pub fn seats(actor: &Actor, on: Date) -> Vec<OrganPath> {
    let mut seats: Vec<OrganPath> =
        actor.posts.iter().filter(|post| post.on(on)).map(|post| post.organ.clone()).collect();
    seats.sort();
    seats.dedup();
    seats
}

impl Desk {
    /// The surroundings of a page for somebody who has signed in.
    pub async fn frame(&self, me: &SignedIn, title: &str) -> Result<Frame, PageError> {
        let (actor, keeps) = (me.actor.clone(), me.keeps.clone());
        let (county, my_posts, menu) = self
            .ask(move |office| {
                let today = office.clock().today();
                let lights = office.store().read(office.county(), |read| {
                    read.worklist_lights(&actor, today).map_err(PageError::from)
                })?;
                let waiting = lights.red + lights.yellow + lights.green;
                Ok((
                    county_name(office),
                    posts(office, &actor, &keeps, today),
                    menu(office, &actor, waiting),
                ))
            })
            .await?;
        let post = my_posts.first().cloned().unwrap_or_else(|| "没有在任岗位".into());
        Ok(Frame {
            county,
            title: title.into(),
            here: me.visit.here.clone(),
            me: Some(Me { name: me.actor.name.clone(), post, posts: my_posts }),
            menu,
            token: me.token(),
            large: me.visit.large,
            flash: me.visit.flash(),
            ..Frame::default()
        })
    }

    /// The surroundings of a page that is open to everybody.
    pub fn public_frame(&self, visit: &Visit, title: &str) -> Frame {
        Frame {
            county: county_name(&self.0.office),
            title: title.into(),
            here: visit.here.clone(),
            large: visit.large,
            ..Frame::default()
        }
    }
}

impl Visit {
    /// What the page that led here wants said: `?done=…`.
    fn flash(&self) -> Option<Flash> {
        let query = self.here.split_once('?')?.1;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, done) = pairs.find(|(name, _)| name == "done")?;
        let done: String = done.chars().filter(|char| !char.is_control()).take(60).collect();
        let text = match &*done {
            "post" => "岗位已经设置。",
            "ended" => "岗位已经终止。",
            "connected" => "已经接通，对方平台在这个机关有了席位。",
            "closed" => "账号已经停用，在用的会话已全部退出。",
            _ => return None,
        };
        Some(Flash::good(text))
    }
}

fn county_name(office: &Office) -> String {
    office.names().organ(office.county())
}

/// The posts somebody holds on a day: `青石镇 · 承办人`.
fn posts(office: &Office, actor: &Actor, keeps: &[OrganPath], today: Date) -> Vec<String> {
    let names = office.names();
    let held = actor.posts.iter().filter(|post| post.on(today)).map(|post| {
        let role = role_name(office, &post.role);
        let stands_in = if post.substitute_for.is_some() { "（代理）" } else { "" };
        format!("{} · {role}{stands_in}", names.organ(post.organ.as_str()))
    });
    let kept = keeps
        .iter()
        .map(|organ| format!("{} · {}", names.organ(organ.as_str()), role_name(office, ADMIN)));
    held.chain(kept).collect()
}

/// The name of a post's role.
pub fn role_name(office: &Office, role: &str) -> String {
    match office.law().organs.roles.get(role) {
        Some(name) => name.clone(),
        None if role == ADMIN => "系统管理员".into(),
        None => role.into(),
    }
}

fn menu(office: &Office, actor: &Actor, waiting: u32) -> Vec<Group> {
    let mut first = Group {
        name: String::new(),
        items: vec![Item::new("待办", "/"), Item::new("我经手的", "/mine")],
    };
    first.items[0].count = (waiting > 0).then(|| waiting.to_string());
    first.items.push(Item::new("登记新案", "/new"));
    if super::pages::field::anything(office, actor, office.clock().today()) {
        first.items.push(Item::new("手机填报", "/field"));
    }
    if super::pages::exam::any(office) {
        first.items.push(Item::new("在线考试", "/exams"));
    }
    let mine = |procedure: &law::procedure::Procedure| {
        procedure.roles.keys().any(|role| actor.posts.iter().any(|post| post.role == *role))
    };
    let all: Vec<_> = office.law().newest().collect();
    let mut registers: Vec<Item> = Vec::new();
    if all.len() <= LISTED {
        registers.extend(
            all.iter().map(|procedure| {
                Item::new(&procedure.name, format!("/registers/{}", procedure.id))
            }),
        );
    } else {
        // Many duties: the groups in which this person has a part.
        let mut groups: Vec<&str> = Vec::new();
        for procedure in all.iter().filter(|procedure| mine(procedure)) {
            if !groups.contains(&procedure.group.as_str()) {
                groups.push(&procedure.group);
            }
        }
        registers.extend(groups.into_iter().map(|group| {
            Item::new(group, String::from(Address::to("/registers").with("group", group)))
        }));
    }
    registers.push(Item::new("全部台账", "/registers"));
    let mut sums = vec![
        Item::new("指标数据", "/figures"),
        Item::new("工作看板", "/cockpit"),
        Item::new("应办清单", "/duties"),
        Item::new("年度报告", "/report"),
        Item::new("报告审读", "/audit"),
    ];
    if seats(actor, office.clock().today()).is_empty() {
        sums.clear(); // Sums are of the organs somebody sits in.
    }
    sums.push(Item::new("公示", "/notices"));
    let bases = vec![
        Item::new("程序与法规", "/law"),
        Item::new("人员与资格", "/people"),
        Item::new("数据交换", "/exchange"),
        Item::new("账册核验", "/ledger"),
        Item::new("查看记录", "/access"),
    ];
    vec![
        first,
        Group { name: "台账".into(), items: registers },
        Group { name: "汇总".into(), items: sums },
        Group { name: "依据".into(), items: bases },
    ]
}
