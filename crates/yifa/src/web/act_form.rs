//! The form of one act: what it asks, whom it names, who acts along, on which day.

use askama::{Template, filters::HtmlSafe};
use engine::{
    action::{Action, Target},
    actor::{Actor, OrganPath},
    case::Case,
    refusal::Ground,
    show::Names,
};
use jiff::civil::Date;
use law::{
    Id,
    procedure::{Act, Procedure, Suggest},
    value::Value,
};
use store::Organ;

use super::{
    error::PageError,
    form::{
        answers,
        control::{Around, Control, Kind, Pick},
        filled::Filled,
        sniff,
    },
    session::SignedIn,
};
use crate::{
    exchange::seats::is_seat,
    office::{NameBook, Office},
    suggestion::{Matter, Proposal},
};

/// The form of one act.
#[derive(Template)]
#[template(path = "parts/act_form.html")]
pub struct ActForm {
    /// Where it is sent.
    pub action: String,
    /// Form token.
    pub token: String,
    /// The action's id: the same press sent twice is one action.
    pub id: String,
    /// How many entries the page had shown.
    pub seen: Option<u32>,
    /// What happened, where it was refused.
    pub refused: String,
    /// What was left out: the address on the page of each control, and its label.
    pub left_out: Vec<(String, String)>,
    /// Why else.
    pub grounds: Vec<String>,
    /// A word of help.
    pub about: String,
    /// Which organ handles a new case.
    pub organ: Option<Control>,
    /// What is filled in.
    pub controls: Vec<Control>,
    /// What the system fills in, as it is now.
    pub given: Vec<GivenLine>,
    /// Who is named for what.
    pub assign: Vec<Control>,
    /// Who acts along.
    pub team: Option<Control>,
    /// Business date.
    pub on: String,
    /// The last day it may be.
    pub today: String,
    /// Why it is recorded late.
    pub late: String,
    /// The button.
    pub submit: String,
    /// The article.
    pub basis: String,
    /// It carries files.
    pub files: bool,
    /// What may have been registered before has been looked at.
    pub looked: bool,
}

impl HtmlSafe for ActForm {}

/// Something the system fills in, as the form shows it.
pub struct GivenLine {
    /// What it is.
    pub name: String,
    /// What it is now.
    pub value: String,
    /// How it came about.
    pub about: String,
    /// The list behind it.
    pub url: Option<String>,
}

/// What a form is made from.
pub struct Making<'a> {
    /// Whose form it is.
    pub me: &'a SignedIn,
    /// Where rosters are looked up.
    pub office: &'a Office,
    /// The edition.
    pub procedure: &'a Procedure,
    /// The organ that handles the case, or will.
    pub organ: &'a OrganPath,
    /// The case, if it is open already.
    pub case: Option<&'a Case>,
    /// Everybody who may be named.
    pub people: &'a [Actor],
    /// The organs that can be named.
    pub organs: &'a [Organ],
    /// Names of organs and people.
    pub names: &'a NameBook,
    /// The day.
    pub today: Date,
}

