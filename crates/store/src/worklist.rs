//! 待办: what waits for a person, by the posts they hold and the cases they are named in.

use engine::{
    action::CaseId,
    actor::{Actor, OrganPath},
    deadline::Light,
};
use jiff::civil::Date;
use law::Id;

use crate::{
    accounts::subtree,
    cases::{CaseRow, Pressing},
    db::{Param, params, places},
    error::StoreError,
    register::Page,
    store::Read,
    views::{NEVER, person_key, role_key},
};

type Result<T> = std::result::Result<T, StoreError>;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The case.
    pub case: CaseRow,
    /// The act.
    pub act: Id,
    /// The role it falls to.
    pub role: Id,
    /// The organ of that role.
    pub organ: OrganPath,
    /// The period that the act would meet; where it meets none, the one that presses the case.
    pub pressing: Option<Pressing>,
}

/// Which tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Of this procedure.
    pub procedure: Option<Id>,
    /// With this light today; green includes what has no due date.
    pub light: Option<Light>,
}

/// Where a page of tasks ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterTask {
    /// Legal due date of the last task, or the end of time.
    pub due: String,
    /// Its case.
    pub case: CaseId,
    /// Its act.
    pub act: Id,
}

/// How many cases wait under each light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lights {
    /// 已逾期.
    pub red: u32,
    /// 临近.
    pub yellow: u32,
    /// 正常, or without a due date.
    pub green: u32,
}

impl Read<'_> {
    /// What waits for a person today, the most pressing first.
    pub fn worklist(
        &self,
        actor: &Actor,
        today: Date,
        filter: &TaskFilter,
        after: Option<&AfterTask>,
        limit: u32,
    ) -> Result<Page<Task, AfterTask>> {
        let mut with = params![self.county].to_vec();
        let mut which = waiting(actor, today, &mut with);
        let mut place = |param: Param<'static>| {
            with.push(param);
            format!("${}", with.len())
        };
        if let Some(procedure) = &filter.procedure {
            which.push_str(&format!(" and c.procedure = {}", place(procedure.to_string().into())));
        }
        if let Some(light) = filter.light {
            let today = place(today.into());
            which.push_str(&match light {
                Light::Red => format!(" and t.due_legal < {today}"),
                Light::Yellow => format!(" and t.due_legal >= {today} and t.due_warn <= {today}"),
                _ => format!(" and (t.due_warn > {today} or t.due_warn is null)"),
            });
        }
        if let Some(after) = after {
            let due = place(after.due.clone().into());
            let case = place(after.case.clone().into());
            let act = place(after.act.to_string().into());
            which.push_str(&format!(
                " and (t.due_legal, t.case_id, t.act) > ({due}, {case}, {act})"
            ));
        }
        let sql = format!(
            "select {}, t.act, t.role, t.organ, t.due_warn, t.due_nominal, t.due_legal
             from turn t cross join case_now c where {which}
             order by t.due_legal, t.case_id, t.act, t.who limit {}",
            CaseRow::COLUMNS,
            limit + 1
        );
        let mut tasks = self.db.query(&sql, &with, task)?;
        let more = tasks.len() > limit as usize;
        tasks.truncate(limit as usize);
        let next = tasks.last().filter(|_| more).map(|task| AfterTask {
            due: task.pressing.map_or_else(|| NEVER.into(), |due| due.legal.to_string()),
            case: task.case.id.clone(),
            act: task.act.clone(),
        });
        // The same work may reach one person by two posts; it stands side by side.
        tasks.dedup_by(|one, other| one.case.id == other.case.id && one.act == other.act);
        Ok(Page { rows: tasks, next })
    }

    /// How much waits for a person today.
    pub fn worklist_lights(&self, actor: &Actor, today: Date) -> Result<Lights> {
        let mut with = params![self.county].to_vec();
        let which = waiting(actor, today, &mut with);
        with.push(today.into());
        let today = with.len();
        let sql = format!(
            "select cast(coalesce(sum(case when due_legal < ${today} then 1 else 0 end), 0) as bigint),
                    cast(coalesce(sum(case when due_legal >= ${today} and due_warn <= ${today}
                             then 1 else 0 end), 0) as bigint),
                    count(*)
             from (select distinct t.case_id, t.due_legal, t.due_warn
                   from turn t cross join case_now c where {which}) waiting"
        );
        let lights = self.db.first(&sql, &with, |row| {
            let (red, yellow, all) = (row.count(0)?, row.count(1)?, row.count(2)?);
            Ok(Lights { red, yellow, green: all - red - yellow })
        })?;
        Ok(lights.unwrap_or_default())
    }
}

/// How many open cases of one procedure an organ handles, and how they stand. 在办
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The organ.
    pub organ: OrganPath,
    /// The procedure.
    pub procedure: Id,
    /// Open cases.
    pub open: u32,
    /// Of them, overdue …
    pub red: u32,
    /// … and soon due.
    pub yellow: u32,
}

impl Read<'_> {
    /// The open cases of an organ and of those below it, by organ and procedure.
    pub fn loads(&self, organ: &OrganPath, today: Date) -> Result<Vec<Load>> {
        let (below, beyond) = subtree(organ);
        self.db.query(
            "select organ, procedure, count(*),
                    cast(sum(case when due_legal < $5 then 1 else 0 end) as bigint),
                    cast(sum(case when due_legal >= $5 and due_warn <= $5
                             then 1 else 0 end) as bigint)
             from case_now
             where county = $1 and (organ = $2 or (organ >= $3 and organ < $4))
               and ended is null and void = 0
             group by organ, procedure order by organ, procedure",
            params![self.county, organ, below, beyond, today],
            |row| {
                Ok(Load {
                    organ: row.text(0)?.into(),
                    procedure: row.text(1)?.into(),
                    open: row.count(2)?,
                    red: row.count(3)?,
                    yellow: row.count(4)?,
                })
            },
        )
    }

    /// In how many cases of each procedure something waits for a person today.
    pub fn worklist_procedures(&self, actor: &Actor, today: Date) -> Result<Vec<(Id, u32)>> {
        let mut with = params![self.county].to_vec();
        let which = waiting(actor, today, &mut with);
        let sql = format!(
            "select c.procedure, count(distinct t.case_id)
             from turn t cross join case_now c where {which} group by c.procedure"
        );
        self.db.query(&sql, &with, |row| Ok((row.text(0)?.into(), row.count(1)?)))
    }
}

/// The condition that work `t` in case `c` waits for a person.
fn waiting(actor: &Actor, today: Date, with: &mut Vec<Param>) -> String {
    let mut keys = vec![person_key(&actor.person)];
    for post in actor.posts.iter().filter(|post| post.on(today)) {
        keys.push(role_key(&post.role, post.organ.as_str()));
        keys.extend(post.substitute_for.as_deref().map(person_key));
    }
    keys.sort_unstable();
    keys.dedup();
    let who = places(with.len() + 1, keys.len());
    with.extend(keys.into_iter().map(Param::from));
    with.push(format!("|{}|", actor.person).into());
    let me = with.len();
    format!(
        "t.county = $1 and t.who in ({who}) and t.ready = 1
         and replace(t.except_who, ${me}, '') = t.except_who
         and c.county = $1 and c.case_id = t.case_id"
    )
}

fn task(row: &crate::db::Row) -> Result<Task> {
    const AT: usize = CaseRow::WIDTH;
    Ok(Task {
        case: CaseRow::read(row)?,
        act: row.text(AT)?.into(),
        role: row.text(AT + 1)?.into(),
        organ: row.text(AT + 2)?.into(),
        pressing: crate::cases::pressing(row, AT + 3)?,
    })
}
