//! The law as a whole: what the binary carries, and how files speak of each other.

#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use law::{
    Law,
    assessment::Scoring,
    calendar::Calendar,
    diagnostic::{self, Diagnostic},
    indicator::{How, Mapped},
    outline::{Form, Part, Points},
    quota::Bound,
    source::{self, SourceFile},
};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

/// The petition of the fixtures as a law of its own, with these files beside it.
fn petition_with(files: &[(&str, &str)]) -> (Law, Vec<Diagnostic>) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/petition");
    let read = source::read_folder(folder.as_ref()).unwrap();
    let inside =
        read.into_iter().map(|one| file(&format!("procedures/petition/{}", one.path), &one.text));
    let beside = files.iter().map(|(path, text)| file(path, text));
    Law::parse(&inside.chain(beside).collect::<Vec<_>>())
}

/// Code and marked text of every fault in a file.
fn marks<'a>(faults: &'a [Diagnostic], path: &str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    let own = faults.iter().filter(|fault| fault.path == path);
    own.map(|fault| (fault.code, &text[fault.span.clone()])).collect()
}

#[test]
fn the_embedded_law_has_no_errors() {
    let files = source::embedded();
    let (law, faults) = Law::parse(&files);
    let errors: Vec<Diagnostic> = faults.into_iter().filter(Diagnostic::is_error).collect();
    assert!(errors.is_empty(), "{}", diagnostic::render_all(&errors, &files, false));
    assert!(!law.procedures.is_empty() && !law.organs.kinds.is_empty());
    assert_eq!(Law::embedded().procedures.len(), law.procedures.len());
}

#[test]
fn figures_are_joined_and_foreign_keys_mapped() {
    let text = r#"
[indicator."petition.online"]
name = "网上信访"
part = { of = "petition.received", split = "channel", codes = ["online"] }
note = "网上渠道"
[indicator."petition.all"]
name = "信访总量"
sum = ["petition.received"]
[indicator."petition.online_share"]
name = "网上信访占比"
rate = { good = "petition.online", among = "petition.all" }
"#;
    let keys = r#"
[keys]
"petition.cases" = "petition.all"
"petition.on_time_rate" = { rate = "petition.on_time" }
"petition.yoy" = { change = "petition.received" }
"#;
    let (law, faults) =
        petition_with(&[("indicators/a.toml", text), ("indicators/keys.toml", keys)]);
    assert_eq!(
        faults.iter().filter(|fault| fault.is_error()).collect::<Vec<_>>(),
        Vec::<&Diagnostic>::new()
    );
    assert!(
        matches!(&law.joined["petition.online"].how, How::Part { codes, .. } if codes[0] == "online")
    );
    assert!(matches!(&law.joined["petition.online_share"].how, How::Rate { .. }));
    assert_eq!(law.keys.keys["petition.cases"], Mapped::Value("petition.all".into()));
    assert_eq!(law.keys.keys["petition.on_time_rate"], Mapped::Rate("petition.on_time".into()));
    assert_eq!(law.keys.keys["petition.yoy"], Mapped::Change("petition.received".into()));
}

#[test]
fn differences_means_and_numbers_of_the_law_have_keys() {
    let text = r#"
[indicator."left"]
name = "未办结"
less = { of = "petition.received", minus = "petition.received" }
[indicator."each"]
name = "件均"
mean = { sum = "petition.received", count = "petition.received" }
[keys]
"a.left" = "left"
"a.each" = "each"
"a.days" = { limit = "petition.handle" }
"#;
    let (law, faults) = petition_with(&[("indicators/a.toml", text)]);
    let own = marks(&faults, "indicators/a.toml", text);
    assert_eq!(own, Vec::<(&str, &str)>::new());
    assert!(matches!(law.joined["left"].how, How::Less { .. }));
    assert!(matches!(law.joined["each"].how, How::Mean { .. }));
    let Mapped::Limit(limit) = &law.keys.keys["a.days"] else { panic!() };
    assert_eq!((limit.number, limit.unit.as_str()), (60, "自然日"));
    let wrong = r#"
[indicator."each"]
name = "件均"
mean = { sum = "petition.received", count = "petition.received" }
[indicator."more"]
name = "再加"
sum = ["each"]
[keys]
"a.days" = { limit = "petition.nothing" }
"#;
    let (_, faults) = petition_with(&[("indicators/a.toml", wrong)]);
    let own = marks(&faults, "indicators/a.toml", wrong);
    assert_eq!(own, [("E0843", "\"each\""), ("E0846", "\"petition.nothing\"")]);
}

