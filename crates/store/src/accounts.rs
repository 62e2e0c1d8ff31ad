//! 机关、人员、岗位、登录: not facts of a case, but who may bring facts about.

use engine::{
    action::CaseId,
    actor::{Actor, Held, OrganPath, PersonId, Post},
    case::Heading,
};
use jiff::{Timestamp, civil::Date};
use law::Id;

use crate::{
    canonical::sm3_hex,
    db::{Param, Row, params, places},
    error::StoreError,
    store::{Read, Store, Tx},
    wire::Sentence,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A place in the organ tree, with the days it exists: merged and split towns stay attributable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organ {
    /// Path, county first.
    pub path: OrganPath,
    /// 全称.
    pub name: String,
    /// 简称, used in document numbers.
    pub short: String,
    /// Kind, from `law/organs`.
    pub kind: Id,
    /// First day.
    pub from: Date,
    /// Last day, if it was merged or closed.
    pub to: Option<Date>,
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Account id: stands in the ledger and never changes.
    pub id: PersonId,
    /// 姓名.
    pub name: String,
    /// What is typed at sign-in; none where the person cannot sign in.
    pub login: Option<String>,
    /// Password hash, as the desk made it; empty = none.
    pub password: String,
    /// Secret of one-time codes, if set up.
    pub secret: Option<Vec<u8>>,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// When the account was closed, if it was.
    pub closed: Option<Timestamp>,
}

/// How sign-in stands with an account. 登录失败锁定
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong passwords in a row.
    pub failures: u32,
    /// No sign-in before this.
    pub until: Option<Timestamp>,
}

/// 会话: somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub created: Timestamp,
    /// Last used.
    pub seen: Timestamp,
    /// The organ whose post the person has chosen to act from, if any.
    pub acting: Option<OrganPath>,
}

impl Store {
    /// The counties there are, by code, with their names: the program finds its own by itself.
    pub fn counties(&self) -> Result<Vec<(String, String)>> {
        self.read("", |read| {
            read.db.query(
                "select county, name from organ where path = county order by county",
                params![],
                |row| Ok((row.text(0)?, row.text(1)?)),
            )
        })
    }
}

/// What is asked about some people: accounts, posts, credentials, experience.
pub(crate) struct Asked<'a> {
    sqls: [String; 4],
    params: Vec<Param<'a>>,
}

impl<'a> Asked<'a> {
    /// A hundred people at a time.
    pub(crate) fn of(county: &'a str, people: &'a [PersonId]) -> Vec<Self> {
        people.chunks(100).map(|some| Self::about(county, some)).collect()
    }

    fn about(county: &'a str, people: &'a [PersonId]) -> Self {
        let mut params = params![county].to_vec();
        params.extend(people.iter().map(Into::into));
        let among = format!("where county = $1 and person in ({})", places(2, people.len()));
        let sqls = [
            format!("select person, name from person {among} and closed is null order by person"),
            format!(
                "select person, role, organ, from_date, to_date, substitute_for from post {among}
                 order by from_date, organ, role"
            ),
            format!(
                "select person, name, number, from_date, until_date from credential {among}
                 order by case_id"
            ),
            format!("select person, procedure, act from experience {among}"),
        ];
        Self { sqls, params }
    }

    pub(crate) fn questions(&self) -> impl Iterator<Item = Sentence<'_>> {
        self.sqls.iter().map(|sql| Sentence { sql, params: &self.params })
    }
}

const PERSON: &str =
    "select person, name, login, password, secret, must_change, closed from person";