impl Making<'_> {
    /// The form of an act, with what was typed before.
    pub fn form(
        &self,
        act: &Act,
        action: String,
        seen: Option<u32>,
        team: &[String],
        filled: &Filled,
    ) -> Result<ActForm, PageError> {
        let people = self.posts_of(|_| true);
        let organs: Vec<(String, String)> = self
            .organs
            .iter()
            .filter(|organ| organ.from <= self.today && organ.to.is_none_or(|to| self.today <= to))
            .map(|organ| (organ.path.to_string(), organ.name.clone()))
            .collect();
        let around = Around {
            people: &people,
            organs: &organs,
            indicators: self.names.indicators(),
            key: self.me.key(),
        };
        let controls: Vec<Control> = act
            .ask
            .iter()
            .filter_map(|ask| {
                let field = self.procedure.fields.get(&ask.field)?;
                if field.fill.is_some() {
                    return None;
                }
                Some(Control::of(self.procedure, field, ask.required, filled, &around))
            })
            .collect();
        let assign = act.assign.iter().map(|role| self.naming(role, true, filled));
        let assign = assign.collect::<Result<_, _>>()?;
        let team = act.team.as_ref().map(|wanted| self.team(wanted.at_least, team, filled));
        let files = controls.iter().any(Control::has_files);
        Ok(ActForm {
            about: act.hint.clone().unwrap_or_default(),
            controls,
            assign,
            team,
            files,
            submit: act.name.clone(),
            basis: act.basis.text.clone(),
            ..self.blank(action, seen, filled)?
        })
    }

    /// A form with nothing but a date and a button.
    pub fn blank(
        &self,
        action: String,
        seen: Option<u32>,
        filled: &Filled,
    ) -> Result<ActForm, PageError> {
        let id = filled.one("id");
        let on = filled.one("on");
        Ok(ActForm {
            action,
            token: self.me.token(),
            id: if is_action_id(&id) { id } else { new_action_id()? },
            seen,
            refused: String::new(),
            left_out: Vec::new(),
            grounds: Vec::new(),
            about: String::new(),
            organ: None,
            controls: Vec::new(),
            given: Vec::new(),
            assign: Vec::new(),
            team: None,
            on: if on.is_empty() { self.today.to_string() } else { on },
            today: self.today.to_string(),
            late: filled.one("late"),
            submit: "提交".into(),
            basis: String::new(),
            files: false,
            looked: false,
        })
    }

    /// A list of those who can be named for a role, those the law proposes first.
    pub fn naming(&self, role: &Id, required: bool, filled: &Filled) -> Result<Control, PageError> {
        let title = self.procedure.roles.get(role).map_or(role.as_str(), |role| role.name.as_str());
        let people = self.posts_of(|held| held == role);
        let (name, label) = (format!("a.{role}"), format!("指定{title}"));
        let proposals = match self.procedure.suggests.get(role).filter(|_| !people.is_empty()) {
            Some(suggest) => self.proposals(suggest, &people)?,
            None => Vec::new(),
        };
        if proposals.iter().any(|one| one.suits) {
            return Ok(Control::proposed(name, label, required, filled, &people, &proposals));
        }
        let mut control = Control::people(name, label, required, filled, &people);
        if people.is_empty() {
            control.hint = format!("本机关没有人任{title}，请先在“人员与资格”中设置岗位。");
        } else if self.procedure.suggests.contains_key(role) {
            control.hint = "没有可以推荐的：下列人员不在册，或者擅长、范围与本案不符。".into();
        }
        Ok(control)
    }

    fn proposals(
        &self,
        suggest: &Suggest,
        people: &[(String, String)],
    ) -> Result<Vec<Proposal>, PageError> {
        let may = |actor: &&Actor| people.iter().any(|(id, _)| *id == actor.person);
        let matter = Matter {
            suggest,
            organ: self.organ,
            case: self.case,
            organs: self.organs,
            names: self.names,
            today: self.today,
        };
        let people: Vec<&Actor> = self.people.iter().filter(may).collect();
        Ok(matter.proposals(self.office, &people)?)
    }

    /// Those who may act along: those the engine says can, or everybody where it was not asked.
    fn team(&self, at_least: u32, able: &[String], filled: &Filled) -> Control {
        let chosen = filled.all("with");
        let people = self.posts_of(|_| true);
        let picks: Vec<Pick> = people
            .into_iter()
            .filter(|(id, _)| *id != self.me.actor.person && able.contains(id))
            .map(|(code, label)| Pick { on: chosen.contains(&code), code, label })
            .collect();
        let hint = if picks.is_empty() {
            "没有其他可以共同办理的人；共同办理的人须任同一岗位并持有规定的证件。".into()
        } else {
            "请勾选与您共同办理的人。".into()
        };
        Control {
            name: "with".into(),
            label: format!("共同办理（连同您不少于 {at_least} 人）"),
            required: false,
            hint,
            wrong: filled.wrong.get("with").cloned().unwrap_or_default(),
            kind: Kind::Checks(picks),
        }
    }

    /// People with a matching post today: id, and name with organ.
    fn posts_of(&self, wanted: impl Fn(&Id) -> bool) -> Vec<(String, String)> {
        // Another platform's officers act there, not here.
        let ours = self.people.iter().filter(|actor| !is_seat(&actor.person));
        let with_post = ours.filter_map(|actor| {
            let post = actor.posts.iter().find(|post| post.on(self.today) && wanted(&post.role))?;
            Some((
                actor.person.clone(),
                format!("{}（{}）", actor.name, self.names.organ(post.organ.as_str())),
            ))
        });
        with_post.collect()
    }
}

