//! 推荐: who of those that may be named is proposed first, and why. Whoever names decides.

use engine::{
    actor::{Actor, OrganPath, PersonId},
    case::Case,
    suggest::{Candidate, order, wanted},
};
use jiff::civil::Date;
use law::procedure::Suggest;
use store::{Organ, StoreError};

use crate::{
    intake::gazetteer,
    office::{NameBook, Office},
};

/// What somebody is to be named for.
pub struct Matter<'a> {
    /// Who is to be proposed.
    pub suggest: &'a Suggest,
    /// The organ that handles the case, or will.
    pub organ: &'a OrganPath,
    /// The case as whoever names may read it, if it is open already.
    pub case: Option<&'a Case>,
    /// The organs of the county.
    pub organs: &'a [Organ],
    /// Their names.
    pub names: &'a NameBook,
    /// The day.
    pub today: Date,
}

/// Somebody who may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who.
    pub person: PersonId,
    /// They are proposed.
    pub suits: bool,
    /// The reason in words.
    pub why: String,
}

impl Matter<'_> {
    /// Everybody who may be named, those proposed first. Reads the roster and the open cases of
    /// these people by index, whatever the number of cases.
    pub fn proposals(
        &self,
        office: &Office,
        people: &[&Actor],
    ) -> Result<Vec<Proposal>, StoreError> {
        let Self { suggest, today, .. } = *self;
        let ids: Vec<PersonId> = people.iter().map(|actor| actor.person.clone()).collect();
        let (mut listed, held) = office.store().read(office.county(), |read| {
            let listed = suggest.pool.as_ref().map(|pool| read.listed(pool, &ids, today));
            Ok::<_, StoreError>((listed.transpose()?.unwrap_or_default(), read.held_by(&ids)?))
        })?;
        let candidates = people.iter().map(|actor| Candidate {
            person: actor.person.clone(),
            listed: listed.remove(&actor.person),
            holds: suggest.hold.as_ref().is_some_and(|name| actor.holds(name, today)),
            load: held.get(&actor.person).copied().unwrap_or(0),
        });
        let candidates = candidates.collect();
        let wanted = wanted(suggest, self.organ, self.case, |text| {
            let found = gazetteer(self.organs).locate(text, true)?;
            (!found.doubtful).then(|| found.id.as_str().into())
        });
        let roster = suggest.pool.as_ref().and_then(|pool| office.law().in_force(pool, today));
        let proposals = order(suggest, &wanted, candidates).into_iter().map(|one| Proposal {
            why: one.why(suggest, roster.map(|roster| &**roster), self.names),
            suits: one.suits,
            person: one.person,
        });
        Ok(proposals.collect())
    }
}
