//! 08 Indicators: the numerator lies within the denominator, units are what is added up.

use super::Checker;
use crate::{
    expr::{Node, Type},
    indicator::{Count, Indicator, Unit},
};

impl Checker<'_> {
    pub(super) fn figures(&mut self) {
        for indicator in self.procedure.indicators.values() {
            self.unit(indicator);
            self.rate(indicator);
            self.occurrence(indicator);
        }
    }

    fn unit(&mut self, indicator: &Indicator) {
        let name = ["indicator", &*indicator.id, "unit"];
        let money = indicator.sum.as_ref().is_some_and(|sum| sum.ty == Type::Money);
        if money && indicator.unit != Unit::Yuan {
            let message =
                format!("“{}”加的是金额，单位却是{}", indicator.name, indicator.unit.name());
            let fault = self.error("E0806", &name, message);
            self.add(fault.instead("写 unit = \"元\""));
        }
        if indicator.unit == Unit::Yuan && !money {
            let message = format!("“{}”的单位是元，加的却不是金额", indicator.name);
            let fault = self.error("E0806", &name, message);
            self.add(fault.instead("写 sum = \"金额字段\"，或者改单位"));
        }
        let times = |unit| matches!(unit, Unit::Time | Unit::PersonTime | Unit::Session);
        let of_cases = |other: &&Indicator| other.count == Count::Cases && other.sum.is_none();
        let items = self
            .procedure
            .indicators
            .values()
            .filter(of_cases)
            .any(|other| other.unit == Unit::Item);
        if of_cases(&indicator) && times(indicator.unit) && items {
            let message = format!(
                "“{}”数的是案件，单位却是{}，别的指标又把案件叫件",
                indicator.name,
                indicator.unit.name()
            );
            let fault = self.error("E0807", &name, message);
            self.add(
                fault
                    .instead("数次数的写 count = \"act:行为\"；数案件的写 unit = \"件\"")
                    .why("件、次、人、人次不能混"),
            );
        }
    }

    fn rate(&mut self, indicator: &Indicator) {
        let Some(good) = &indicator.good else { return };
        if indicator.sum.is_some() {
            let message = format!("“{}”又求和又算比率", indicator.name);
            let fault = self.error("E0805", &["indicator", &indicator.id, "sum"], message);
            self.add(fault.instead("拆成两个指标"));
        }
        if indicator.among.as_ref().is_some_and(|among| among.node == good.node) {
            let message = format!("“{}”的分子就是分母，总是百分之百", indicator.name);
            let fault = self.error("E0804", &["indicator", &indicator.id, "good"], message);
            self.add(fault.instead("改 good 或者 among"));
        }
        // An on-time rate counts by the due date it speaks of, so that what was never done stays in
        // the denominator.
        let mut met = Vec::new();
        good.node.walk(&mut |node| {
            if let Node::Met(id) = node {
                met.push(id.clone());
            }
        });
        for deadline in met {
            let mut by_due = false;
            indicator.dated.node.walk(&mut |node| by_due |= *node == Node::Due(deadline.clone()));
            if !by_due {
                let message = format!("“{}”是按期率，却不按到期日归期", indicator.name);
                let fault = self.error("E0804", &["indicator", &indicator.id, "dated"], message);
                self.add(
                    fault
                        .instead(format!("写 dated = \"due('{deadline}')\""))
                        .why("按办结日归期，一直没办的不在分母里，按期率就虚高"),
                );
            }
        }
    }

    /// An indicator that counts occurrences is dated by that act.
    fn occurrence(&mut self, indicator: &Indicator) {
        let Count::Acts(act) = &indicator.count else {
            return;
        };
        if let Node::On(other) = &indicator.dated.node
            && other != act
        {
            let message = format!("“{}”数的是 {act}，却按 {other} 的日期归期", indicator.name);
            let fault = self.error("E0808", &["indicator", &indicator.id, "dated"], message);
            self.add(fault.instead(format!("写 dated = \"{act}.on\"")));
        }
    }
}
