//! 题库: questions read from a sheet, and what could not be read, line by line.

use std::collections::BTreeMap;

use law::{
    exchange::{Format, Import},
    procedure::QuestionSort,
};

use crate::exchange::file::{Row, Rows};

/// The letters of options.
const LETTERS: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];

/// A question. 试题
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// 题型.
    pub sort: QuestionSort,
    /// 题干.
    pub text: String,
    /// Letter and words of each option.
    pub options: Vec<(char, String)>,
    /// The letters that are right, in order.
    pub answer: String,
    /// The article it rests on.
    pub law: String,
}

/// The questions of a bank, and what is wrong with it. 题库
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bank {
    /// What can be drawn.
    pub questions: Vec<Question>,
    /// Which lines could not be read and why.
    pub faults: Vec<String>,
}

impl Bank {
    /// Reads one more file, a workbook or a text table.
    pub fn add(&mut self, name: &str, content: Vec<u8>) {
        let format = if content.starts_with(b"PK") { Format::Xlsx } else { Format::Csv };
        let import = Import {
            format,
            sheet: None,
            skip: 0,
            key: "题干".into(),
            event: None,
            organ: None,
            by: Vec::new(),
            steps: Vec::new(),
        };
        let rows = match Rows::of(content, &import) {
            Ok(rows) => rows,
            Err(fault) => return self.faults.push(format!("{name}：{fault}")),
        };
        let mut known: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            let row = match row {
                Ok(row) => row,
                Err(fault) => return self.faults.push(format!("{name}：{fault}")),
            };
            let line = row.line;
            match question(&row) {
                Ok(question) => match known.get(&question.text) {
                    Some(first) => {
                        self.faults.push(format!("{name}第{line}行：与第{first}行是同一道题"));
                    }
                    None => {
                        known.insert(question.text.clone(), line);
                        self.questions.push(question);
                    }
                },
                Err(why) => self.faults.push(format!("{name}第{line}行：{why}")),
            }
        }
    }

    /// How many questions of a sort there are.
    pub fn count(&self, sort: QuestionSort) -> usize {
        self.questions.iter().filter(|question| question.sort == sort).count()
    }
}

fn question(row: &Row) -> Result<Question, String> {
    let sort = match row.get("题型").trim_end_matches('题') {
        "单选" | "单项选择" => QuestionSort::Single,
        "多选" | "多项选择" => QuestionSort::Multi,
        "判断" => QuestionSort::Judge,
        "" => return Err("没有写题型".into()),
        other => return Err(format!("题型“{other}”不认识，写单选、多选、判断")),
    };
    let text = row.get("题干").to_owned();
    if text.is_empty() {
        return Err("没有题干".into());
    }
    let options = match sort {
        QuestionSort::Judge => vec![('A', "对".to_owned()), ('B', "错".to_owned())],
        QuestionSort::Single | QuestionSort::Multi => options(row)?,
    };
    let answer = answer(sort, row.get("答案"), &options)?;
    Ok(Question { sort, text, options, answer, law: row.get("法律依据").to_owned() })
}

fn options(row: &Row) -> Result<Vec<(char, String)>, String> {
    let written = LETTERS.map(|letter| (letter, row.get(&format!("选项{letter}")).to_owned()));
    let filled = written.iter().take_while(|(_, words)| !words.is_empty()).count();
    if filled < 2 {
        return Err("选项少于两个".into());
    }
    if let Some((letter, _)) = written.iter().skip(filled).find(|(_, words)| !words.is_empty()) {
        return Err(format!("选项{letter}前面有空着的选项"));
    }
    Ok(written.into_iter().take(filled).collect())
}

fn answer(sort: QuestionSort, written: &str, options: &[(char, String)]) -> Result<String, String> {
    if sort == QuestionSort::Judge {
        return match written {
            "对" | "正确" | "√" | "是" | "A" => Ok("A".into()),
            "错" | "错误" | "×" | "否" | "B" => Ok("B".into()),
            other => Err(format!("判断题的答案“{other}”不认识，写对或者错")),
        };
    }
    let mut letters: Vec<char> = written
        .chars()
        .map(|letter| letter.to_ascii_uppercase())
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.is_empty() {
        return Err("没有答案".into());
    }
    if let Some(letter) = letters.iter().find(|letter| !options.iter().any(|(l, _)| l == *letter)) {
        return Err(format!("答案“{letter}”不在选项里"));
    }
    match (sort, letters.len()) {
        (QuestionSort::Single, 2..) => Err("单选题有几个答案".into()),
        (QuestionSort::Multi, 1) => Err("多选题只有一个答案".into()),
        _ => Ok(letters.into_iter().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Bank {
        let mut bank = Bank::default();
        bank.add("题库.csv", text.as_bytes().to_vec());
        bank
    }

    #[test]
    fn questions_are_read_and_faults_name_their_lines() {
        let bank = read(
            "题型,题干,选项A,选项B,选项C,选项D,选项E,选项F,答案,法律依据\n\
             单选,甲,一,二,三,,,,B,《某法》第一条\n\
             多选题,乙,一,二,三,,,,\"A、c\",\n\
             判断,丙,,,,,,,对,\n\
             单选,丁,一,二,,,,,C,\n\
             单选,甲,一,二,,,,,A,\n\
             填空,戊,,,,,,,x,\n\
             多选,己,一,二,,,,,A,\n\
             单选,庚,一,,三,,,,A,\n",
        );
        let answers: Vec<&str> = bank.questions.iter().map(|one| &*one.answer).collect();
        assert_eq!(answers, ["B", "AC", "A"]);
        assert_eq!(bank.questions[0].law, "《某法》第一条");
        assert_eq!(bank.questions[2].options.len(), 2);
        let faults = bank.faults.join("\n");
        for (line, why) in
            [(5, "不在选项里"), (6, "与第2行"), (7, "填空"), (8, "只有一个"), (9, "少于两个")]
        {
            assert!(faults.contains(&format!("第{line}行")) && faults.contains(why), "{faults}");
        }
    }

    #[test]
    fn what_is_no_bank_says_so() {
        assert!(read("姓名,电话\n甲,1\n").faults[0].contains("题干"));
        let mut bank = Bank::default();
        bank.add("坏.xlsx", b"PK\x03\x04broken".to_vec());
        assert!(bank.questions.is_empty() && bank.faults.len() == 1);
    }
}
