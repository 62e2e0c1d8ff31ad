//! 流程图 drawn: stages as boxes from top to bottom, the acts that lead from one to the next as
//! arrows.
//!
//! Arrows that pass over a layer or go back run beside the boxes; acts that stay in a stage are
//! written inside its box.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use law::{
    Id,
    procedure::{Procedure, START, Target},
    wall::{self, Station, Way},
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

/// Draws the diagram.
pub fn draw(procedure: &Procedure) -> Flow {
    let flow = wall::flow(procedure);
    place(procedure, &flow)
}

/// What is written inside a stage: the acts done there, not more than fit.
fn inside(station: &Station) -> Vec<String> {
    let mut names: Vec<String> = station.stays.iter().map(|(_, name)| name.clone()).collect();
    if names.len() > 6 {
        let more = names.len() - 5;
        names.truncate(5);
        names.push(format!("另有 {more} 项"));
    }
    names
}

fn place(procedure: &Procedure, flow: &wall::Flow) -> Flow {
    let stations = &flow.stations;
    let inner = flow.rows.max(1) as i32 * (WIDTH + GAP) - GAP;
    let layer_of = |id: &Id| stations.iter().find(|one| one.id == *id).map(|one| one.layer);
    let next = |way: &Way| layer_of(&way.to) == layer_of(&way.from).map(|layer| layer + 1);
    let tall = |station: &Station| {
        let lines = inside(station).len() as i32;
        if station.id == START { 34 } else { HEAD + lines * LINE + if lines == 0 { 0 } else { 8 } }
    };
    // The space above a layer grows with the longest label that stands in it.
    let labels = |layer: usize| {
        let into = flow.ways.iter().filter(|way| next(way) && layer_of(&way.to) == Some(layer));
        into.map(|way| way.acts.len().min(4) as i32).max().unwrap_or(0)
    };
    let (mut tops, mut y) = (Vec::new(), MARGIN);
    for layer in 0..flow.layers {
        if layer > 0 {
            y += (ROW_GAP - LINE).max(28 + labels(layer) * LINE);
        }
        tops.push(y);
        y += stations.iter().filter(|one| one.layer == layer).map(tall).max().unwrap_or(0);
    }
    let mut drawn: BTreeMap<Id, Drawn> = BTreeMap::new();
    for station in stations {
        let count = stations.iter().filter(|other| other.layer == station.layer).count() as i32;
        let left = MARGIN + (inner - (count * (WIDTH + GAP) - GAP)) / 2;
        let start = station.id == START;
        let (width, shift) = if start { (110, (WIDTH - 110) / 2) } else { (WIDTH, 0) };
        let x = left + station.row as i32 * (WIDTH + GAP) + shift;
        let y = tops[station.layer];
        let class = match (start, station.end) {
            (true, _) => "start",
            (_, true) => "end",
            _ => "stage",
        };
        let lines = inside(station).into_iter().enumerate();
        let lines =
            lines.map(|(index, name)| (y + HEAD + 12 + index as i32 * LINE, name)).collect();
        let drawing = Drawn {
            x,
            y,
            width,
            height: tall(station),
            middle: x + width / 2,
            base: y + if start { 23 } else { 26 },
            class,
            name: station.name.clone(),
            lines,
        };
        drawn.insert(station.id.clone(), drawing);
    }
    let mut lanes = 0;
    let right = MARGIN + inner;
    let mut arrows = Vec::new();
    let mut widest_label = 0;
    for way in &flow.ways {
        let (Some(a), Some(b)) = (drawn.get(&way.from), drawn.get(&way.to)) else { continue };
        let names: Vec<String> = way.acts.iter().map(|(_, name)| name.clone()).collect();
        let shown = shown(&names);
        if next(way) {
            let (x1, y1, x2, y2) = (a.middle, a.y + a.height, b.middle, b.y);
            let bend = y2 - 16 - shown.len() as i32 * LINE;
            let path = if x1 == x2 {
                format!("M{x1} {y1}V{}", y2 - 2)
            } else {
                format!("M{x1} {y1}C{x1} {bend} {x2} {} {x2} {}", y1 + 6, y2 - 2)
            };
            let first = y2 - 10 - (shown.len() as i32 - 1) * LINE;
            let labels = shown.into_iter().enumerate();
            let labels = labels
                .map(|(index, text)| Label { x: x2 + 8, y: first + index as i32 * LINE, text })
                .collect();
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
            arrows.push(Arrow {
                path,
                back: way.back,
                labels: vec![Label { x: lane + 5, y: (y1 + y2) / 2 + (lanes % 4) * 16 - 24, text }],
            });
        }
    }
    let anywhere = procedure
        .acts
        .values()
        .filter(|act| act.from.iter().any(|from| from == "*"))
        .map(|act| match &act.to {
            Some(Target::Always(stage)) => {
                let name =
                    procedure.stages.get(stage).map_or(stage.as_str(), |stage| stage.name.as_str());
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