#[test]
fn quotas_and_assessments_name_what_exists() {
    let organs = r#"
[kind.town]
name = "乡镇"
roles = ["leader"]
[role]
leader = "负责人"
"#;
    let quotas = r#"
[quota.seen]
name = "收件"
figure = "petition.received"
kinds = ["town"]
at_least = 2
per = "year"
say = "没有收件的去看看"
basis = "本级规定"
"#;
    let scheme = r#"
[assessment.one]
name = "考核"
years = [2025, 2026]
kinds = ["town"]
basis = "本级规定"
[[assessment.one.item]]
name = "按期"
weight = 60
rate = "petition.on_time"
[[assessment.one.item]]
name = "收件"
weight = 39.5
quota = "seen"
[[assessment.one.item]]
name = "扣分"
weight = 5
figure = "petition.received"
each = -0.25
"#;
    let beside =
        [("organs/a.toml", organs), ("quotas/a.toml", quotas), ("assessments/a.toml", scheme)];
    let (law, faults) = petition_with(&beside);
    assert_eq!(marks(&faults, "quotas/a.toml", quotas), Vec::<(&str, &str)>::new());
    assert_eq!(marks(&faults, "assessments/a.toml", scheme), Vec::<(&str, &str)>::new());
    assert_eq!(law.quotas["seen"].bound, Bound::AtLeast(2));
    let items = &law.assessments["one"].items;
    assert_eq!(items.iter().map(|item| item.weight).collect::<Vec<_>>(), [6000, 3950, 500]);
    assert_eq!(items[2].how, Scoring::Each("petition.received".into(), -25));

    let wrong_quota = quotas
        .replace("\"town\"", "\"twon\"")
        .replace("petition.received", "petition.on_time")
        .replace("at_least = 2\n", "")
        .replace("\"year\"", "\"week\"");
    let wrong_scheme = scheme
        .replace("quota = \"seen\"", "quota = \"sene\"")
        .replace("rate = \"petition.on_time\"", "rate = \"petition.received\"")
        .replace("each = -0.25", "");
    let beside = [
        ("organs/a.toml", organs),
        ("quotas/a.toml", &*wrong_quota),
        ("assessments/a.toml", &*wrong_scheme),
    ];
    let (_, faults) = petition_with(&beside);
    let codes = |path: &str, text: &str| -> Vec<String> {
        let mut codes: Vec<String> =
            marks(&faults, path, text).into_iter().map(|(code, _)| code.to_owned()).collect();
        codes.sort();
        codes
    };
    assert_eq!(codes("quotas/a.toml", &wrong_quota), ["E0843", "E1301", "E1303", "E1305"]);
    assert_eq!(codes("assessments/a.toml", &wrong_scheme), ["E0843", "E1602", "E1603"]);
}

#[test]
fn a_figure_that_does_not_exist_is_an_error_where_it_is_named() {
    let text = r#"
[indicator."a"]
name = "甲"
sum = ["petition.recieved"]
[indicator."b"]
name = "乙"
sum = ["petition.on_time"]
[indicator."c"]
name = "丙"
part = { of = "petition.received", split = "channel", codes = ["onlin"] }
[indicator."d"]
name = "丁"
part = { of = "petition.received", split = "score", codes = ["good"] }
[indicator."e"]
name = "戊"
sum = ["f"]
[indicator."f"]
name = "己"
sum = ["e"]
[indicator."g"]
name = "庚"
"#;
    let (law, faults) = petition_with(&[("indicators/x.toml", text)]);
    let mut found = marks(&faults, "indicators/x.toml", text);
    found.sort();
    assert_eq!(
        found,
        [
            ("E0842", "\"petition.recieved\""),
            ("E0843", "\"petition.on_time\""),
            ("E0844", "[indicator.\"g\"]"),
            ("E0845", "\"onlin\""),
            ("E0845", "\"score\""),
            ("E0849", "\"e\""),
            ("E0849", "\"f\""),
        ]
    );
    let typo = faults.iter().find(|fault| fault.code == "E0842").unwrap();
    assert_eq!(typo.instead.as_deref(), Some("是不是 petition.received？"));
    assert!(law.joined.is_empty());
}

