//! 流程图: stages as boxes from top to bottom, the acts that lead from one to the next as arrows.
//!
//! Arrows that pass over a row or go back run beside the boxes; acts that stay in a stage are
//! written inside its box.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use law::{
    Id,
    procedure::{LINKED, Procedure, START, Target},
};

const WIDTH: i32 = 210;
const GAP: i32 = 56;
const ROW_GAP: i32 = 74;
const LINE: i32 = 19;
const HEAD: i32 = 40;
const MARGIN: i32 = 12;
const LANE: i32 = 26;

/// The diagram of one procedure.
#[derive(Template)]
#[template(path = "parts/flow.html")]
pub struct Flow {
    title: String,
    width: i32,
    height: i32,
    nodes: Vec<Drawn>,
    arrows: Vec<Arrow>,
    anywhere: Vec<String>,
}

impl HtmlSafe for Flow {}

struct Drawn {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    middle: i32,
    base: i32,
    class: &'static str,
    name: String,
    lines: Vec<(i32, String)>,
}

struct Arrow {
    path: String,
    back: bool,
    labels: Vec<Label>,
}

struct Label {
    x: i32,
    y: i32,
    text: String,
}

struct Node {
    id: Id,
    row: usize,
    column: usize,
    inside: Vec<String>,
}

/// Draws the diagram.
pub fn draw(procedure: &Procedure) -> Flow {
    let edges = edges(procedure);
    let mut nodes = rank(procedure, &edges);
    for node in &mut nodes {
        node.inside = inside(procedure, &node.id);
    }
    place(procedure, nodes, edges)
}

/// Names of the acts between two stages.
type Edges = BTreeMap<(Id, Id), Vec<String>>;

fn edges(procedure: &Procedure) -> Edges {
    let mut edges = Edges::new();
    for act in procedure.acts.values() {
        let targets: Vec<&Id> = match &act.to {
            None => continue,
            Some(Target::Always(stage)) => vec![stage],
            Some(Target::When(branches)) => branches.iter().map(|(_, stage)| stage).collect(),
        };
        for from in act.from.iter().filter(|from| **from != "*") {
            for to in targets.iter().filter(|to| **to != from) {
                let names = edges.entry((from.clone(), (*to).clone())).or_default();
                if !names.contains(&act.name) {
                    names.push(act.name.clone());
                }
            }
        }
    }
    edges
}

/// Rows by the shortest way from the start; stages nobody reaches come last.
fn rank(procedure: &Procedure, edges: &Edges) -> Vec<Node> {
    let mut rows: Vec<Vec<Id>> = vec![vec![Id::from(START)]];
    let mut seen = rows[0].clone();
    while let Some(above) = rows.last().filter(|row| !row.is_empty()) {
        let mut next: Vec<Id> = Vec::new();
        for from in above {
            // In the order of the file, so that the usual way stays to the left.
            for stage in procedure.stages.keys() {
                if edges.contains_key(&(from.clone(), stage.clone())) && !seen.contains(stage) {
                    seen.push(stage.clone());
                    next.push(stage.clone());
                }
            }
        }
        rows.push(next);
    }
    rows.pop();
    let rest: Vec<Id> = procedure.stages.keys().filter(|stage| !seen.contains(stage)).cloned().collect();
    rows.push(rest);
    let mut nodes = Vec::new();
    for (row, ids) in rows.into_iter().enumerate() {
        for (column, id) in ids.into_iter().enumerate() {
            nodes.push(Node { id, row, column, inside: Vec::new() });
        }
    }
    nodes
}

/// Acts that are done in a stage and stay in it.
fn inside(procedure: &Procedure, stage: &Id) -> Vec<String> {
    let stays = procedure.acts.values().filter(|act| act.to.is_none() && act.from.contains(stage));
    let mut names: Vec<String> = stays.filter(|act| !act.by.iter().all(|role| role == LINKED)).map(|act| act.name.clone()).collect();
    if names.len() > 6 {
        let more = names.len() - 5;
        names.truncate(5);
        names.push(format!("另有 {more} 项"));
    }
    names
}

