//! Legal time: the worked examples, one line each, and what must hold for every date.

#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use law::{
    calendar::{Calendar, Day, days_between},
    citation::Basis,
    period::{
        DayRule, Due, FirstDay, LastDayOff, Period, Start, Stopped, Unit, due, due_before,
        posted_in_time, served_by_public_notice,
    },
    source::{self, SourceFile},
};

fn calendar() -> Calendar {
    static PUBLISHED: LazyLock<Calendar> = LazyLock::new(|| {
        let (calendar, diagnostics) = Calendar::parse(&source::embedded());
        assert_eq!(diagnostics, []);
        calendar
    });
    PUBLISHED.clone()
}

fn rule() -> DayRule {
    DayRule {
        first_day: FirstDay::NextDay,
        last_day_off: LastDayOff::NextWorkday,
        basis: Basis::parse("《民法典》第二百零三条"),
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn count(from: &str, within: &str, extensions: &[&str], pauses: &[Stopped]) -> Due {
    let extensions: Vec<Period> = extensions.iter().map(|text| period(text)).collect();
    let start = Start::on(day(from), "受理");
    due(&start, period(within), &rule(), pauses, &extensions, &calendar())
}

fn stopped(from: &str, until: Option<&str>) -> Stopped {
    Stopped { from: day(from), until: until.map(day), reason: "检验检测".to_owned() }
}

/// 起算日 期间 名义届满日 法定届满日: computed and checked by hand against the published notices.
const EXAMPLES: &str = "
2026-02-10  15自然日     2026-02-25  2026-02-25  春节在中间，不扣
2026-02-02  15自然日     2026-02-17  2026-02-24  届满日在春节假内
2025-09-23  15自然日     2025-10-08  2025-10-09
2026-02-12  5工作日      2026-02-26  2026-02-26  2月14日调休上班
2025-08-04  60自然日     2025-10-03  2025-10-09
2026-01-16  30自然日     2026-02-15  2026-02-24
2024-02-05  7自然日      2024-02-12  2024-02-18  假后次日是调休上班的星期日
2025-01-22  7自然日      2025-01-29  2025-02-05
2024-09-13  3自然日      2024-09-16  2024-09-18
2025-04-30  5自然日      2025-05-05  2025-05-06
2025-01-01  30自然日     2025-01-31  2025-02-05  起点在假日不影响起算
2026-09-01  30自然日     2026-10-01  2026-10-08
2026-01-30  1个月        2026-02-28  2026-02-28  没有2月30日；28日调休上班
2026-01-30  30自然日     2026-03-01  2026-03-02  一个月不是30日
2026-01-05  30工作日     2026-02-14  2026-02-14
2025-09-05  30自然日     2025-10-05  2025-10-09
2024-09-20  20工作日     2024-10-23  2024-10-23
2026-01-28  20工作日     2026-03-03  2026-03-03
2025-09-26  5工作日      2025-10-10  2025-10-10
2026-09-30  2工作日      2026-10-09  2026-10-09
2026-04-29  5工作日      2026-05-09  2026-05-09
2024-02-06  5工作日      2024-02-19  2024-02-19  2024年除夕是工作日
2025-09-29  7工作日      2025-10-15  2025-10-15
2025-08-31  6个月        2026-02-28  2026-02-28
2025-04-01  6个月        2025-10-01  2025-10-09
2025-12-25  20工作日     2026-01-23  2026-01-23
2024-02-29  1年          2025-02-28  2025-02-28  没有2月29日
2025-09-12  15自然日     2025-09-27  2025-09-28  星期六顺延到调休上班的星期日
";

#[test]
fn worked_examples() {
    for line in EXAMPLES.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let due = count(words[0], words[1], &[], &[]);
        assert_eq!(due.nominal, day(words[2]), "名义届满日：{line}");
        assert_eq!(due.legal, day(words[3]), "法定届满日：{line}");
        assert!(!due.provisional, "{line}");
    }
}

#[test]
fn an_extension_goes_on_from_the_nominal_end() {
    // 60 + 30 = 90, although day 60 falls into the National Day holiday.
    let due = count("2025-08-04", "60自然日", &["30自然日"], &[]);
    assert_eq!((due.nominal, due.legal), (day("2025-11-02"), day("2025-11-03")));
    assert!(due.derivation.iter().any(|step| step.contains("共90自然日")), "{:?}", due.derivation);
    // Twice 15 is 30, and other units go on as well.
    let twice = count("2025-08-04", "60自然日", &["15自然日", "15自然日"], &[]);
    assert_eq!(twice.legal, due.legal);
    let mixed = count("2025-08-04", "1个月", &["5工作日"], &[]);
    assert_eq!(mixed.legal, day("2025-09-11"));
}

#[test]
fn hours_run_from_the_moment_and_never_move() {
    let cases = [
        ("2025-01-28T23:20", "2小时", "2025-01-29T01:20"),
        ("2026-02-14T15:00", "24小时", "2026-02-15T15:00"),
    ];
    for (from, within, end) in cases {
        let (from, end): (DateTime, DateTime) = (from.parse().unwrap(), end.parse().unwrap());
        let due = due(&Start::at(from, "知悉"), period(within), &rule(), &[], &[], &calendar());
        assert_eq!(due.moment, Some(end));
        assert_eq!((due.nominal, due.legal), (end.date(), end.date()));
        assert!(!due.provisional);
    }
}

#[test]
fn what_was_posted_in_time_is_not_late() {
    let due = count("2025-09-24", "15自然日", &[], &[]);
    assert_eq!(due.legal, day("2025-10-09"));
    assert!(posted_in_time(day("2025-10-09"), &due));
    assert!(!posted_in_time(day("2025-10-10"), &due));
}

#[test]
fn a_public_notice_serves_when_thirty_days_have_passed() {
    assert_eq!(served_by_public_notice(day("2025-06-01")), day("2025-07-01"));
}

#[test]
fn a_pause_lengthens_in_the_days_the_period_counts_in() {
    // 2025-07-14 + 90 days = 2025-10-12; out for 20 days: 2025-11-01, a Saturday.
    let pause = stopped("2025-07-22", Some("2025-08-11"));
    let natural = count("2025-07-14", "90自然日", &[], std::slice::from_ref(&pause));
    assert_eq!((natural.nominal, natural.legal), (day("2025-11-01"), day("2025-11-03")));
    // In working days the same pause takes 14 (7/23–8/11), not 20.
    let plain = count("2025-07-14", "20工作日", &[], &[]);
    let paused = count("2025-07-14", "20工作日", &[], &[pause]);
    assert_eq!(calendar().workdays_between(plain.legal, paused.legal), 14);
}

#[test]
fn pauses_may_overlap_stay_open_or_come_too_late() {
    let one = [stopped("2025-07-22", Some("2025-08-11"))];
    let overlapping =
        [stopped("2025-08-01", Some("2025-08-11")), stopped("2025-07-22", Some("2025-08-05"))];
    let whole = count("2025-07-14", "90自然日", &[], &one);
    assert_eq!(count("2025-07-14", "90自然日", &[], &overlapping).legal, whole.legal);
    let plain = count("2025-07-14", "90自然日", &[], &[]);
    let open = count("2025-07-14", "90自然日", &[], &[stopped("2025-07-22", None)]);
    assert_eq!(open.legal, plain.legal);
    assert!(open.derivation[0].contains("停止计算"));
    let late = count("2025-07-14", "90自然日", &[], &[stopped("2025-12-01", Some("2025-12-31"))]);
    assert_eq!(late.legal, plain.legal);
}

#[test]
fn a_pause_moves_the_end_into_the_next_pause() {
    // Ten days from 1 July end on 11 July; out on 8–12 and, because of that, also on 14–15.
    let pauses =
        [stopped("2025-07-07", Some("2025-07-12")), stopped("2025-07-13", Some("2025-07-15"))];
    assert_eq!(count("2025-07-01", "10自然日", &[], &pauses).nominal, day("2025-07-18"));
}

#[test]
fn backwards_moves_earlier_never_later() {
    let before = |on: &str, within: &str| {
        due_before(&Start::on(day(on), "证件到期"), period(within), &rule(), &calendar())
    };
    let holiday = before("2026-04-03", "6个月"); // 2025-10-03, National Day
    assert_eq!((holiday.nominal, holiday.legal), (day("2025-10-03"), day("2025-09-30")));
    assert_eq!(before("2025-10-10", "2工作日").legal, day("2025-09-30"));
    assert_eq!(before("2025-08-31", "6个月").legal, day("2025-02-28"));
    assert_eq!(before("2025-03-10", "30自然日").legal, day("2025-02-08")); // worked Saturday
}

#[test]
fn counting_from_the_day_itself_ends_a_day_earlier() {
    let same = DayRule { first_day: FirstDay::SameDay, last_day_off: LastDayOff::Stays, ..rule() };
    let count = |within| {
        let start = Start::on(day("2025-06-02"), "收到");
        due(&start, period(within), &same, &[], &[], &calendar()).legal
    };
    assert_eq!(count("5自然日"), day("2025-06-06"));
    assert_eq!(count("6自然日"), day("2025-06-07")); // a Saturday, and stays
    assert_eq!(count("1个月"), day("2025-07-01"));
    let march = Start::on(day("2025-03-01"), "收到");
    assert_eq!(due(&march, period("1个月"), &same, &[], &[], &calendar()).legal, day("2025-03-31"));
    assert_eq!(count("1工作日"), day("2025-06-03")); // 2 June is a holiday
}

#[test]
fn beyond_the_last_notice_a_date_is_provisional_and_says_so() {
    let natural = count("2026-12-10", "30自然日", &[], &[]);
    assert!(natural.provisional);
    assert_eq!(natural.nominal, day("2027-01-09"));
    assert_eq!(natural.legal, day("2027-01-11"));
    assert!(natural.derivation.last().unwrap().contains("2027年放假安排尚未公布"));
    assert!(count("2026-12-28", "5工作日", &[], &[]).provisional);
    assert!(!count("2026-12-10", "5工作日", &[], &[]).provisional);
    // Backwards it is the earlier day that counts.
    let start = Start::on(day("2027-03-01"), "证件到期");
    assert!(!due_before(&start, period("6个月"), &rule(), &calendar()).provisional);
    assert!(due_before(&start, period("1个月"), &rule(), &calendar()).provisional);
    assert!(due_before(&start, period("60工作日"), &rule(), &calendar()).provisional);
    // Where the end does not move, natural days need no calendar.
    let stays = DayRule { last_day_off: LastDayOff::Stays, ..rule() };
    let start = Start::on(day("2026-12-10"), "受理");
    assert!(!due(&start, period("30自然日"), &stays, &[], &[], &calendar()).provisional);
}

#[test]
fn the_derivation_reads_like_an_official_wrote_it() {
    let plain = count("2025-11-12", "60自然日", &[], &[]);
    assert_eq!(
        plain.derivation,
        [
            "2025年11月12日（星期三）受理，自次日起计算60自然日，届满日为2026年1月11日（星期日，休息日）。",
            "届满日休息，顺延至休息日结束的次日2026年1月12日（星期一，工作日）（《民法典》第二百零三条）。",
            "日历：国务院放假安排（2016—2026年）。",
        ]
    );
    let working = count("2026-02-12", "5工作日", &[], &[]);
    assert_eq!(working.derivation[1], "其间春节放假不计入，2月14日（星期六）调休上班计入。");
}

#[test]
fn every_year_has_as_many_working_days_as_the_notices_say() {
    let calendar = calendar();
    let expected = [250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248];
    for (year, expected) in (2016..).zip(expected) {
        let (eve, end) = (Date::constant(year - 1, 12, 31), Date::constant(year, 12, 31));
        assert_eq!(calendar.workdays_between(eve, end), expected, "{year}");
    }
    assert_eq!(calendar.last_published(), Some(2026));
    assert!(calendar.published(2016) && !calendar.published(2015) && !calendar.published(2027));
}

#[test]
fn a_day_knows_its_festival() {
    let calendar = calendar();
    assert!(
        matches!(calendar.day(day("2025-10-06")), Day::Holiday(f) if f.name == "国庆节、中秋节")
    );
    assert!(
        matches!(calendar.day(day("2020-02-01")), Day::Holiday(f) if f.notice.contains("〔2020〕1号"))
    );
    assert!(
        matches!(calendar.day(day("2018-12-29")), Day::MakeUp(f) if f.notice.contains("〔2018〕15号"))
    );
    assert_eq!(calendar.day(day("2025-10-12")), Day::Weekend);
    assert_eq!(calendar.day(day("2024-02-09")), Day::Workday); // New Year's Eve of 2024
}

#[test]
fn the_days_agree_with_the_list_they_were_taken_from() {
    let list =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/law/c-governance/holidays.tsv");
    let Ok(list) = std::fs::read_to_string(list) else {
        println!("holidays.tsv is not here; skipped");
        return;
    };
    let calendar = calendar();
    let mut listed = 0;
    for line in list.lines().skip(1) {
        let mut columns = line.split('\t');
        let (date, kind) = (day(columns.next().unwrap()), columns.next().unwrap());
        assert_eq!(calendar.is_day_off(date), kind == "holiday", "{line}");
        listed += 1;
    }
    assert_eq!(listed, 373);
}

#[test]
fn a_region_adds_its_own_days_off() {
    let mut files = source::embedded();
    let text = "region = \"某自治州\"\nyear = 2026\nnotice = \"州政府通告\"\n\
        [[festival]]\nname = \"火把节\"\noff = \"2026-08-06..2026-08-07\"\n";
    files.push(SourceFile { path: "calendar/region.toml".into(), text: text.into() });
    let (calendar, diagnostics) = Calendar::parse(&files);
    assert_eq!(diagnostics, []);
    assert_eq!(calendar.regions().collect::<Vec<_>>(), ["某自治州"]);
    assert!(calendar.is_working_day(day("2026-08-06")));
    let regional = calendar.in_region("某自治州").unwrap();
    assert!(regional.is_day_off(day("2026-08-06")) && regional.is_day_off(day("2026-10-01")));
    assert!(regional.edition().ends_with("及某自治州放假安排"));
    assert_eq!(calendar.in_region("别处"), None);
}

#[test]
fn faults_of_a_calendar_file_are_all_reported() {
    let text = "year = 2027\nnotice = \"通知\"\n[[festival]]\nname = \"元旦\"\noff = \"2027-01-03..2027-01-01\"\n\
        [[festival]]\nname = \"春节\"\noff = \"二月\"\n";
    let file = SourceFile { path: "calendar/2027.toml".into(), text: text.into() };
    let (_, diagnostics) = Calendar::parse(&[file]);
    let at: Vec<&str> = diagnostics.iter().map(|one| &text[one.span.clone()]).collect();
    assert_eq!(at, ["\"2027-01-03..2027-01-01\"", "\"二月\""]);
}

#[test]
fn periods_are_read_and_say_which_days() {
    let cases = [
        ("15自然日", Period::new(15, Unit::Day)),
        ("5个工作日", Period::new(5, Unit::Workday)),
        ("5 工作日", Period::new(5, Unit::Workday)),
        ("1个月", Period::new(1, Unit::Month)),
        ("三个月", Period::new(3, Unit::Month)),
        ("2年", Period::new(2, Unit::Year)),
        ("二十四小时", Period::new(24, Unit::Hour)),
    ];
    for (text, expected) in cases {
        assert_eq!(period(text), expected, "{text}");
        assert_eq!(period(&expected.to_string()), expected, "{text}");
    }
    let vague = "60日".parse::<Period>().unwrap_err();
    assert_eq!(vague.code, "E0312");
    assert_eq!(vague.message, "“60日”没有说明“自然日”还是“工作日”");
    assert_eq!(vague.instead, "写 \"60自然日\" 或 \"60工作日\"");
    for text in ["", "自然日", "0自然日", "99999工作日", "15周", "半年", "15"] {
        assert_eq!(text.parse::<Period>().unwrap_err().code, "E0313", "{text}");
    }
}

/// A small deterministic generator: the same dates on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn day(&mut self) -> Date {
        let days = i64::try_from(self.below(6000)).unwrap();
        day("2014-01-01").checked_add(jiff::Span::new().days(days)).unwrap()
    }
}

