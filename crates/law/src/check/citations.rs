//! 02 Citations: the law is listed, in force, and has such an article.

use jiff::civil::Date;

use super::Checker;
use crate::{
    citation::{Basis, mentions},
    diagnostic::{Diagnostic, nearest},
    statute::{CitationFault, FaultKind, Resolution},
};

impl<'a> Checker<'a> {
    pub(super) fn citations(&mut self) {
        self.laws();
        for (basis, name) in self.bases() {
            let name: Vec<&str> = name.iter().map(String::as_str).collect();
            self.basis(basis, &name);
        }
        self.uncited();
    }

    /// Every basis of the definition and where it stands.
    fn bases(&self) -> Vec<(&'a Basis, Vec<String>)> {
        let p = self.procedure;
        let mut all: Vec<(&'a Basis, Vec<String>)> = Vec::new();
        let mut add = |basis: &'a Basis, name: &[&str]| {
            all.push((basis, name.iter().map(|part| (*part).to_owned()).collect()));
        };
        add(&p.days.basis, &["days", "basis"]);
        for finding in p.findings.values() {
            add(&finding.basis, &["finding", &finding.id, "basis"]);
        }
        for act in p.acts.values().filter(|act| !act.made) {
            add(&act.basis, &["act", &act.id, "basis"]);
            for require in act.require.values() {
                if let Some(basis) = &require.basis {
                    add(basis, &["act", &act.id, "require", &require.id, "basis"]);
                }
            }
        }
        for deadline in p.deadlines.values() {
            add(&deadline.basis, &["deadline", &deadline.id, "basis"]);
            for (at, pause) in deadline.pause.iter().enumerate() {
                if let Some(basis) = &pause.basis {
                    add(basis, &["deadline", &deadline.id, "pause", &at.to_string(), "basis"]);
                }
            }
        }
        for document in p.documents.values() {
            if let Some(basis) = &document.basis {
                add(basis, &["document", &document.id, "basis"]);
            }
        }
        for indicator in p.indicators.values() {
            if let Some(basis) = &indicator.basis {
                add(basis, &["indicator", &indicator.id, "basis"]);
            }
        }
        for param in p.params.values() {
            if let Some((_, basis)) = &param.value {
                add(basis, &["param", &param.id, "basis"]);
            }
        }
        if let Some(credential) = &p.credential {
            add(&credential.basis, &["credential", "basis"]);
        }
        for transition in &p.transitions {
            add(&transition.basis, &["transition", &transition.version, "basis"]);
        }
        all
    }

    /// Every law listed is known, and in force when the duty takes effect.
    fn laws(&mut self) {
        let on = self.procedure.effective;
        for (title, law) in &self.procedure.laws {
            let name = ["law", title.as_str()];
            if law.from > on {
                let message = format!("{title}从 {} 起依据，晚于本程序施行日 {on}", law.from);
                let fault = self.error("E0207", &name, message);
                self.add(fault.instead("改 from，或者改 [procedure] 的 effective"));
            }
            if let Some(to) = law.to.filter(|to| *to <= on) {
                let message = format!("{title}只依据到 {to}，本程序 {on} 才施行");
                let fault = self.error("E0207", &name, message);
                self.add(fault.instead("改 to，或者不再引用"));
            }
            let explained = law.full.is_some() || law.rank.is_some();
            if let Resolution::Unknown { nearest } = self.statutes.resolve(title, on)
                && !explained
            {
                let fault = self.advice("E0204", &name, format!("法规库没有收录“{title}”"));
                self.add(match nearest {
                    Some(near) => fault.instead(format!("是不是“{near}”？不是的，加 rank 和 full")),
                    None => {
                        fault.instead("加 rank = \"地方性法规\"、full = \"全称和文号\"，以便核对")
                    }
                });
            }
        }
    }