impl Read<'_> {
    /// Every organ there ever was, above before below.
    pub fn organs(&self) -> Result<Vec<Organ>> {
        self.db.query(
            "select path, name, short, kind, from_date, to_date from organ
             where county = $1 order by path",
            params![self.county],
            organ,
        )
    }

    /// One organ.
    pub fn organ(&self, path: &OrganPath) -> Result<Option<Organ>> {
        self.db.first(
            "select path, name, short, kind, from_date, to_date from organ
             where county = $1 and path = $2",
            params![self.county, path],
            organ,
        )
    }

    /// A person by account id.
    pub fn person(&self, id: &str) -> Result<Option<Person>> {
        let sql = format!("{PERSON} where county = $1 and person = $2");
        self.db.first(&sql, params![self.county, id], person)
    }

    /// A person by what was typed at sign-in.
    pub fn person_by_login(&self, login: &str) -> Result<Option<Person>> {
        let sql = format!("{PERSON} where county = $1 and login = $2");
        self.db.first(&sql, params![self.county, login], person)
    }

    /// Everybody with an account, by name.
    pub fn people(&self) -> Result<Vec<Person>> {
        let sql = format!("{PERSON} where county = $1 order by name, person");
        self.db.query(&sql, params![self.county], person)
    }

    /// Every post, with its holder, in an organ and below it.
    pub fn posts(&self, organ: &OrganPath) -> Result<Vec<(PersonId, Post)>> {
        let (below, beyond) = subtree(organ);
        self.db.query(
            "select person, role, organ, from_date, to_date, substitute_for from post
             where county = $1 and (organ = $2 or (organ >= $3 and organ < $4))
             order by organ, role, person, from_date",
            params![self.county, organ, below, beyond],
            |row| Ok((row.text(0)?, post(row, 1)?)),
        )
    }

    /// A person as the law sees them: posts, credentials, experience. `None` where there is no
    /// such account or it is closed.
    pub fn actor(&self, person: &str) -> Result<Option<Actor>> {
        Ok(self.actors(&[person.to_owned()])?.pop())
    }

    /// Several people as the law sees them, by account id.
    pub fn actors(&self, people: &[PersonId]) -> Result<Vec<Actor>> {
        let mut actors: Vec<Actor> = Vec::with_capacity(people.len());
        for asked in Asked::of(self.county, people) {
            actors.extend(self.some_actors(&asked)?);
        }
        Ok(actors)
    }

    fn some_actors(&self, asked: &Asked) -> Result<Vec<Actor>> {
        let Asked { sqls: [people, posts, credentials, experience], params } = asked;
        let mut actors = self.db.query(people, params, |row| {
            Ok(Actor {
                person: row.text(0)?,
                name: row.text(1)?,
                posts: Vec::new(),
                held: Vec::new(),
                party_of: None,
                machine: false,
                experience: Vec::new(),
            })
        })?;
        let mut each = |sql: &str, add: &dyn Fn(&mut Actor, &Row) -> Result<()>| {
            self.db.query(sql, params, |row| {
                let id = row.text(0)?;
                match actors.binary_search_by(|actor| actor.person.as_str().cmp(&id)) {
                    Ok(place) => add(&mut actors[place], row),
                    Err(_) => Ok(()), // The account is closed.
                }
            })
        };
        each(posts, &|actor, row| {
            actor.posts.push(post(row, 1)?);
            Ok(())
        })?;
        each(credentials, &|actor, row| {
            actor.held.push(held(row, 1)?);
            Ok(())
        })?;
        each(experience, &|actor, row| {
            actor.experience.push((row.text(1)?.into(), row.text(2)?.into()));
            Ok(())
        })?;
        Ok(actors)
    }

    /// The people known around an organ: who holds a post on a day in it, above it or below it.
    /// Candidates for assignment, and who else can act.
    pub fn people_around(&self, organ: &OrganPath, on: Date) -> Result<Vec<Actor>> {
        self.people_around_all(&[organ], &[], on)
    }

    /// The people known around a case: around its organ and the organ of origin, and its
    /// participants.
    pub fn people_of(&self, heading: &Heading, on: Date) -> Result<Vec<Actor>> {
        let named: Vec<PersonId> = heading.participants.iter().cloned().collect();
        self.people_around_all(&[&heading.organ, &heading.origin], &named, on)
    }

    fn people_around_all(
        &self,
        organs: &[&OrganPath],
        named: &[PersonId],
        on: Date,
    ) -> Result<Vec<Actor>> {
        let mut ids = named.to_vec();
        for organ in organs {
            let above = above(organ);
            let (below, beyond) = subtree(organ);
            let mut with = params![self.county, on, below, beyond].to_vec();
            with.extend(above.iter().map(Into::into));
            let sql = format!(
                "select distinct person from post
                 where county = $1 and from_date <= $2 and (to_date is null or to_date >= $2)
                 and ((organ >= $3 and organ < $4) or organ in ({}))",
                places(5, above.len())
            );
            ids.extend(self.db.query(&sql, &with, |row| row.text(0))?);
        }
        ids.sort_unstable();
        ids.dedup();
        self.actors(&ids)
    }

    /// How sign-in stands with an account.
    pub fn lockout(&self, person: &str) -> Result<Lockout> {
        let found = self.db.first(
            "select failures, locked_until from person where county = $1 and person = $2",
            params![self.county, person],
            |row| Ok(Lockout { failures: row.count(0)?, until: instant(row, 1)? }),
        )?;
        found.ok_or_else(|| StoreError::Missing(format!("人员 {person}")))
    }

    /// The session of a token. How long it may last and lie idle is the desk's rule.
    pub fn session(&self, token: &str) -> Result<Option<Session>> {
        self.db.first(
            "select person, created, seen, acting from session where county = $1 and token = $2",
            params![self.county, sm3_hex(token.as_bytes())],
            |row| {
                Ok(Session {
                    person: row.text(0)?,
                    created: row.instant(1)?,
                    seen: row.instant(2)?,
                    acting: row.maybe(3)?.map(OrganPath::from),
                })
            },
        )
    }

    /// Who holds a credential with this number, and from when to when. 证件查验
    pub fn credential(&self, name: &str, number: &str) -> Result<Vec<(CaseId, PersonId, Held)>> {
        self.db.query(
            "select case_id, person, name, number, from_date, until_date from credential
             where county = $1 and name = $2 and number = $3 order by from_date",
            params![self.county, name, number],
            |row| Ok((row.text(0)?, row.text(1)?, held(row, 2)?)),
        )
    }
}