/// The definition of a count, one day at a time: slow, and beyond doubt.
fn slowly(from: Date, period: Period, pauses: &[Stopped], calendar: &Calendar) -> Date {
    let counts = |day: Date| {
        let out = pauses.iter().any(|p| p.from < day && p.until.is_some_and(|until| day <= until));
        !out && (period.unit == Unit::Day || calendar.is_working_day(day))
    };
    let (mut day, mut left) = (from, period.count);
    while left > 0 {
        day = day.tomorrow().unwrap();
        left -= u32::from(counts(day));
    }
    day
}

#[test]
fn counting_agrees_with_counting_day_by_day() {
    let (calendar, rule, mut chance) = (calendar(), rule(), Chance(1));
    for _ in 0..3000 {
        let from = chance.day();
        let unit = [Unit::Day, Unit::Workday][chance.below(2) as usize];
        let period = Period::new(1 + chance.below(120) as u32, unit);
        let mut pauses = Vec::new();
        for _ in 0..chance.below(4) {
            let (begin, length) = (chance.below(150) as i64, chance.below(40) as i64);
            let stop = from.checked_add(jiff::Span::new().days(begin)).unwrap();
            let until = Some(stop.checked_add(jiff::Span::new().days(length)).unwrap());
            pauses.push(Stopped { from: stop, until, reason: "鉴定".into() });
        }
        let due = due(&Start::on(from, "受理"), period, &rule, &pauses, &[], &calendar);
        let expected = slowly(from, period, &pauses, &calendar);
        assert_eq!(due.nominal, expected, "{from} {period} {pauses:?}");
        assert!(due.legal >= due.nominal && calendar.is_working_day(due.legal));
    }
}

