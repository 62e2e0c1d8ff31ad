//! 配角: which people of the county play whom in a story.

use std::collections::{BTreeMap, BTreeSet};

use engine::actor::{Actor, OrganPath};
use jiff::civil::Date;
use law::{
    Id,
    procedure::{Procedure, Scope},
    scenario::Player,
};

use super::{dice::Dice, plays::Play};

/// Where a scenario's organs lie: the handling organ, unless it says otherwise.
const HANDLING: &str = "town";

/// Who plays whom, and where.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// Name in the story = person of the county.
    pub people: BTreeMap<String, String>,
    /// Organ in the story = organ of the county.
    pub organs: BTreeMap<String, OrganPath>,
}

/// The people and organs there are to choose from.
#[derive(Clone, Debug, Default)]
pub struct Company {
    /// Everybody, with posts and credentials.
    pub actors: Vec<Actor>,
    /// Every organ.
    pub organs: Vec<OrganPath>,
}

/// A story that cannot be cast in this county.
#[derive(Debug, thiserror::Error)]
#[error("“{play}”在{organ}演不了：没有合适的人演“{role}”")]
pub struct Miscast {
    /// The play.
    pub play: String,
    /// The organ it should be opened in.
    pub organ: String,
    /// The player nobody can be.
    pub role: String,
}

impl Company {
    /// The person with this id.
    pub fn actor(&self, id: &str) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.person == id)
    }

    /// Casts a story whose opening takes place in `organ`. `taken` are players already cast (the
    /// person for whom a certificate is issued, the people carried over from a parent case).
    pub fn cast(
        &self,
        play: &Play,
        organ: &OrganPath,
        taken: &BTreeMap<String, String>,
        on: Date,
        dice: &mut Dice,
    ) -> Result<Cast, Miscast> {
        let story = play.story();
        let opener = play.steps().next().and_then(|(_, step)| step.who.first());
        let anchor = opener.and_then(|name| story.given.get(name)).map_or(HANDLING, place);
        let mut places: BTreeSet<&str> = story
            .given
            .values()
            .filter(|player| !outside(&play.procedure, player))
            .map(place)
            .collect();
        places.insert(HANDLING);
        for (_, step) in play.steps() {
            for value in step.with.values() {
                if let law::value::Value::Organs(organs) = value {
                    places.extend(organs.iter().map(|path| relative(path)));
                }
            }
        }
        let mut cast = Cast { people: taken.clone(), organs: BTreeMap::new() };
        cast.organs.insert(anchor.to_owned(), organ.clone());
        places.remove(anchor);
        let places: Vec<&str> = places.into_iter().collect();
        let search = Search { company: self, play, anchor, organ, on };
        search.settle(&places, cast, dice)
    }

    /// Gives every player a person of his own, those with the fewest candidates first.
    fn players(
        &self,
        play: &Play,
        organ: &OrganPath,
        on: Date,
        dice: &mut Dice,
        cast: &mut Cast,
    ) -> Result<(), Miscast> {
        let mut open: Vec<(String, Vec<String>)> = Vec::new();
        for (name, player) in &play.story().given {
            if outside(&play.procedure, player) || cast.people.contains_key(name) {
                continue;
            }
            let at = &cast.organs[place(player)]; // Every player's place was settled above.
            let mut fit: Vec<String> =
                self.fit(play, player, at, on).map(|actor| actor.person.clone()).collect();
            if !fit.is_empty() {
                let turn = dice.below(fit.len());
                fit.rotate_left(turn);
            }
            // The organ's own people before those above it.
            fit.sort_by_key(|person| std::cmp::Reverse(self.nearness(person, player, at)));
            open.push((name.clone(), fit));
        }
        open.sort_by_key(|(_, fit)| fit.len());
        let used: BTreeSet<String> = cast.people.values().cloned().collect();
        match assign(&open, &used) {
            Ok(people) => {
                cast.people.extend(people);
                Ok(())
            }
            Err(name) => {
                let roles = play.story().given.get(&name).map(|player| player.roles.as_slice());
                let roles: Vec<&str> = roles.unwrap_or_default().iter().map(Id::as_str).collect();
                let role = format!("{name}（{}）", roles.join("、"));
                Err(Miscast { play: play.name(), organ: organ.to_string(), role })
            }
        }
    }

    /// Who could be this player in this organ.
    fn fit<'a>(
        &'a self,
        play: &'a Play,
        player: &'a Player,
        at: &'a OrganPath,
        on: Date,
    ) -> impl Iterator<Item = &'a Actor> {
        self.actors.iter().filter(move |actor| {
            player.roles.iter().all(|role| has_role(&play.procedure, actor, role, at, on))
                && player.hold.iter().all(|held| actor.holds(&held.name, on))
        })
    }

    /// How near to an organ the post lies in which somebody would play this player.
    fn nearness(&self, person: &str, player: &Player, at: &OrganPath) -> usize {
        let posts = self.actor(person).into_iter().flat_map(|actor| &actor.posts);
        let posts = posts.filter(|post| player.roles.contains(&post.role));
        posts.map(|post| shared(&post.organ, at)).max().unwrap_or(0)
    }

    /// Organs that stand to `organ` as the story's place stands to its anchor, nearest first.
    fn near(&self, anchor: &str, organ: &OrganPath, at: &str, dice: &mut Dice) -> Vec<OrganPath> {
        if is_above(at, anchor) {
            // As many steps up as in the story, then farther up, then nearer.
            let steps = if at == "county" { usize::MAX } else { depth(anchor) - depth(at) };
            let mut above: Vec<(usize, OrganPath)> =
                std::iter::successors(organ.parent(), OrganPath::parent)
                    .zip(1..)
                    .map(|(o, n)| (n, o))
                    .collect();
            above.sort_by_key(|(up, _)| (*up < steps.min(depth(organ.as_str()) - 1), *up));
            return above.into_iter().map(|(_, organ)| organ).collect();
        }
        let below = is_above(anchor, at);
        let mut near: Vec<OrganPath> = self
            .organs
            .iter()
            .filter(|other| *other != organ && (!below || organ.covers(other)))
            .cloned()
            .collect();
        if !near.is_empty() {
            let turn = dice.below(near.len());
            near.rotate_left(turn);
        }
        // Of the same house before those farther off.
        near.sort_by_key(|other| std::cmp::Reverse(shared(organ, other)));
        near
    }
}