impl Tx<'_> {
    /// Adds an organ or changes it.
    pub fn put_organ(&self, organ: &Organ) -> Result<()> {
        self.db.exec(
            "delete from organ where county = $1 and path = $2",
            params![self.county, &organ.path],
        )?;
        self.db.insert(
            "organ (county, path, name, short, kind, from_date, to_date)",
            &[params![
                self.county,
                &organ.path,
                &organ.name,
                &organ.short,
                &organ.kind,
                organ.from,
                organ.to
            ]
            .to_vec()],
        )
    }

    /// Adds an account, or changes it; its sign-in failures stay.
    pub fn put_person(&self, person: &Person) -> Result<()> {
        let secret = person.secret.as_deref();
        let changed = self.db.exec(
            "update person set name = $3, login = $4, password = $5, secret = $6, must_change = $7,
             closed = $8 where county = $1 and person = $2",
            params![
                self.county,
                &person.id,
                &person.name,
                person.login.as_ref(),
                &person.password,
                secret,
                person.must_change,
                person.closed
            ],
        )?;
        if changed == 0 {
            self.db.exec(
                "insert into person (county, person, name, login, password, secret, must_change,
                 closed, failures) values ($1,$2,$3,$4,$5,$6,$7,$8,0)",
                params![
                    self.county,
                    &person.id,
                    &person.name,
                    person.login.as_ref(),
                    &person.password,
                    secret,
                    person.must_change,
                    person.closed
                ],
            )?;
        }
        Ok(())
    }

    /// Gives a post, or changes the last day and the stand-in of one that began the same day.
    pub fn put_post(&self, person: &str, post: &Post) -> Result<()> {
        self.db.exec(
            "delete from post where county = $1 and person = $2 and role = $3 and organ = $4
             and from_date = $5",
            params![self.county, person, &post.role, &post.organ, post.from],
        )?;
        self.db.insert(
            "post (county, person, role, organ, from_date, to_date, substitute_for)",
            &[params![
                self.county,
                person,
                &post.role,
                &post.organ,
                post.from,
                post.to,
                post.substitute_for.as_ref()
            ]
            .to_vec()],
        )
    }

    /// Counts a wrong password and, where the desk says so, locks the account.
    pub fn sign_in_failed(&self, person: &str, lock_until: Option<Timestamp>) -> Result<()> {
        self.db.exec(
            "update person set failures = failures + 1, locked_until = coalesce($3, locked_until)
             where county = $1 and person = $2",
            params![self.county, person, lock_until],
        )?;
        Ok(())
    }

    /// Forgets wrong passwords.
    pub fn sign_in_cleared(&self, person: &str) -> Result<()> {
        self.db.exec(
            "update person set failures = 0, locked_until = null
             where county = $1 and person = $2",
            params![self.county, person],
        )?;
        Ok(())
    }

    /// Begins a session; only a digest of the token is kept.
    pub fn open_session(&self, token: &str, person: &str, at: Timestamp) -> Result<()> {
        self.db.insert(
            "session (county, token, person, created, seen)",
            &[params![self.county, sm3_hex(token.as_bytes()), person, at, at].to_vec()],
        )
    }

    /// Notes that a session was used, and from which organ's post the person acts.
    pub fn touch_session(
        &self,
        token: &str,
        at: Timestamp,
        acting: Option<&OrganPath>,
    ) -> Result<()> {
        self.db.exec(
            "update session set seen = $3, acting = $4 where county = $1 and token = $2",
            params![self.county, sm3_hex(token.as_bytes()), at, acting],
        )?;
        Ok(())
    }

    /// Ends a session.
    pub fn close_session(&self, token: &str) -> Result<()> {
        self.db.exec(
            "delete from session where county = $1 and token = $2",
            params![self.county, sm3_hex(token.as_bytes())],
        )?;
        Ok(())
    }

    /// Ends every session of a person: password changed, account closed.
    pub fn close_sessions(&self, person: &str) -> Result<()> {
        self.db.exec(
            "delete from session where county = $1 and person = $2",
            params![self.county, person],
        )?;
        Ok(())
    }

    /// Ends the sessions that nobody has used since then.
    pub fn expire_sessions(&self, unused_since: Timestamp) -> Result<u64> {
        self.db.exec(
            "delete from session where county = $1 and seen < $2",
            params![self.county, unused_since],
        )
    }
}

