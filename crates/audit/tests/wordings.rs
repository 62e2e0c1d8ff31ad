//! Wordings of reports, each sentence with the figures it states.

use audit::{Reading, Report};

/// Every figure is found with its value and unit, nothing else is, and nine in ten are understood.
#[test]
fn wordings() {
    let (reading, faults) = Reading::parse(&law::source::embedded());
    assert!(faults.is_empty(), "{:?}", faults.iter().map(|f| &f.message).collect::<Vec<_>>());
    let (mut wrong, mut asked, mut right) = (Vec::new(), 0, 0);
    let mut misread = Vec::new();
    for block in include_str!("wordings.txt").split("\n> ").skip(1) {
        let mut lines = block.lines();
        let sentence = lines.next().unwrap_or_default();
        let wanted: Vec<&str> = lines.filter_map(|line| line.strip_prefix("= ")).collect();
        let report = Report::read(sentence, &reading);
        let found: Vec<String> = report
            .figures
            .iter()
            .map(|figure| {
                let value = figure.value.to_string();
                format!("{} {}", value.trim_start_matches('-'), figure.unit)
            })
            .collect();
        let numbers: Vec<&str> =
            wanted.iter().filter_map(|row| Some(row.rsplit_once(' ')?.0)).collect();
        if found != numbers {
            wrong.push(format!("{sentence}\n  found {found:?}\n  wanted {numbers:?}"));
            continue;
        }
        for (figure, row) in report.figures.iter().zip(&wanted) {
            let key = row.rsplit(' ').next().unwrap_or_default();
            if key == "?" {
                continue;
            }
            asked += 1;
            match &figure.stated {
                Some(stated) if stated.key == key => right += 1,
                Some(stated) => {
                    misread.push(format!("{row}: read as {} {:?}", stated.key, stated.words));
                }
                None => misread.push(format!("{row}: unsure {:?}", figure.candidates)),
            }
        }
    }
    println!("{right} of {asked} understood\n{}", misread.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(right * 10 >= asked * 9, "{right} of {asked} understood");
}
