//! The exchanges that ship: a row as the other side writes it goes in and comes out again.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use engine::actor::{Actor, OrganPath, Post};
use jiff::civil::{Date, date};
use law::exchange::{Exchange, Format};
use serde_json::{Value, json};
use yifa::{
    clock::Clock,
    exchange::{
        export::Exporting,
        file::Rows,
        import::{Importing, Mode},
        seats,
    },
    office::Office,
    place::Place,
    play::{county::County, founding::found},
};

const ORGAN: &str = "yunxi/qingshi";
const DAY: &str = "2026-03-02";

/// One row of each import that ships, and how many acts it stands for.
fn rows() -> Vec<(&'static str, Value, u64)> {
    vec![
        (
            "sunshine-petition",
            json!({"信访件编号": "XF1", "登记日期": DAY, "信访人姓名": "示例甲", "信访人数": 1, "信访形式": "网信", "来源": "上级转送", "信访目的": "求决", "内容分类": "城乡建设", "初重信访": "初信初访", "诉求": "请求修路", "概况信息": "村道破损", "是否紧急": "否"}),
            1,
        ),
        (
            "hotline-12345",
            json!({"工单编号": "GD1", "受理时间": "2026-03-02 09:30", "标题": "路灯不亮", "诉求类型": "求助", "来源渠道": "电话", "内容分类": "城乡建设", "诉求内容": "两盏路灯不亮", "诉求人": "示例乙", "联系电话": "13800000002"}),
            1,
        ),
        (
            "police-platform",
            json!({"案件编号": "A1", "接报时间": "2026-03-02 09:00", "登记时间": "2026-03-02 09:05", "回执时间": "2026-03-02 09:10", "案件类别": "殴打他人", "案件性质": "治安", "是否当场": "是", "受立案日期": DAY, "受立案结果": "受案", "当前状态": "已处罚", "状态日期": "2026-03-20"}),
            3,
        ),
        (
            "police-disputes",
            json!({"警情编号": "J1", "移交日期": DAY, "属地": ORGAN, "警情概要": "邻里因排水争吵", "纠纷类型": "邻里", "发生地点": "东街村", "报警日期": DAY, "报警人": "示例甲", "报警电话": "13800000001", "对方当事人": "示例乙"}),
            1,
        ),
        (
            "grid-disputes",
            json!({"事件编号": "S1", "下派日期": DAY, "事件名称": "土地边界纠纷", "事件类别": "土地", "发生地点": "西河村", "发生日期": DAY, "主要当事人姓名": "示例丙", "涉及人数": 3, "事件简述": "两户争执地界"}),
            1,
        ),
        (
            "social-elements",
            json!({"数据编号": "E1", "采集日期": DAY, "名称": "集镇加油站", "类别": "场所", "地址": "东街1号", "关注程度": "重点", "关注原因": "危险物品"}),
            1,
        ),
        (
            "court-mediation",
            json!({"委派案号": "F1", "委派日期": DAY, "原告": "示例甲", "被告": "示例乙", "案由": "民间借贷纠纷", "诉讼请求": "还款"}),
            1,
        ),
        (
            "law-learning-scores",
            json!({"成绩编号": "C1", "考试名称": "2026年第一期", "姓名": "示例甲", "职级": "乡科级", "报名日期": DAY, "截止日期": "2026-12-31", "考试日期": "2026-03-10", "成绩": 92}),
            2,
        ),
        (
            "service-network",
            json!({"办件编号": "B1", "申请日期": DAY, "事项名称": "食品经营备案", "事项编码": "001", "事项类型": "公共服务", "申请人类型": "企业", "申请人": "示例商行", "联系电话": "13800000003", "申请渠道": "网上", "改革前等候分钟": 30}),
            1,
        ),
        (
            "legal-terminal",
            json!({"记录编号": "T1", "时间": DAY, "事项": "咨询拖欠工资", "服务类别": "法律咨询", "领域": "劳动", "姓名": "示例甲", "电话": "13800000001", "答复": "已说明可以申请劳动监察", "答复时间": DAY}),
            2,
        ),
        (
            "patrol-tasks",
            json!({"任务编号": "P1", "下派日期": DAY, "任务名称": "冬季防火走访", "任务类型": "巡查走访", "网格": "yunxi/qingshi/dongjie/g01", "户数": 20, "完成期限": "2026-03-20", "要求": "逐户走访"}),
            1,
        ),
        (
            "business-issues",
            json!({"平台编号": "Q1", "受理时间": DAY, "问题": "办证慢", "渠道": "热线", "企业名称": "示例商行", "电话": "13800000004", "类别": "审批", "诉求": "希望加快"}),
            1,
        ),
        (
            "dishonest-list",
            json!({"名单编号": "D1", "取得日期": DAY, "名单类型": "失信被执行人", "名称": "示例商行", "认定机关": "示例县人民法院", "案号": "（2026）示例执1号", "列入日期": "2026-03-01", "届满日期": "2028-02-28"}),
            1,
        ),
    ]
}