/// Looks for organs for every place of a story, trying others where nobody fits.
struct Search<'a> {
    company: &'a Company,
    play: &'a Play,
    anchor: &'a str,
    organ: &'a OrganPath,
    on: Date,
}

/// So many organs are tried for each place before giving up.
const TRIED: usize = 12;

impl Search<'_> {
    fn settle(&self, places: &[&str], cast: Cast, dice: &mut Dice) -> Result<Cast, Miscast> {
        let Some((at, rest)) = places.split_first() else {
            let mut cast = cast;
            self.company.players(self.play, self.organ, self.on, dice, &mut cast)?;
            return Ok(cast);
        };
        let mut stuck = None;
        let near = self.company.near(self.anchor, self.organ, at, dice);
        let fit = near.into_iter().filter(|candidate| {
            !cast.organs.values().any(|used| used == candidate) && self.peopled(at, candidate)
        });
        for candidate in fit.take(TRIED) {
            let mut cast = cast.clone();
            cast.organs.insert((*at).to_owned(), candidate);
            match self.settle(rest, cast, dice) {
                Ok(cast) => return Ok(cast),
                Err(miscast) => stuck = Some(miscast),
            }
        }
        Err(stuck.unwrap_or_else(|| Miscast {
            play: self.play.name(),
            organ: self.organ.to_string(),
            role: (*at).to_owned(),
        }))
    }

    /// Whether every player of a place has somebody to be played by in an organ.
    fn peopled(&self, at: &str, organ: &OrganPath) -> bool {
        let players = self.play.story().given.values().filter(|player| place(player) == at);
        players
            .filter(|player| !outside(&self.play.procedure, player))
            .all(|player| self.company.fit(self.play, player, organ, self.on).next().is_some())
    }
}

fn assign(
    open: &[(String, Vec<String>)],
    used: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, String> {
    let Some(((name, fit), rest)) = open.split_first() else { return Ok(BTreeMap::new()) };
    let mut stuck = name.clone();
    for person in fit.iter().filter(|person| !used.contains(*person)) {
        let mut used = used.clone();
        used.insert(person.clone());
        match assign(rest, &used) {
            Ok(mut people) => {
                people.insert(name.clone(), person.clone());
                return Ok(people);
            }
            Err(other) => stuck = other,
        }
    }
    Err(stuck)
}

fn has_role(procedure: &Procedure, actor: &Actor, role: &Id, at: &OrganPath, on: Date) -> bool {
    let scope = procedure.roles.get(role).map_or(Scope::Org, |role| role.scope);
    actor.posts.iter().filter(|post| post.role == *role && post.on(on)).any(|post| match scope {
        Scope::Org => post.organ == *at,
        Scope::Subtree | Scope::Origin => post.organ.covers(at),
        Scope::Case => post.organ.covers(at) || at.covers(&post.organ),
    })
}

/// A player who comes from outside is a party, not somebody with a post.
pub(super) fn outside(procedure: &Procedure, player: &Player) -> bool {
    player.roles.iter().any(|role| procedure.roles.get(role).is_some_and(|role| role.outside))
}

fn place(player: &Player) -> &str {
    relative(&player.organ)
}

/// An organ as scenarios write it, without the county in front.
pub(super) fn relative(path: &str) -> &str {
    if path.is_empty() { HANDLING } else { path.strip_prefix("county/").unwrap_or(path) }
}

fn depth(path: &str) -> usize {
    path.split('/').count()
}

fn is_above(above: &str, below: &str) -> bool {
    above == "county" && below != "county"
        || below.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

fn shared(one: &OrganPath, other: &OrganPath) -> usize {
    one.as_str().split('/').zip(other.as_str().split('/')).take_while(|(a, b)| a == b).count()
}