    fn basis(&mut self, basis: &Basis, name: &[&str]) {
        for mention in mentions(&basis.text) {
            let title = &mention.citation.title;
            let Some(listed) = self.listed(title) else {
                let fault = self.at_text(
                    "E0201",
                    name,
                    title,
                    format!("引用了《{title}》，但 [law] 里没有登记"),
                );
                let known = self.procedure.laws.keys().map(String::as_str);
                let near = nearest(title, known);
                self.add(match near {
                    Some(near) => fault.instead(format!("是不是《{near}》？")),
                    None => {
                        fault.instead(format!("在 [law] 里加一行：\"{title}\" = {{ from = … }}"))
                    }
                });
                continue;
            };
            let explained = listed.rank.is_some() || listed.full.is_some();
            for day in self.days_of_reliance() {
                let wrong = self.statutes.check(&mention.citation, day);
                let wrong = wrong
                    .into_iter()
                    .filter(|fault| fault.kind != FaultKind::Unknown || !explained);
                let wrong: Vec<CitationFault> =
                    wrong.filter(|fault| fault.kind != FaultKind::Unknown).collect();
                if let Some(first) = wrong.first() {
                    let fault = self.cited_wrongly(name, title, first);
                    self.add(fault);
                    break;
                }
            }
        }
    }

    /// The day the duty takes effect; for the newest edition also the day the list of laws is
    /// complete to, so that a repeal since then is noticed.
    fn days_of_reliance(&self) -> Vec<Date> {
        let on = self.procedure.effective;
        let editions = self.duties.get(&self.procedure.id).map(Vec::as_slice).unwrap_or_default();
        let newest = editions.iter().all(|other| other.effective <= on);
        let complete = self.statutes.iter().filter_map(|statute| statute.complete_to).max();
        let now = complete.filter(|now| newest && *now > on);
        [on].into_iter().chain(now).collect()
    }

    fn cited_wrongly(&self, name: &[&str], title: &str, wrong: &CitationFault) -> Diagnostic {
        let code = match wrong.kind {
            FaultKind::NoSuchArticle => "E0203",
            _ => "E0202",
        };
        let mut fault = self.at_text(code, name, title, wrong.message.clone());
        if !wrong.checked {
            fault.severity = crate::diagnostic::Severity::Warning;
            fault = fault.why("法规库的这一项还没有对照正式文本，请人工核对");
        }
        match &wrong.instead {
            Some(instead) => fault.instead(instead.clone()),
            None => fault.instead("对照现行文本改正"),
        }
    }

    /// The entry of [law] that a title stands for.
    fn listed(&self, title: &str) -> Option<&crate::procedure::LawUse> {
        let laws = &self.procedure.laws;
        if let Some(law) = laws.get(title) {
            return Some(law);
        }
        let bare = |title: &str| title.trim_start_matches("中华人民共和国").to_owned();
        if let Some((_, law)) = laws.iter().find(|(key, _)| bare(key) == bare(title)) {
            return Some(law);
        }
        let on = self.procedure.effective;
        let full = |title: &str| match self.statutes.resolve(title, on) {
            Resolution::InForce { statute, .. }
            | Resolution::Repealed { statute, .. }
            | Resolution::NotYet { statute, .. } => Some(&*statute.title),
            Resolution::Unknown { .. } => None,
        };
        let wanted = full(title)?;
        laws.iter().find(|(key, _)| full(key) == Some(wanted)).map(|(_, law)| law)
    }

    /// Laws that are listed and never cited.
    fn uncited(&mut self) {
        let bases = self.bases();
        let texts: Vec<&str> = bases.iter().map(|(basis, _)| basis.text.as_str()).collect();
        let unused: Vec<String> = self
            .procedure
            .laws
            .keys()
            .filter(|title| {
                let law = &self.procedure.laws[*title];
                let cited = |text: &&str| {
                    text.contains(title.as_str())
                        || mentions(text).iter().any(|mention| {
                            self.listed(&mention.citation.title)
                                .is_some_and(|found| std::ptr::eq(found, law))
                        })
                };
                !texts.iter().any(cited)
            })
            .cloned()
            .collect();
        for title in unused {
            let fault =
                self.advice("E0206", &["law", &title], format!("登记了“{title}”，但没有一处引用"));
            self.add(fault.instead("删去这一行，或者在 basis 里引用"));
        }
    }

    /// An error at a text inside a value; at the whole value where the text is not found.
    fn at_text(
        &self,
        code: &'static str,
        name: &[&str],
        text: &str,
        message: String,
    ) -> Diagnostic {
        let mut fault = self.error(code, name, message);
        let raw = self.definition.file.text.get(fault.span.clone()).unwrap_or_default();
        if let Some(at) = raw.find(text) {
            let start = fault.span.start + at;
            fault.span = start..start + text.len();
        }
        fault
    }
}