const HEAD: &str = "[outline]\nid = \"annual\"\nname = \"提纲\"\ntitle = \"{org}{year}年报告\"\n\
    kinds = [\"town\"]\nyears = [2021, 2025]\n\
    basis = \"《法治政府建设与责任落实督察工作规定》第二十四条\"\n\
    [preamble]\nsentences = [\"{year}年，{org}推进法治政府建设。\"]\n";
const KINDS: &str =
    "[kind.town]\nname = \"乡镇\"\nroles = []\n[kind.county]\nname = \"县\"\nroles = []\n";

/// The petition procedure with these outlines, for two kinds of organ.
fn outlines(files: &[(&str, &str)]) -> (Law, Vec<Diagnostic>) {
    petition_with(&[files, &[("organs/base.toml", KINDS)]].concat())
}

#[test]
fn an_outline_is_read_into_sentences_and_places() {
    let text = format!(
        "{HEAD}[[block]]\ntitle = \"举措\"\nmandatory = 1\nwrite = \"写主要举措\"\n[[block.section]]\n\
         title = \"信访\"\nsentences = [\"{{year}}年收到{{petition.received}}，{{petition.received:change}}，\
         按期答复率{{petition.on_time:rate}}（{{petition.on_time:working}}），限{{petition.accept:limit}}日。\"]\n"
    );
    let text = format!(
        "{text}[[block.section.point]]\ntitle = \"网上信访\"\nsentences = [\"【待写】渠道。\"]\n"
    );
    let (law, faults) = outlines(&[("reports/annual.toml", &text)]);
    assert_eq!(marks(&faults, "reports/annual.toml", &text), []);
    let outline = law.outline("town", 2023).unwrap();
    assert!(law.outline("town", 2026).is_none() && law.outline("county", 2023).is_none());
    assert_eq!(outline.preamble.sentences[0].parts[0], Part::Year);
    let point = &outline.blocks[0].sections[0].points[0];
    assert_eq!((&*point.title, point.sentences[0].to_write()), ("网上信访", Some("渠道。")));
    assert_eq!(outline.points, Points::Numbered);
    assert_eq!(outline.basis.citations.len(), 1);
    let sentence = &outline.blocks[0].sections[0].sentences[0];
    assert_eq!(sentence.keys, ["petition.received", "petition.on_time"]);
    let figures: Vec<Form> = sentence
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Figure(_, form) => Some(*form),
            _ => None,
        })
        .collect();
    assert_eq!(figures, [Form::Value, Form::Change, Form::Rate, Form::Working]);
    assert_eq!(sentence.parts[0], Part::Year);
    let limit = sentence.parts.iter().find_map(|part| match part {
        Part::Limit { limit, sample } => Some((limit.number, *sample)),
        _ => None,
    });
    assert_eq!(limit, Some((15, false)));
}

#[test]
fn an_outline_of_another_paper_is_no_annual_report() {
    let text = |of: &str| {
        let head = HEAD.replace("years", &format!("of = \"{of}\"\nyears"));
        format!("{head}[[block]]\ntitle = \"举措\"\n")
    };
    let (law, faults) = outlines(&[("reports/annual.toml", &text("petition"))]);
    assert_eq!(marks(&faults, "reports/annual.toml", &text("petition")), []);
    assert!(law.outline("town", 2023).is_none() && law.outlines.len() == 1);
    let wrong = text("petitoin");
    let (_, faults) = outlines(&[("reports/annual.toml", &wrong)]);
    assert_eq!(marks(&faults, "reports/annual.toml", &wrong), [("E0851", "\"petitoin\"")]);
}