impl ActForm {
    /// With the grounds of a refusal; those about one field also stand beside it.
    pub fn refused(mut self, act: &str, grounds: &[Ground]) -> Self {
        self.refused = format!("“{act}”不能办理，没有作任何记录");
        for ground in grounds {
            let (sort, field) = ground.code.split_once(':').unwrap_or_default();
            let name = format!("f.{field}");
            let control = self.controls.iter_mut().find(|control| control.name == name);
            if let Some(control) = control {
                control.wrong = ground.say.clone();
                if sort == "ask" {
                    self.left_out.push((name, control.label.clone()));
                    continue;
                }
            }
            self.grounds.push(ground.to_string());
        }
        self
    }

    /// With what could not be read.
    pub fn unreadable(mut self, filled: &Filled) -> Self {
        self.refused = "有内容需要改正，没有作任何记录".into();
        let labels = self
            .controls
            .iter()
            .chain(&self.assign)
            .map(|control| (&*control.name, &*control.label));
        let labels: Vec<(&str, &str)> = labels.collect();
        let said = filled.wrong.iter().map(|(field, wrong)| {
            let name = format!("f.{field}");
            let label = labels.iter().find(|(control, _)| *control == name || control == field);
            label.map_or_else(|| wrong.clone(), |(_, label)| format!("{label}：{wrong}"))
        });
        self.grounds = said.collect();
        self
    }
}

/// Keeps the files that came with a form; what may not be kept is said beside its control.
pub fn keep_uploads(office: &Office, filled: &mut Filled) -> Result<(), PageError> {
    let uploads = std::mem::take(&mut filled.uploads);
    let at = office.clock().now();
    for upload in uploads {
        match sniff::kind(&upload.name, &upload.bytes) {
            Ok(kind) => {
                let digest = office.store().write(office.county(), |tx| {
                    tx.put_file(&upload.bytes, kind, at).map_err(PageError::from)
                })?;
                let file = law::value::FileRef {
                    name: upload.name,
                    digest,
                    size: upload.bytes.len() as u64,
                };
                filled.files.entry(upload.control).or_default().push(file);
            }
            Err(wrong) => {
                let field = upload.control.trim_start_matches("f.").to_owned();
                filled.wrong.insert(field, wrong);
            }
        }
    }
    Ok(())
}

/// The action a form asks for, and on `filled.wrong` what could not be read.
pub fn action(
    procedure: &Procedure,
    act: &Act,
    target: Target,
    filled: &mut Filled,
    today: Date,
) -> Action {
    let answers = answers::read(procedure, act, filled);
    Action { answers, ..bare_action(act.id.clone(), target, filled, today) }
}

/// The action of a form without fields of the law.
pub fn bare_action(act: Id, target: Target, filled: &mut Filled, today: Date) -> Action {
    let typed = filled.one("on");
    let on = match answers::date(&typed) {
        Some(on) => on,
        None if typed.is_empty() => today,
        None => {
            filled.wrong.insert("on".into(), "办理日期：请填写日期，例如 2026-03-01".into());
            today
        }
    };
    let late = filled.one("late").trim().to_owned();
    let named = |values: &[String]| {
        values.iter().filter(|value| !value.is_empty()).cloned().collect::<Vec<_>>()
    };
    Action {
        id: filled.one("id"),
        target,
        act,
        answers: Default::default(),
        with: named(filled.all("with")),
        assign: filled
            .under("a.")
            .map(|(role, people)| (Id::from(role), named(people)))
            .filter(|(_, people)| !people.is_empty())
            .collect(),
        on,
        late_entry: (!late.is_empty()).then_some(late),
    }
}

/// An answer of text to a built-in act, where something was typed.
pub fn text(filled: &Filled, name: &str) -> Option<(Id, Value)> {
    let typed = filled.one(&format!("f.{name}")).trim().to_owned();
    (!typed.is_empty()).then(|| (Id::from(name), Value::Text(typed)))
}

/// An id for an action that is about to be shown as a form.
pub fn new_action_id() -> Result<String, PageError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| PageError::Broken(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether a text can be an action's id.
pub fn is_action_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
