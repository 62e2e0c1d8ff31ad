//! 属地: which area a text speaks of, by the names in it.
//!
//! A name may stand in full (青石镇), without its ending (青石), and with or without the areas
//! above it. Names repeat all over the country: an answer is certain only where something above
//! it is named too, or where all areas in question lie in one county.

use std::collections::{BTreeMap, BTreeSet};

/// An area with a name. 区划、机关
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// What it is found by: a code or the path of an organ.
    pub id: String,
    /// 全称.
    pub name: String,
    /// The area directly above.
    pub above: Option<String>,
}

/// Areas that may be named. 地名录
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    areas: Vec<Area>,
    by_id: BTreeMap<String, usize>,
    /// Names without their endings.
    bases: Vec<String>,
}

/// The area a text speaks of. 属地判断
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The area.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The words of the text that say so.
    pub words: Vec<String>,
    /// Another area would fit as well, or nothing above it is named.
    pub doubtful: bool,
}

/// Endings of names, longest first.
const ENDINGS: [&str; 20] = [
    "人民调解委员会",
    "村民委员会",
    "居民委员会",
    "街道办事处",
    "人民政府",
    "自治县",
    "自治州",
    "自治旗",
    "街道",
    "社区",
    "地区",
    "村委会",
    "新区",
    "镇",
    "乡",
    "县",
    "市",
    "区",
    "村",
    "省",
];

/// Institutions that are called after an area.
const INSTITUTIONS: [&str; 5] =
    ["人民调解委员会", "村民委员会", "居民委员会", "人民政府", "办事处"];

/// What an institution is called after: 东街村 of 东街村人民调解委员会; the name itself, if it is
/// none of these.
pub fn area(name: &str) -> &str {
    let called = INSTITUTIONS.iter().find_map(|institution| name.strip_suffix(institution));
    called.filter(|area| area.chars().count() >= 2).unwrap_or(name)
}

/// Peoples that names of areas carry.
const PEOPLES: [&str; 24] = [
    "布依族",
    "苗族",
    "仡佬族",
    "土家族",
    "侗族",
    "彝族",
    "水族",
    "回族",
    "壮族",
    "瑶族",
    "白族",
    "傣族",
    "藏族",
    "羌族",
    "畲族",
    "黎族",
    "满族",
    "蒙古族",
    "哈尼族",
    "拉祜族",
    "佤族",
    "纳西族",
    "各族",
    "毛南族",
];

impl Gazetteer {
    /// A list of areas, in any order.
    pub fn of(areas: Vec<Area>) -> Self {
        let by_id = areas.iter().enumerate().map(|(at, area)| (area.id.clone(), at)).collect();
        let bases = areas.iter().map(|area| base(&area.name)).collect();
        Self { areas, by_id, bases }
    }

    /// The area a text speaks of, the lowest that is named. `home` is certain by itself: whoever
    /// asks has only the areas of one county in view.
    pub fn locate(&self, text: &str, home: bool) -> Option<Located> {
        let mut found: Vec<(u32, usize, Vec<String>, bool)> = Vec::new();
        for (at, area) in self.areas.iter().enumerate() {
            let Some((points, word)) = self.named(at, text) else { continue };
            let (mut sum, mut words, mut supported) = (points, vec![word.clone()], false);
            let rest = text.replacen(&word, "\u{0}", 1);
            for above in self.above(area) {
                if let Some((points, word)) = self.named(above, &rest) {
                    sum += points + 3;
                    words.insert(0, word);
                    supported = true;
                }
            }
            // The lower of two areas of one name in one line is meant.
            sum = sum * 8 + u32::try_from(self.depth(area)).unwrap_or(7).min(7);
            found.push((sum, at, words, supported));
        }
        let best = found.iter().map(|(sum, ..)| *sum).max()?;
        let mut leading = found.iter().filter(|(sum, ..)| *sum == best);
        let (_, at, words, supported) = leading.next()?;
        let tied = leading.next().is_some();
        let area = &self.areas[*at];
        let doubtful = tied || !(home || *supported);
        Some(Located {
            id: area.id.clone(),
            name: area.name.clone(),
            words: words.clone(),
            doubtful,
        })
    }

    /// Whether a text has the name of an area, in full or without its ending.
    fn named(&self, at: usize, text: &str) -> Option<(u32, String)> {
        let (name, base) = (&self.areas[at].name, &self.bases[at]);
        if text.contains(name.as_str()) {
            return Some((4, name.clone()));
        }
        (base.chars().count() >= 2 && base != name && text.contains(base.as_str()))
            .then(|| (2, base.clone()))
    }

    /// The areas above one, the nearest first.
    fn above(&self, area: &Area) -> Vec<usize> {
        let (mut above, mut seen) = (Vec::new(), BTreeSet::new());
        let mut next = area.above.as_ref();
        while let Some(at) = next.and_then(|id| self.by_id.get(id)) {
            if !seen.insert(*at) {
                break;
            }
            above.push(*at);
            next = self.areas[*at].above.as_ref();
        }
        above
    }

    fn depth(&self, area: &Area) -> usize {
        self.above(area).len()
    }
}

/// A name without its ending and the peoples in it.
fn base(name: &str) -> String {
    let mut base = name;
    while let Some(ending) = ENDINGS.iter().find(|ending| base.ends_with(**ending)) {
        let shorter = &base[..base.len() - ending.len()];
        if shorter.chars().count() < 2 {
            break;
        }
        base = shorter;
        if ending.len() <= 3 {
            break; // One letter once: 新市镇 is 新市, not 新.
        }
    }
    let people = PEOPLES.iter().filter_map(|people| base.find(people)).min();
    match people.filter(|at| base[..*at].chars().count() >= 2) {
        Some(at) => base[..at].to_owned(),
        None => base.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lies(id: &str, name: &str, above: Option<&str>) -> Area {
        Area { id: id.into(), name: name.into(), above: above.map(str::to_owned) }
    }

    fn list() -> Gazetteer {
        Gazetteer::of(vec![
            lies("1", "云溪县", None),
            lies("11", "青石镇", Some("1")),
            lies("111", "东街村", Some("11")),
            lies("12", "白水镇", Some("1")),
            lies("121", "东街村", Some("12")),
            lies("2", "关山布依族苗族自治县", None),
            lies("21", "青石镇", Some("2")),
        ])
    }

    fn located(text: &str) -> (String, bool) {
        list().locate(text, false).map_or(("".into(), true), |found| (found.id, found.doubtful))
    }

    #[test]
    fn an_institution_is_called_after_its_area() {
        assert_eq!(area("东街村人民调解委员会"), "东街村");
        assert_eq!(area("青石镇人民政府"), "青石镇");
        assert_eq!(area("人民政府"), "人民政府");
        let list = Gazetteer::of(vec![lies("1", "东街村人民调解委员会", None)]);
        assert_eq!(list.locate("东街村三组晒场", true).unwrap().id, "1");
    }

    #[test]
    fn what_stands_above_tells_two_of_one_name_apart() {
        assert_eq!(located("云溪县青石镇政府门口"), ("11".into(), false));
        assert_eq!(located("关山青石的路"), ("21".into(), false));
        assert_eq!(located("白水镇东街村一组"), ("121".into(), false));
    }

    #[test]
    fn a_name_that_stands_alone_is_doubtful() {
        assert!(located("青石镇").1);
        assert!(located("东街村口").1);
        assert_eq!(list().locate("哪里也不是", false), None);
        let home = list().locate("白水集镇", true).unwrap();
        assert_eq!((home.id.as_str(), home.doubtful), ("12", false));
    }
}