#[test]
fn what_the_system_fills_in_must_exist() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/petition");
    let path = "procedures/petition/procedure.toml";
    let read = source::read_folder(folder.as_ref()).unwrap();
    let mut files: Vec<SourceFile> = read
        .into_iter()
        .map(|one| file(&format!("procedures/petition/{}", one.path), &one.text))
        .collect();
    let at = files.iter().position(|one| one.path == path).unwrap();
    let text = files[at].text.clone();
    let mut with = |fill: &str, ty: &str| {
        let field = format!(
            "[field]\nseen = {{ name = \"数\", type = \"{ty}\", keep = \"work\", fill = {fill} }}\n"
        );
        let text = text.replacen("[field]", &field, 1);
        files[at].text = text.clone();
        let (_, faults) = Law::parse(&files);
        let mine = marks(&faults, path, &text).into_iter().filter(|(code, _)| *code == "E2102");
        mine.map(|(_, mark)| mark.to_owned()).collect::<Vec<_>>()
    };
    assert!(with("{ figure = \"petition.received\" }", "figure").is_empty());
    let typo = "{ figure = \"petition.recieved\" }";
    assert_eq!(with(typo, "figure"), [typo]);
    let none = "{ draft = \"nothing\", to = \"opened\" }";
    assert_eq!(with(none, "files"), [none]);
}

#[test]
fn faults_of_an_outline_are_marked_in_the_sentence() {
    let text = format!(
        "{HEAD}[[block]]\ntitle = \"举措\"\nmandatory = 6\n[[block.section]]\ntitle = \"信访\"\nsentences = [\n\
         \"收到{{petition.recieved}}。\",\n\"{{petition.received:rate}}\",\n\"{{petition.on_time:n}}\",\n\
         \"{{petition.received:yoy}}\",\"{{petition.received:limit}}\",\n\"{{petition.received\",\n]\n"
    );
    let (_, faults) = outlines(&[("reports/annual.toml", &text)]);
    assert_eq!(
        marks(&faults, "reports/annual.toml", &text),
        [
            ("E0003", "6"),
            ("E0842", "petition.recieved"),
            ("E0848", "petition.received:rate"),
            ("E0848", "petition.on_time:n"),
            ("E0847", "petition.received:yoy"),
            ("E0846", "petition.received:limit"),
            ("E0846", "{petition.received"),
        ]
    );
}

#[test]
fn an_outline_fits_its_organs_and_every_place_has_its_own_title() {
    let block = "[[block]]\ntitle = \"举措\"\n[[block.section]]\ntitle = \"信访\"\nsentences = []\n\
        [[block.section]]\ntitle = \"信访\"\n[[block.section.point]]\ntitle = \"网上\"\n\
        sentences = [\"【待写】收到{petition.received}的做法。\"]\n[[block.section.point]]\n\
        title = \"网上\"\nsentences = []\n";
    let head = HEAD.replace("[\"town\"]", "[\"town\", \"vilage\"]\npoints = \"a\"");
    let text = format!("{head}{block}");
    let (_, faults) = outlines(&[("reports/annual.toml", &text)]);
    assert_eq!(
        marks(&faults, "reports/annual.toml", &text),
        [
            ("E0853", "\"信访\""),
            ("E0853", "\"网上\""),
            ("E0854", "\"【待写】收到{petition.received}的做法。\""),
            ("E0855", "\"vilage\""),
            ("E0003", "\"a\""),
        ]
    );
    let lacking = HEAD.split("[preamble]").next().unwrap();
    let (_, faults) = outlines(&[("reports/annual.toml", lacking)]);
    let missing: Vec<&str> = faults.iter().map(|fault| &*fault.message).collect();
    assert!(missing.contains(&"文件 缺少 preamble"), "{missing:?}");
}

#[test]
fn one_outline_is_taken_by_itself() {
    let block = "[[block]]\ntitle = \"举措\"\nwrite = \"写\"\n";
    let one = format!("{HEAD}{block}");
    let as_id = |id: &str| one.replace("id = \"annual\"", &format!("id = \"{id}\""));
    // Two of the same kind and the same first year compete, unless one is only taken by name.
    let rival = as_id("rival");
    let (_, faults) = outlines(&[("reports/a.toml", &one), ("reports/b.toml", &rival)]);
    assert_eq!(marks(&faults, "reports/b.toml", &rival), [("E0852", "[\"town\"]")]);
    let named = as_id("named").replace("years", "default = false\nyears");
    let later = as_id("later").replace("[2021, 2025]", "[2023, 2025]");
    let county = as_id("county").replace("\"town\"", "\"county\"");
    let files = [("a", &one), ("b", &named), ("c", &later), ("d", &county)];
    let files = files.map(|(name, text)| (format!("reports/{name}.toml"), text));
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (&**path, text.as_str())).collect();
    let (law, faults) = outlines(&files);
    assert!(!faults.iter().any(|fault| fault.path.starts_with("reports/")), "{faults:?}");
    let taken = |kind, year| law.outline(kind, year).map(|outline| &*outline.id);
    assert_eq!(taken("town", 2022), Some("annual"));
    assert_eq!(taken("town", 2023), Some("later"));
    assert_eq!(taken("county", 2023), Some("county"));
    assert_eq!(taken("town", 2020), None);
}

