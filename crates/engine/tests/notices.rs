//! 公示不露名: what a notice shows of a masked party is never the plain name.

use engine::{document, scenario, show::NoNames};
use law::{
    Law, source,
    value::{PartyKind, Value},
};

#[test]
fn no_notice_names_a_citizen() {
    let (law, _) = Law::parse(&source::embedded());
    let calendar = &law.calendar;
    let mut seen = 0;
    for procedure in law.newest() {
        for story in &procedure.scenarios {
            let Some(case) = scenario::run(procedure, story, calendar).case else { continue };
            for notice in procedure.notices.values() {
                for field in notice.mask.keys() {
                    let Some(Value::Parties(parties)) = case.latest(field) else { continue };
                    let lines = document::notice(&case, notice, calendar, &NoNames);
                    for party in parties.iter().filter(|party| party.kind == PartyKind::Person) {
                        seen += 1;
                        assert!(
                            lines.iter().all(|line| !line.text.contains(&party.name)),
                            "{} {}《{}》：{lines:?}",
                            procedure.id,
                            notice.id,
                            story.name
                        );
                    }
                }
            }
        }
    }
    assert!(seen > 0, "没有一条公示有须隐去的当事人");
}
