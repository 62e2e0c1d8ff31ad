//! The two worked procedures of the definition language are read without a fault, and mean what
//! they say.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use law::{
    difference::{self, Change},
    expr::{Node, Type},
    period::{Period, Unit},
    procedure::{From, Keep, Procedure, Target, Within},
    read,
    scenario::Expected,
    source::SourceFile,
    value::Value,
};

fn fixture(name: &str) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut files = Vec::new();
    for folder in [root.clone(), root.join("documents")] {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let inside = path.strip_prefix(root.parent().unwrap()).unwrap();
                let text = fs::read_to_string(&path).unwrap();
                files.push(SourceFile { path: inside.to_string_lossy().into_owned(), text });
            }
        }
    }
    files
}

fn sound(name: &str) -> Procedure {
    let files = fixture(name);
    let (procedure, faults) = read::procedure(&files);
    assert!(faults.is_empty(), "{}", law::diagnostic::render_all(&faults, &files, false));
    procedure.unwrap()
}

#[test]
fn petition_means_what_it_says() {
    let petition = sound("petition");
    assert_eq!(petition.key(), "petition@2025.1");
    assert_eq!(petition.hash.len(), 64);
    assert_eq!(petition.fields["people"].keep, Keep::Personal);

    let handle = &petition.deadlines["handle"];
    assert!(matches!(&handle.from, From::Acts(acts) if acts[0] == "accept"));
    assert!(matches!(handle.within, Within::Fixed(Period { count: 60, unit: Unit::Day })));
    let extend = handle.extend.as_ref().unwrap();
    assert_eq!(extend.by.as_ref().unwrap().ty, Type::Int);
    assert_eq!(handle.warn.len(), 2);

    let review = &petition.acts["review"];
    assert_eq!(review.not_by, ["draft", "accept"]);
    let reply = &petition.acts["reply"];
    assert!(matches!(&reply.to, Some(Target::Always(stage)) if *stage == "replied"));
    let Node::And(left, _) = &reply.require["reviewed"].that.node else { panic!("&&") };
    let Node::Compare(_, answer, code) = &**left else { panic!("==") };
    assert_eq!(**answer, Node::Answer("review".into(), "verdict".into()));
    assert_eq!(**code, Node::Literal(Value::Codes(vec!["pass".into()])));

    let made = &petition.acts["publish_outcome"];
    assert!(made.made);
    assert_eq!(made.from, ["closed"]);
    assert_eq!(made.by, ["leader"]);
    assert_eq!(petition.notices["outcome"].by_act, ["publish_outcome"]);
    assert!(petition.track_documents);
    assert!(petition.indicators["received"].split.iter().all(|by| &*by.text != "org"));
}

#[test]
fn scenarios_are_typed_by_their_fields() {
    let petition = sound("petition");
    let story = &petition.scenarios[0];
    assert_eq!(story.when.len(), 9);
    assert_eq!(story.when[0].with["channel"], Value::Codes(vec!["visit".into()]));
    assert_eq!(story.when[0].assign["handler"], ["李"]);
    assert_eq!(story.when[2].with["extra_days"], Value::Int(30));
    assert_eq!(story.then.indicator["on_time"], Expected::Rate(1, 1));
    assert_eq!(story.then.indicator["received"], Expected::Count(1));

    let penalty = sound("penalty");
    let report = &penalty.scenarios[0].when[2];
    assert_eq!(report.with["fine"], Value::Money(2_000_000));
    assert_eq!(report.with["serious"], Value::Yes(true));
    assert_eq!(penalty.params["big_fine_person"].sample, Value::Money(1_000_000));
    assert!(penalty.scenarios[0].then.finding["must_review"]);
}

#[test]
fn the_law_has_one_hash_whatever_examines_it() {
    let mut files = fixture("petition");
    let hash = |files: &[SourceFile]| read::folder(files)[0].procedure.hash.clone();
    let before = hash(&files);
    files.retain(|file| !file.path.ends_with("scenarios.toml"));
    assert_eq!(hash(&files), before);
    let template = files.iter_mut().find(|file| file.path.ends_with("reply_letter.md")).unwrap();
    template.text.push('。');
    assert_ne!(hash(&files), before);
}