fn place(procedure: &Procedure, nodes: Vec<Node>, edges: Edges) -> Flow {
    let rows = nodes.iter().map(|node| node.row).max().unwrap_or(0) + 1;
    let widest = (0..rows).map(|row| nodes.iter().filter(|node| node.row == row).count()).max().unwrap_or(1);
    let inner = widest as i32 * (WIDTH + GAP) - GAP;
    let tall = |node: &Node| {
        if node.id == START { 34 } else { HEAD + node.inside.len() as i32 * LINE + if node.inside.is_empty() { 0 } else { 8 } }
    };
    // The space above a row grows with the longest label that stands in it.
    let labels = |row: usize| {
        let into = edges.iter().filter(|((from, to), _)| {
            let find = |id: &Id| nodes.iter().find(|node| node.id == *id).map(|node| node.row);
            find(to) == Some(row) && find(from).is_some_and(|above| above + 1 == row)
        });
        into.map(|(_, names)| names.len().min(4) as i32).max().unwrap_or(0)
    };
    let (mut tops, mut y) = (Vec::new(), MARGIN);
    for row in 0..rows {
        if row > 0 {
            y += (ROW_GAP - LINE).max(28 + labels(row) * LINE);
        }
        tops.push(y);
        y += nodes.iter().filter(|node| node.row == row).map(tall).max().unwrap_or(0);
    }
    let mut drawn: BTreeMap<Id, Drawn> = BTreeMap::new();
    for node in &nodes {
        let count = nodes.iter().filter(|other| other.row == node.row).count() as i32;
        let left = MARGIN + (inner - (count * (WIDTH + GAP) - GAP)) / 2;
        let (width, shift) = if node.id == START { (110, (WIDTH - 110) / 2) } else { (WIDTH, 0) };
        let x = left + node.column as i32 * (WIDTH + GAP) + shift;
        let y = tops[node.row];
        let stage = procedure.stages.get(&node.id);
        let class = match stage {
            None => "start",
            Some(stage) if stage.end => "end",
            Some(_) => "stage",
        };
        let name = stage.map_or_else(|| "开始".to_owned(), |stage| stage.name.clone());
        let lines = node
            .inside
            .iter()
            .enumerate()
            .map(|(index, name)| (y + HEAD + 12 + index as i32 * LINE, name.clone()))
            .collect();
        let drawing = Drawn { x, y, width, height: tall(node), middle: x + width / 2, base: y + if node.id == START { 23 } else { 26 }, class, name, lines };
        drawn.insert(node.id.clone(), drawing);
    }
    let mut lanes = 0;
    let right = MARGIN + inner;
    let row_of = |id: &Id| nodes.iter().find(|node| node.id == *id).map(|node| node.row);
    let mut arrows = Vec::new();
    let mut widest_label = 0;
    for ((from, to), names) in &edges {
        let (Some(a), Some(b)) = (drawn.get(from), drawn.get(to)) else { continue };
        let shown = shown(names);
        if row_of(to) == row_of(from).map(|row| row + 1) {
            let (x1, y1, x2, y2) = (a.middle, a.y + a.height, b.middle, b.y);
            let bend = y2 - 16 - shown.len() as i32 * LINE;
            let path = if x1 == x2 {
                format!("M{x1} {y1}V{}", y2 - 2)
            } else {
                format!("M{x1} {y1}C{x1} {bend} {x2} {} {x2} {}", y1 + 6, y2 - 2)
            };
            let first = y2 - 10 - (shown.len() as i32 - 1) * LINE;
            let labels = shown.into_iter().enumerate();
            let labels = labels.map(|(index, text)| Label { x: x2 + 8, y: first + index as i32 * LINE, text }).collect();
            arrows.push(Arrow { path, back: false, labels });
        } else {
            lanes += 1;
            let lane = right + lanes * LANE;
            let aside = 10 + (lanes % 2) * 6;
            let (x1, y1) = (a.x + a.width, a.y + aside);
            // Within a row the way back comes in lower than it went out.
            let level = a.y == b.y;
            let (x2, y2) = (b.x + b.width + 2, b.y + if level { b.height - 8 } else { aside + 8 });
            let turn = if y2 > y1 { 8 } else { -8 };
            let path = format!(
                "M{x1} {y1}H{}Q{lane} {y1} {lane} {}V{}Q{lane} {y2} {} {y2}H{x2}",
                lane - 8,
                y1 + turn,
                y2 - turn,
                lane - 8
            );
            let text = shown.join("、");
            widest_label = widest_label.max(text.chars().count() as i32 * 13);
            let back = row_of(to) <= row_of(from);
            arrows.push(Arrow { path, back, labels: vec![Label { x: lane + 5, y: (y1 + y2) / 2 + (lanes % 4) * 16 - 24, text }] });
        }
    }
    let anywhere = procedure
        .acts
        .values()
        .filter(|act| act.from.iter().any(|from| from == "*"))
        .map(|act| match &act.to {
            Some(Target::Always(stage)) => {
                let name = procedure.stages.get(stage).map_or(stage.as_str(), |stage| stage.name.as_str());
                format!("{}（进入“{name}”）", act.name)
            }
            _ => act.name.clone(),
        })
        .collect();
    let lanes_width = if lanes == 0 { 60 } else { lanes * LANE + widest_label.min(260) + 16 };
    Flow {
        title: format!("{}流程图", procedure.name),
        width: right + lanes_width.max(60),
        height: y + MARGIN,
        nodes: drawn.into_values().collect(),
        arrows,
        anywhere,
    }
}

/// At most four lines.
fn shown(names: &[String]) -> Vec<String> {
    if names.len() <= 4 {
        return names.to_vec();
    }
    let mut shown = names[..3].to_vec();
    shown.push(format!("等 {} 项", names.len()));
    shown
}