#[test]
fn later_starts_and_longer_periods_never_end_earlier() {
    let (calendar, rule, mut chance) = (calendar(), rule(), Chance(2));
    let units = [Unit::Day, Unit::Workday, Unit::Month, Unit::Year];
    for _ in 0..2000 {
        let from = chance.day();
        let unit = units[chance.below(4) as usize];
        let length = Period::new(1 + chance.below(60) as u32, unit);
        let end = |from, length| due(&Start::on(from, "受理"), length, &rule, &[], &[], &calendar);
        let here = end(from, length);
        assert!(here.legal > from);
        assert!(end(from.tomorrow().unwrap(), length).legal >= here.legal);
        let longer = Period::new(length.count + 1, unit);
        assert!(end(from, longer).nominal > here.nominal);
        let before = due_before(&Start::on(from, "到期"), length, &rule, &calendar);
        assert!(before.legal <= before.nominal && before.nominal < from);
        assert!(calendar.is_working_day(before.legal));
    }
}

#[test]
fn between_adds_up_and_agrees_with_the_days() {
    let (calendar, mut chance) = (calendar(), Chance(3));
    for _ in 0..3000 {
        let mut days = [chance.day(), chance.day(), chance.day()];
        days.sort();
        let [a, b, c] = days;
        assert_eq!(
            calendar.workdays_between(a, c),
            calendar.workdays_between(a, b) + calendar.workdays_between(b, c)
        );
        assert_eq!(calendar.workdays_between(a, b), -calendar.workdays_between(b, a));
        let counted = a.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= b);
        let working = counted.filter(|day| calendar.is_working_day(*day)).count() as i64;
        assert_eq!(calendar.workdays_between(a, b), working);
        assert_eq!(days_between(a, b) + days_between(b, c), days_between(a, c));
        let nth = chance.below(300) as u32;
        assert_eq!(
            calendar.nth_workday_before(
                calendar.nth_workday_after(calendar.workday_on_or_after(a), nth),
                nth
            ),
            calendar.workday_on_or_after(a)
        );
    }
}

#[test]
fn no_period_runs_off_the_end_of_time() {
    let (calendar, rule) = (calendar(), rule());
    let units = [Unit::Day, Unit::Workday, Unit::Month, Unit::Year, Unit::Hour];
    for unit in units {
        let huge = Period::new(u32::MAX, unit);
        due(&Start::on(Date::MAX, "受理"), huge, &rule, &[], &[huge], &calendar);
        due_before(&Start::on(Date::MIN, "到期"), huge, &rule, &calendar);
        due(&Start::on(Date::MIN, "受理"), huge, &rule, &[], &[huge], &Calendar::default());
    }
}