#[test]
fn a_post_nobody_can_have_is_an_error() {
    let organs = "[kind.town]\nname = \"乡镇\"\nroles = [\"leader\", \"leeder\"]\n[role]\nleader = \"机关负责人\"\n\
        window = \"登记岗\"\nhandler = \"承办人\"\n";
    let (law, faults) = petition_with(&[("organs/base.toml", organs)]);
    assert_eq!(marks(&faults, "organs/base.toml", organs), [("E0431", "\"leeder\"")]);
    let unknown: Vec<&Diagnostic> = faults
        .iter()
        .filter(|fault| fault.path.starts_with("procedures/") && fault.is_error())
        .collect();
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].message.contains("reviewer"));
    assert!(law.procedures.is_empty(), "an edition with errors is no law");
}

#[test]
fn a_folder_laid_over_replaces_and_adds_by_path() {
    let base = vec![file("a.toml", "1"), file("b.toml", "2")];
    let over = vec![file("b.toml", "3"), file("c.toml", "4")];
    let texts: Vec<(String, String)> =
        source::overlay(base, over).into_iter().map(|one| (one.path, one.text)).collect();
    let expected = [("a.toml", "1"), ("b.toml", "3"), ("c.toml", "4")];
    assert_eq!(texts, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
}

#[test]
fn next_years_days_off_are_one_file_more() {
    let text = "year = 2027\nnotice = \"示例通知\"\n[[festival]]\nname = \"元旦\"\n\
        off = \"2027-01-01..2027-01-04\"\nwork = [2027-01-09]\n";
    let files = source::overlay(source::embedded(), vec![file("calendar/2027.toml", text)]);
    let (calendar, faults) = Calendar::parse(&files);
    assert_eq!(faults, []);
    assert_eq!(calendar.edition(), "国务院放假安排（2016—2027年）");
    assert!(calendar.is_day_off(date(2027, 1, 4)) && calendar.is_working_day(date(2027, 1, 9)));
    let before = &Law::embedded().calendar;
    assert!(!before.published(2027) && before.is_working_day(date(2027, 1, 4)));
}

#[test]
fn the_folder_on_disk_is_the_folder_in_the_binary() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../law");
    assert_eq!(source::read_folder(folder.as_ref()).unwrap(), source::embedded());
}

/// Cuts a piece out of a file: what a slip of the hand does.
fn mutilated(text: &str, chance: &mut impl FnMut(usize) -> usize) -> String {
    let from = text.floor_char_boundary(chance(text.len() + 1));
    let to = text.ceil_char_boundary((from + chance(40)).min(text.len()));
    format!("{}{}", &text[..from], &text[to..])
}

#[test]
fn no_mutilated_file_makes_the_reader_stumble() {
    let files = source::embedded();
    let mut seed = 11u64;
    let mut chance = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    for _ in 0..50 {
        let mut law = files.clone();
        let at = chance(law.len());
        law[at].text = mutilated(&law[at].text, &mut chance);
        let path = law[at].path.clone();
        // The file's own folder is enough to be read, and quick.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = folder.strip_suffix("/documents").unwrap_or(folder).to_owned();
        law.retain(|file| file.path.starts_with(&folder));
        let (_, faults) = Law::parse(&law);
        for fault in &faults {
            let own = law.iter().find(|file| file.path == fault.path);
            let text = &own.unwrap_or_else(|| panic!("{fault:?} names no file")).text;
            assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
        }
        diagnostic::render_all(&faults, &law, false);
    }
}