fn town() -> (std::path::PathBuf, Office) {
    let folder = std::env::temp_dir().join(format!("yifa-samples-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let place = Place { db: folder.join("x.db").display().to_string(), law: None, county: None };
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/county");
    let county = County::read(&demo).unwrap();
    found(&place.store().unwrap(), &county, date(2024, 1, 1), "示例口令-2026", false).unwrap();
    (folder, place.office(Clock::Machine).unwrap())
}

/// Somebody with every post that may run the exchange.
fn clerk(exchange: &Exchange) -> Actor {
    let by = exchange.import.iter().map(|import| &import.by);
    let by = by.chain(exchange.export.iter().map(|export| &export.by)).flatten();
    let post = |role: &law::Id| Post {
        role: role.clone(),
        organ: "yunxi".into(),
        from: date(2024, 1, 1),
        to: None,
        substitute_for: None,
    };
    Actor {
        person: "clerk".into(),
        name: "示例经办".into(),
        posts: by.map(post).collect(),
        machine: false,
        ..Actor::machine()
    }
}

#[test]
fn every_exchange_that_ships_takes_a_row_in_once_and_writes_its_columns() {
    let (folder, office) = town();
    let rows = rows();
    for exchange in office.law().exchanges.values() {
        let clerk = clerk(exchange);
        if exchange.import.is_some() {
            let (_, row, acts) = rows
                .iter()
                .find(|(id, ..)| exchange.id == *id)
                .unwrap_or_else(|| panic!("{}没有例子", exchange.id));
            let mut exchange = exchange.clone();
            exchange.import.as_mut().unwrap().format = Format::Jsonl;
            seats::connect(&office, &exchange, &OrganPath::from(ORGAN)).unwrap();
            let importing = Importing {
                office: &office,
                exchange: &exchange,
                person: &clerk,
                organ: ORGAN.into(),
                file: "样表".into(),
                digest: String::new(),
            };
            for (done, again) in [(*acts, 0), (0, *acts)] {
                let bytes = format!("{row}\n").into_bytes();
                let rows = Rows::of(bytes, importing.allowed().unwrap()).unwrap();
                let outcome = importing.run(rows, Mode::Keep, |_| ()).unwrap();
                assert_eq!(
                    (outcome.done, outcome.again, outcome.refused),
                    (done, again, 0),
                    "{}：{:?}",
                    exchange.id,
                    outcome.problems
                );
            }
        }
        if let Some(export) = &exchange.export {
            let days: (Date, Date) = (date(2026, 1, 1), date(2026, 12, 31));
            let exporting = Exporting { office: &office, exchange, person: &clerk, days };
            let exported = exporting.run().unwrap();
            assert!(exported.name.ends_with(export.format.name()), "{}", exported.name);
            if export.when.is_none() {
                assert!(exported.rows >= 1, "{}什么也没有导出", exchange.id);
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}