#[test]
fn every_difference_from_the_base_is_named_with_its_basis() {
    let mut files: Vec<SourceFile> = law::source::embedded();
    files.retain(|file| !file.path.starts_with("procedures/"));
    let below = |mut file: SourceFile| {
        file.path = format!("procedures/{}", file.path);
        file
    };
    files.extend(fixture("penalty").into_iter().map(below));
    files.extend(fixture("market"));
    let (law, _) = law::Law::parse(&files);
    let local = law.procedures["penalty.market"].last().unwrap();
    let base = difference::base(&law, local).unwrap();
    assert_eq!(difference::base(&law, base).map(Procedure::key), None);
    assert_eq!(difference::differences(base, base, &law), []);

    let all = difference::differences(base, local, &law);
    let one = |name: &str, side: &str| {
        all.iter().find(|one| one.name == name && one.side == side).unwrap()
    };
    let fine = one("对法人、组织的较大数额罚款", "数值");
    assert_eq!((fine.part, fine.change), ("参数", Change::Filled));
    assert_eq!(fine.local, "100000元");
    assert!(fine.base.starts_with("由省定"), "{}", fine.base);
    assert_eq!(fine.basis, "《某省行政处罚听证程序规定》第三条");
    assert_eq!(one("委托检验检测", "全部").change, Change::Added);
    assert_eq!(one("委托检验检测", "全部").basis, "《市场监督管理行政处罚程序规定》第六十四条");
    let site = all.iter().find(|one| one.side == "填写").unwrap();
    assert_eq!((site.change, &*site.local), (Change::Tightened, "现场照片（必填）"));
    let pause = all.iter().find(|one| one.side == "不计入").unwrap();
    assert_eq!((pause.part, pause.change), ("期限", Change::Loosened));
    assert_eq!((&*pause.base, &*pause.local), ("", "从委托检验检测到收到检验检测结果"));
    assert_eq!(pause.basis, "《市场监督管理行政处罚程序规定》第六十四条");
}

#[test]
fn an_overlay_fills_tightens_and_opens() {
    let mut read = read::folder(&fixture("penalty"));
    let statutes = law::statute::Statutes::parse(&law::source::embedded()).0;
    let faults = read::overlays(&[fixture("market")], &mut read, &statutes);
    assert!(faults.is_empty(), "{faults:?}");
    let [base, overlay] = &read[..] else { panic!("base and overlay") };
    assert!(overlay.sound(), "{:?}", overlay.faults);
    let (base, overlay) = (&base.procedure, &overlay.procedure);
    assert_eq!(overlay.key(), "penalty.market@2025.1");
    assert_eq!(overlay.of.as_deref(), Some("penalty@2025.1"));
    assert_eq!(overlay.name, "行政处罚（普通程序）（某县市场监督管理局）");
    assert_ne!(overlay.hash, base.hash);

    let (value, filled) = overlay.params["big_fine_org"].current();
    assert_eq!((value, filled), (&Value::Money(10_000_000), true));
    assert!(!base.params["big_fine_org"].current().1);
    assert!(overlay.acts["collect"].ask.iter().any(|ask| ask.field == "x_site" && ask.required));
    assert!(overlay.acts.contains_key("x_send_test"));
    let decide = &overlay.deadlines["decide"];
    assert_eq!(decide.pause.len(), 1);
    assert_eq!(decide.extend.as_ref().unwrap().act, "x_extend");
    assert!(decide.basis.text.contains("市场监督管理行政处罚程序规定"));
    assert_eq!(overlay.acts["decide"].require.len(), base.acts["decide"].require.len());
    let own = overlay.scenarios.len() - base.scenarios.len();
    assert_eq!(own, 1, "the stories of the base hold here too");
}
