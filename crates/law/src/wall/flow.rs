//! The stages of a duty as a diagram: which layer each stands in, and which acts lead on.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::{
    Id,
    procedure::{Procedure, START},
};

/// A diagram of stages. 流程图
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Stages, [`START`] first, in the order of the file.
    pub stations: Vec<Station>,
    /// Ways from stage to stage.
    pub ways: Vec<Way>,
    /// How many layers there are.
    pub layers: usize,
    /// How many stages stand in the fullest layer.
    pub rows: usize,
}

/// A stage in the diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// The stage.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Steps from the start: every way forward leads to a greater layer.
    pub layer: usize,
    /// Place within the layer, from 0.
    pub row: usize,
    /// The matter is finished here.
    pub end: bool,
    /// Acts that may be done here and lead nowhere else.
    pub stays: Vec<(Id, String)>,
}

/// Acts that lead from one stage to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// From.
    pub from: Id,
    /// To.
    pub to: Id,
    /// Ids and names of the acts.
    pub acts: Vec<(Id, String)>,
    /// Leads back to an earlier layer, or stays in the same.
    pub back: bool,
}

/// The diagram of a duty.
///
/// Stages are written in the order a matter walks through them; a way to a later stage is a way
/// forward, and a stage stands one layer after the last of those that lead to it.
pub fn flow(p: &Procedure) -> Flow {
    let start = Id::from(START);
    let order: Vec<&Id> = [&start].into_iter().chain(p.stages.keys()).collect();
    let rank: BTreeMap<&Id, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let ways = ways(p);

    let mut layers: BTreeMap<&Id, usize> = BTreeMap::from([(&start, 0)]);
    for id in &order {
        let from = layers.get(*id).copied().unwrap_or(0);
        layers.entry(id).or_insert(0);
        for (one, other) in ways.keys() {
            if one == *id && rank.get(other) > rank.get(one) {
                let layer = layers.entry(other).or_insert(0);
                *layer = (*layer).max(from + 1);
            }
        }
    }

    let rows = rows(&order, &layers, &ways);
    let station = |id: &&Id| Station {
        id: (*id).clone(),
        name: p.stages.get(*id).map_or_else(|| "开始".to_owned(), |stage| stage.name.clone()),
        layer: layers[*id],
        row: rows[*id],
        end: p.stages.get(*id).is_some_and(|stage| stage.end),
        stays: stays(p, id),
    };
    let stations: Vec<Station> = order.iter().map(station).collect();
    let way = |((from, to), acts): (&(Id, Id), &Vec<(Id, String)>)| Way {
        from: from.clone(),
        to: to.clone(),
        acts: acts.clone(),
        back: layers.get(to) <= layers.get(from),
    };
    let ways = ways.iter().map(way).collect();
    let depth = stations.iter().map(|one| one.layer + 1).max().unwrap_or(0);
    let width = stations.iter().map(|one| one.row + 1).max().unwrap_or(0);
    Flow { stations, ways, layers: depth, rows: width }
}

/// Ways between different known stages, in the order of the acts.
fn ways(p: &Procedure) -> IndexMap<(Id, Id), Vec<(Id, String)>> {
    let known = |id: &Id| *id == START || p.stages.contains_key(id);
    let mut ways: IndexMap<(Id, Id), Vec<(Id, String)>> = IndexMap::new();
    for act in p.acts.values() {
        for from in act.from.iter().filter(|from| known(from)) {
            for to in act.targets().into_iter().filter(|to| *to != from && known(to)) {
                let acts = ways.entry((from.clone(), to.clone())).or_default();
                let named = (act.id.clone(), act.name.clone());
                if !acts.contains(&named) {
                    acts.push(named);
                }
            }
        }
    }
    ways
}

fn stays(p: &Procedure, stage: &Id) -> Vec<(Id, String)> {
    let here = p.acts.values().filter(|act| act.from.contains(stage));
    let staying = here.filter(|act| act.targets().iter().all(|to| *to == stage));
    staying.map(|act| (act.id.clone(), act.name.clone())).collect()
}

/// Rows: each stage near the mean of those that lead to it, otherwise in the order of the file.
fn rows<'a>(
    order: &[&'a Id],
    layers: &BTreeMap<&'a Id, usize>,
    ways: &IndexMap<(Id, Id), Vec<(Id, String)>>,
) -> BTreeMap<&'a Id, usize> {
    let mut by_layer: BTreeMap<usize, Vec<&'a Id>> = BTreeMap::new();
    for id in order {
        by_layer.entry(layers[id]).or_default().push(id);
    }
    let mut rows: BTreeMap<&Id, usize> = BTreeMap::new();
    for stages in by_layer.values_mut() {
        // Twice the mean, so that halves stay whole numbers; the sort is stable.
        let wish = |id: &&Id| {
            let before =
                ways.keys().filter(|(_, to)| to == *id).filter_map(|(from, _)| rows.get(from));
            let before: Vec<usize> = before.copied().collect();
            if before.is_empty() { 0 } else { before.iter().sum::<usize>() * 2 / before.len() }
        };
        let mut wished: Vec<(usize, &Id)> = stages.iter().map(|id| (wish(id), *id)).collect();
        wished.sort_by_key(|(wish, _)| *wish);
        for (row, (_, id)) in wished.into_iter().enumerate() {
            rows.insert(id, row);
        }
    }
    rows
}