/// The paths of an organ and of every organ above it.
pub(crate) fn above(organ: &OrganPath) -> Vec<OrganPath> {
    std::iter::successors(Some(organ.clone()), OrganPath::parent).collect()
}

/// Where the paths below an organ begin and end in byte order: `a/b/` up to `a/b0`.
pub(crate) fn subtree(organ: &OrganPath) -> (String, String) {
    (format!("{organ}/"), format!("{organ}0")) // `0` follows `/`.
}

fn organ(row: &Row) -> Result<Organ> {
    Ok(Organ {
        path: row.text(0)?.into(),
        name: row.text(1)?,
        short: row.text(2)?,
        kind: row.text(3)?.into(),
        from: row.date(4)?,
        to: row.maybe_date(5)?,
    })
}

fn person(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.text(0)?,
        name: row.text(1)?,
        login: row.maybe(2)?,
        password: row.text(3)?,
        secret: row.maybe_bytes(4)?,
        must_change: row.yes(5)?,
        closed: instant(row, 6)?,
    })
}

fn post(row: &Row, at: usize) -> Result<Post> {
    Ok(Post {
        role: row.text(at)?.into(),
        organ: row.text(at + 1)?.into(),
        from: row.date(at + 2)?,
        to: row.maybe_date(at + 3)?,
        substitute_for: row.maybe(at + 4)?,
    })
}

fn held(row: &Row, at: usize) -> Result<Held> {
    Ok(Held {
        name: row.text(at)?,
        number: row.text(at + 1)?,
        from: row.date(at + 2)?,
        until: row.maybe_date(at + 3)?,
    })
}

fn instant(row: &Row, column: usize) -> Result<Option<Timestamp>> {
    match row.maybe(column)? {
        Some(_) => row.instant(column).map(Some),
        None => Ok(None),
    }
}
