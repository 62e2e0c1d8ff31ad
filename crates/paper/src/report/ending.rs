//! 落款和附表: who signs, the figures beside those of the year before, and the period they are of.

use engine::{
    figure::{Figure, Value, change},
    show,
};
use law::{Id, indicator::Span};

use super::{Of, Writer};
use crate::model::{Block, Run, Table};

impl Writer<'_> {
    pub(super) fn end(&mut self) {
        let table = self.comparison();
        let name = format!("{}年主要指标对照表", self.sources.year);
        if table.is_some() {
            self.blocks.push(Block::Attachments(vec![name.clone()]));
        }
        let signed = self.sources.signed.map_or("　　年　月　日".into(), show::date);
        let organs = self.sources.organ.lines().map(String::from);
        self.blocks.push(Block::Closing(organs.chain([signed]).collect()));
        if let Some(table) = table {
            self.blocks.push(Block::Annex { label: "附件".into(), title: name });
            self.blocks.push(Block::Table(table));
            let Span { from, to } = self.sources.span;
            self.blocks.push(Block::paragraph(format!(
                "注：统计期间为{}至{}，数据取自办理台账。",
                show::date(from),
                show::date(to)
            )));
        }
    }

    /// Every figure the report prints, exact to the 分, with last year's and how it was worked out.
    fn comparison(&self) -> Option<Table> {
        let row = |key: &Id| {
            let figure = *self.figures.get(key.as_str())?;
            let changed = figure.before.and_then(|before| change(figure.value, before));
            let changed = changed.unwrap_or("—".into());
            Some(vec![
                vec![Run::plain(figure.name.as_str())],
                vec![self.exact(figure, figure.value, Of::This)],
                match figure.before {
                    Some(before) if before.working().is_none() || !before.is_empty() => {
                        vec![self.exact(figure, before, Of::Last)]
                    }
                    _ => vec![Run::plain("—")],
                },
                vec![Run::plain(changed.trim_start_matches("同比"))],
            ])
        };
        let rows: Vec<_> = self.used.iter().filter_map(row).collect();
        let head = ["指标", "本年", "上年", "同比"].map(String::from).to_vec();
        (!rows.is_empty()).then_some(Table { head, rows })
    }

    fn exact(&self, figure: &Figure, value: Value, of: Of) -> Run {
        Run::link(value.to_string(), (self.sources.list)(figure, of))
    }
}
