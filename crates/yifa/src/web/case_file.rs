//! 案卷: everything a page about one case needs, read in one snapshot.

use std::{collections::HashMap, sync::Arc};

use engine::{
    actor::Actor,
    authorise::{Sight, sight},
    case::{Case, Heading},
    deadline::{Clock, clocks},
    fact::BuiltIn,
    figure,
};
use jiff::civil::Date;
use law::{
    procedure::Procedure,
    value::{FigureRef, Value},
};
use store::{AccessKind, CaseRow, Organ, Read, Visible};

use super::{error::PageError, session::SignedIn};
use crate::{
    fills::otherwise_today,
    office::{NameBook, Office},
};

/// A case as one person may read it, with the people and names around it.
pub struct CaseFile {
    /// The case; masked where the person does not handle it.
    pub case: Case,
    /// How much of it the person may read.
    pub sight: Sight,
    /// Everybody around it.
    pub people: Vec<Actor>,
    /// Names of organs and people.
    pub names: Arc<NameBook>,
    /// The organs of the county.
    pub organs: Vec<Organ>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// The day.
    pub today: Date,
    /// Cases it has to do with: how, and which, where this person may see it.
    pub linked: Vec<(String, Option<CaseRow>)>,
    /// Figures recorded in it = what they would be today, where that is something else.
    pub otherwise: HashMap<FigureRef, figure::Value>,
    /// 查询码, for whoever handles it.
    pub tracking: Option<String>,
}

impl CaseFile {
    /// Reads a case for somebody; what they may not know of is missing.
    pub fn read(office: &Office, actor: &Actor, id: &str) -> Result<Self, PageError> {
        let today = office.clock().today();
        office.store().read(office.county(), |read| {
            let (heading, procedure, sight) = may_read(office, read, actor, id, today)?;
            let case = read.case_seen(id, office.law(), sight)?;
            Self::around(office, read, actor, heading, &procedure, sight, case, today)
        })
    }

    /// Reads it with its sealed answers opened; the reason is logged in the same transaction.
    pub fn unseal(office: &Office, me: &SignedIn, id: &str, why: &str) -> Result<Self, PageError> {
        let today = office.clock().today();
        office.store().write(office.county(), |tx| {
            let (heading, procedure, sight) = may_read(office, tx, &me.actor, id, today)?;
            if sight != Sight::Handling {
                return Err(PageError::Forbidden("封存内容只有承办本案的人可以查看。".into()));
            }
            let line = me.access(office, AccessKind::Sealed, Some(id), why);
            let case = tx.open_sealed(id, office.law(), &line)?;
            Self::around(office, tx, &me.actor, heading, &procedure, sight, case, today)
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn around(
        office: &Office,
        read: &Read,
        actor: &Actor,
        heading: Heading,
        procedure: &Arc<Procedure>,
        sight: Sight,
        case: Case,
        today: Date,
    ) -> Result<Self, PageError> {
        let people = read.people_of(&heading, today)?;
        let (names, organs) = (office.names(), read.organs()?);
        let clocks = clocks(&case, &office.law().calendar);
        let visible = Visible::to(actor, office.county(), today);
        let mut linked: Vec<(String, Option<CaseRow>)> = Vec::new();
        let one =
            |id: &str| read.cases(&[id.to_owned()], &visible).map(|rows| rows.into_iter().next());
        if let Some(parent) = case.parent() {
            linked.push(("来源案件".into(), one(parent)?));
        }
        let children = read.opened_from(&case.id, &visible)?;
        linked.extend(children.into_iter().map(|child| ("由本案转入".into(), Some(child))));
        for recorded in case.in_effect() {
            if let Some(BuiltIn::Link { case: other, relation }) = &recorded.fact.built_in {
                linked.push((relation.clone(), one(other)?));
            }
        }
        let tracking = match sight {
            Sight::Handling if !procedure.track.is_empty() => Some(read.tracking_code(&case.id)),
            _ => None,
        };
        let mut otherwise = HashMap::new();
        for value in case.facts().iter().flat_map(|recorded| recorded.fact.answers.values()) {
            if let Value::Figure(figure) = value {
                let now = otherwise_today(office.law(), read, figure)?;
                otherwise.extend(now.map(|now| (figure.clone(), now)));
            }
        }
        Ok(Self { case, sight, people, names, organs, clocks, today, linked, otherwise, tracking })
    }
}

/// Where a case stands, its edition, and how much of it somebody may read; not there for whoever
/// may not know of it.
pub fn may_read(
    office: &Office,
    read: &Read,
    actor: &Actor,
    id: &str,
    today: Date,
) -> Result<(Heading, Arc<Procedure>, Sight), PageError> {
    let heading = read.heading(id)?.ok_or(PageError::Missing)?;
    let procedure = read.edition(&heading, office.law())?.clone();
    let sight = sight(&procedure, actor, &heading, today).ok_or(PageError::Missing)?;
    Ok((heading, procedure, sight))
}
