//! 数据交换: foreign files go through the law, once, and what is refused says why and where.
#![allow(clippy::unwrap_used)]

use std::{io::Write as _, path::PathBuf, sync::Arc};

use engine::actor::{Actor, OrganPath};
use jiff::civil::date;
use law::{Law, source};
use store::{Config, Keys, RegisterFilter, Store, Visible};
use yifa::{
    clock::Clock,
    exchange::{
        check::Compared,
        export::Exporting,
        file::Rows,
        import::{Importing, Mode, Outcome},
        seats,
    },
    figures,
    office::Office,
    play::{county::County, founding::found},
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/road-fines");
const ID: &str = "road-fines";

struct Town {
    office: Office,
    folder: PathBuf,
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A county of one police office under the law of the example, with `more` laid over its files.
fn town(name: &str, more: &[(&str, &str)]) -> Town {
    let folder = std::env::temp_dir().join(format!("yifa-exchange-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let example = PathBuf::from(EXAMPLE);
    let mut files = source::overlay(source::embedded(), source::read_folder(&example).unwrap());
    for (path, text) in more {
        let file = files.iter_mut().find(|file| file.path == *path).unwrap();
        file.text += text;
    }
    let (law, _) = Law::parse(&files);
    let store = Store::open(Config {
        url: format!("sqlite:{}", folder.join("x.db").display()),
        keys: Keys::random().unwrap(),
        files: folder.join("files"),
    })
    .unwrap();
    let county = County::read(&example.join("county.toml")).unwrap();
    found(&store, &county, date(2000, 1, 1), "示例口令-2000", false).unwrap();
    let office = Office::open(Arc::new(law), store, Clock::Machine, "comune".into()).unwrap();
    let exchange = &office.law().exchanges[ID];
    seats::connect(&office, exchange, &"comune".into()).unwrap();
    Town { office, folder }
}

impl Town {
    fn clerk(&self) -> Actor {
        let office = &self.office;
        office.store().read(office.county(), |read| read.actor("clerk")).unwrap().unwrap()
    }

    fn with<T>(&self, job: impl FnOnce(&Importing) -> T) -> T {
        let clerk = self.clerk();
        job(&Importing {
            office: &self.office,
            exchange: &self.office.law().exchanges[ID],
            person: &clerk,
            organ: OrganPath::from("comune"),
            file: "罚单.tsv".into(),
            digest: "ab".into(),
        })
    }

    fn import(&self, text: impl Into<Vec<u8>>, mode: Mode) -> Outcome {
        self.with(|importing| {
            let rows = Rows::of(text.into(), importing.allowed().unwrap()).unwrap();
            importing.run(rows, mode, |_| ()).unwrap()
        })
    }

    fn compare(&self, text: &str) -> Compared {
        self.with(|importing| {
            let rows = Rows::of(text.into(), importing.allowed().unwrap()).unwrap();
            importing.compare(rows, |_| ()).unwrap()
        })
    }

    fn cases(&self) -> u32 {
        let filter = RegisterFilter::default();
        let (office, all) = (&self.office, Visible::everything());
        office.store().read(office.county(), |r| r.register_count(&filter, &all)).unwrap().number
    }
}

const HEAD: &str = "case\tseq\tactivity\tdate\tamount\ttotalPaymentAmount\tpaymentAmount\texpense\tpoints\tarticle\tvehicleClass\tdismissal\tnotificationType\tlastSent\tresource\n";

/// Two cases: one goes its way, one is paid at once and sent all the same.
fn log() -> String {
    let rows = "\
A1\t0\tCreate Fine\t2000-01-01\t62.59\t0.0\t\t\t0\t158\tA\tNIL\t\t\t18
A1\t1\tSend Fine\t2000-04-16\t\t\t\t11.41
A1\t2\tInsert Fine Notification\t2000-05-03\t\t\t\t\t\t\t\t\tP\tN\t
A1\t3\tAdd penalty\t2000-07-02\t125.19
B2\t0\tCreate Fine\t2000-01-02\t31.3\t0.0\t\t\t0\t157\tM\tNIL\t\t\t35
B2\t1\tPayment\t2000-01-03\t\t31.3\t31.3
B2\t2\tSend Fine\t2000-02-15\t\t\t\t11.41
";
    format!("{HEAD}{rows}")
}

#[test]
fn what_the_law_allows_is_done_once_and_the_rest_says_why_and_where() {
    let town = town("once", &[]);
    let rehearsed = town.import(log(), Mode::Rehearse);
    assert_eq!((rehearsed.done, rehearsed.refused, town.cases()), (6, 1, 0), "nothing was kept");

    let first = town.import(log(), Mode::Keep);
    assert_eq!((first.lines, first.opened, first.done, first.again), (7, 2, 6, 0));
    assert_eq!(first.refused, 1);
    let problem = &first.problems[0];
    assert_eq!((problem.line, problem.number.as_str(), problem.act.as_str()), (8, "B2", "寄送"));
    assert!(problem.grounds[0].contains("已缴清"), "{:?}", problem.grounds);
    assert!(first.result.contains("8,B2,寄送,2000-02-15,"), "{}", first.result);

    let again = town.import(log(), Mode::Keep);
    assert_eq!((again.done, again.opened, again.again, again.refused), (0, 0, 6, 1));
    assert_eq!(town.cases(), 2);

    let office = &town.office;
    let figures = figures::of_year(office, &"comune".into(), 2000).unwrap();
    let said = |key: &str| {
        let found = figures.iter().find(|figure| figure.key == *key).unwrap();
        found.value.to_string()
    };
    assert!(said("road-fine.sent_in_time").contains("0/1"), "{}", said("road-fine.sent_in_time"));
    assert!(said("road-fine.paid").contains("31.30"), "{}", said("road-fine.paid"));

    let runs = office.store().read(office.county(), |read| read.exchange_runs(ID, 10)).unwrap();
    assert_eq!(runs.len(), 2, "every file is on record");
    let kept = office.store().read(office.county(), |read| read.file(&runs[0].result)).unwrap();
    assert!(String::from_utf8(kept.unwrap().content).unwrap().contains("B2"));
}

#[test]
fn every_entry_names_the_platform_the_file_and_the_line() {
    let town = town("reason", &[]);
    town.import(log(), Mode::Keep);
    let office = &town.office;
    let (case, _) =
        office.store().read(office.county(), |read| read.exchanged(ID, "A1")).unwrap().unwrap();
    let entry = office.store().read(office.county(), |read| {
        read.case_seen(&case, office.law(), engine::authorise::Sight::Handling)
    });
    let entry = &entry.unwrap().facts()[1].clone();
    assert_eq!(entry.fact.by[0].name, "市政警察局罚单系统（罚单经办岗）");
    let reason = entry.fact.late_entry.as_deref().unwrap();
    assert!(reason.contains("罚单.tsv") && reason.contains("第3行"), "{reason}");
    assert!(reason.contains("示例经办导入"), "{reason}");
}

#[test]
fn a_comparison_finds_what_is_only_there_only_here_or_different() {
    let town = town("compare", &[]);
    town.import(log(), Mode::Keep);
    let changed = log().replace("2000-04-16\t\t\t\t11.41", "2000-04-17\t\t\t\t12.00");
    let lines: Vec<&str> = changed.lines().filter(|line| !line.starts_with("B2\t0")).collect();
    let found = town.compare(
        &(lines.join("\n")
            + "\nC3\t0\tCreate Fine\t2000-01-09\t5.0\t0.0\t\t\t0\t7\tA\tNIL\t\t\t1\n"),
    );
    let kinds: Vec<(&str, &str)> =
        found.differences.iter().map(|one| (one.number.as_str(), one.what.as_str())).collect();
    assert_eq!(kinds[..2], [("A1", "寄送日期"), ("A1", "寄送·送达费用")]);
    assert!(kinds.contains(&("B2", "寄送")), "it was refused, so it stands only there");
    assert!(kinds.contains(&("C3", "开单")));
    assert_eq!((found.differing, found.only_there, found.only_here), (2, 2, 0));

    let without_b: Vec<&str> = log().leak().lines().filter(|l| !l.starts_with("B2")).collect();
    let later = without_b.join("\n")
        + "\nC3\t0\tCreate Fine\t2000-01-09\t5.0\t0.0\t\t\t0\t7\tA\tNIL\t\t\t1\n";
    let found = town.compare(&later);
    assert_eq!(found.only_here, 1);
    assert_eq!(found.differences.last().unwrap().number, "B2");
}

#[test]
fn rows_are_the_same_whatever_the_file() {
    let town = town("files", &[]);
    let tab = log();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(tab.as_bytes()).unwrap();
    let outcome = town.import(packed.finish().unwrap(), Mode::Rehearse);
    assert_eq!((outcome.done, outcome.refused), (6, 1));
    let missing = town.with(|importing| {
        Rows::of("case\tseq\n1\t2\n".into(), importing.allowed().unwrap()).err().unwrap().0
    });
    assert!(missing.contains("activity") && missing.contains("文件的栏是"), "{missing}");
}

#[test]
fn tables_are_read_as_offices_write_them() {
    let mut import = Law::parse(&source::read_folder(&PathBuf::from(EXAMPLE)).unwrap()).0;
    let mut import = import.exchanges.shift_remove(ID).unwrap().import.unwrap();
    import.steps.truncate(1);
    import.format = law::exchange::Format::Csv;
    let head = "case,seq,activity,date,amount,article,points,vehicleClass,resource\n";
    let text =
        format!("{head}一,0,\"含,逗号\",2000/1/2,\"1,500\",\"两行\n条款\"\"引\"\"\",0,A,1\n");
    let (bytes, ..) = encoding_rs::GB18030.encode(&text);
    for bytes in [text.clone().into_bytes(), bytes.into_owned()] {
        let rows: Vec<_> = Rows::of(bytes, &import).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get("case"), "一");
        assert_eq!(rows[0].get("activity"), "含,逗号");
        assert_eq!(rows[0].get("article"), "两行\n条款\"引\"");
        assert_eq!(rows[0].line, 2);
    }
    import.format = law::exchange::Format::Jsonl;
    let text = "{\"case\": \"x\", \"seq\": 3, \"points\": null}\n\n[]\n";
    let rows: Vec<_> = Rows::of(text.into(), &import).unwrap().collect();
    assert_eq!(rows[0].as_ref().unwrap().get("seq"), "3");
    assert!(rows[1].as_ref().unwrap_err().0.contains("第3行"));
}

#[test]
fn what_the_other_side_wants_is_written_in_its_columns() {
    let export = "\n[export]\nkind = \"csv\"\nby = [\"fine_clerk\"]\nwhen = \"finding.paid_up\"\ndated = \"create.on\"\n\
        columns = [{ name = \"编号\", key = true }, { name = \"单位\", text = \"示例市\" }, { name = \"金额\", value = \"create.amount\" }, \
        { name = \"日期\", value = \"create.on\", date = \"%Y%m%d\" }, { name = \"车\", value = \"vehicle\", codes = { motorcycle = \"03\" } }]\n";
    let town = town("export", &[("exchange/road-fines.toml", export)]);
    town.import(log(), Mode::Keep);
    let clerk = town.clerk();
    let exporting = Exporting {
        office: &town.office,
        exchange: &town.office.law().exchanges[ID],
        person: &clerk,
        days: (date(2000, 1, 1), date(2000, 12, 31)),
    };
    let exported = exporting.run().unwrap();
    let text = String::from_utf8(exported.bytes).unwrap();
    assert_eq!(text, "\u{feff}编号,单位,金额,日期,车\r\nB2,示例市,31.30,20000102,03\r\n");
    let office = &town.office;
    let runs = office.store().read(office.county(), |read| read.exchange_runs(ID, 9)).unwrap();
    assert!(runs.iter().any(|run| run.way == store::Way::Out && run.done == 1));
}

#[test]
fn only_who_may_imports() {
    let town = town("who", &[]);
    let mut stranger = town.clerk();
    stranger.posts.clear();
    let importing = Importing {
        office: &town.office,
        exchange: &town.office.law().exchanges[ID],
        person: &stranger,
        organ: OrganPath::from("comune"),
        file: String::new(),
        digest: String::new(),
    };
    assert!(importing.allowed().unwrap_err().0.contains("罚单经办岗"));
}

#[test]
fn an_act_that_fails_after_it_was_written_leaves_nothing() {
    // Sending opens a case that is refused: by then the sending stands in the transaction.
    let more = "\n[act.create.require.odd]\nthat = \"new.amount != 11.41元\"\nsay = \"不另开\"\n\
        [act.send.opens]\nprocedure = \"road-fine\"\nact = \"create\"\n\
        [act.send.opens.with]\namount = \"new.expense\"\narticle = \"article\"\n";
    let town = town("spoiled", &[("procedures/road-fine/procedure.toml", more)]);
    let outcome = town.import(log(), Mode::Keep);
    assert_eq!((outcome.done, outcome.opened, outcome.refused), (3, 2, 4), "{:?}", outcome.grounds);
    assert!(outcome.problems[0].grounds[0].contains("不另开"), "{:?}", outcome.problems);
    let office = &town.office;
    let (entries, cases) = office
        .store()
        .read(office.county(), |read| {
            Ok::<_, store::StoreError>((read.entries()?, read.all_exchanged(ID, "", 9)?))
        })
        .unwrap();
    assert_eq!(entries, 3);
    let numbers: Vec<&str> = cases.iter().map(|case| case.case_no.as_str()).collect();
    assert_eq!(numbers, ["示例市罚单〔2000〕1号", "示例市罚单〔2000〕2号"], "no number is lost");
    assert!(office.store().verify(office.county(), |_| {}).unwrap().is_empty());
}
