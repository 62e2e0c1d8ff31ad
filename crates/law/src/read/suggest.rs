//! [pool] and [suggest.x]: whom a roster lists, and who is proposed where somebody is named.
//!
//! Family 19, as far as one file shows it: E1901 whom a roster lists, E1902 what of it can be
//! compared, E1903 the role, E1904 where the people come from, E1905 what of the case is compared.
//! What only both files show is the checker's.

use indexmap::IndexMap;

use super::Reader;
use crate::{
    Id,
    expr::{Place, Want},
    procedure::{Field, FieldType, Fit, Keep, Ours, Pool, Procedure, Scope, Suggest, Whereabouts},
    toml_file::{Item, Table},
};

/// Words that stand for the organ handling a case and for the one where it was opened.
const ORGANS: [(&str, Whereabouts); 2] =
    [("org", Whereabouts::Organ), ("origin", Whereabouts::Origin)];

impl Reader<'_> {
    pub(super) fn pool(&self, procedure: &Procedure) -> Option<Pool> {
        let table = self.root.get("pool")?.table()?;
        let people = procedure.fields.values().filter(|field| field.ty == FieldType::Person);
        let holder = table.need("holder", "holder = \"人员字段\"", "名册里的是系统里的谁");
        let holder =
            holder.and_then(|item| self.known(&item, "E1901", "人员字段", people.map(|f| &f.id)));
        let valid = table.need("valid", "valid = [\"阶段\"]", "在哪些阶段算在册");
        let valid =
            valid.map(|item| self.all_known(&item, "E1901", "阶段", procedure.stages.keys()));
        let only_if = table.get("only_if").and_then(|item| self.condition(&item, &Place::Pool));
        let until = table.get("until").and_then(|item| self.expr(&item, &Place::Pool, &Want::Date));
        let fields = table.get("fields").map(|item| self.compared(&item, procedure));
        table.close();
        Some(Pool {
            holder: holder?,
            valid: valid.unwrap_or_default(),
            only_if,
            until,
            fields: fields.unwrap_or_default(),
        })
    }

    fn compared(&self, item: &Item<'_>, procedure: &Procedure) -> Vec<Id> {
        let fits = |field: &&Field| {
            matches!(field.ty, FieldType::Choice(_) | FieldType::Organ) && field.keep <= Keep::Work
        };
        let fields = procedure.fields.values().filter(fits);
        self.all_known(item, "E1902", "可以比对的选项或者机关字段", fields.map(|field| &field.id))
    }

    pub(super) fn suggests(&self, procedure: &Procedure) -> IndexMap<Id, Suggest> {
        let tables = self.root.tables("suggest").into_iter();
        let read = tables.filter_map(|(item, table)| self.suggest(&item, table, procedure));
        read.map(|suggest| (suggest.role.clone(), suggest)).collect()
    }

    fn suggest(&self, item: &Item<'_>, table: Table<'_>, procedure: &Procedure) -> Option<Suggest> {
        let named = |role: &&crate::procedure::Role| role.scope == Scope::Case && !role.outside;
        let roles = procedure.roles.values().filter(named).map(|role| &role.id);
        let role = self.known_key(item, "E1903", "按案件指定的角色", roles);
        let pool = table.get("pool").and_then(|item| item.words()).map(Id::from);
        let hold = table.get("hold").and_then(|item| item.words()).map(str::to_owned);
        if pool.is_none() && hold.is_none() {
            let fault = self.file.error("E1904", &item.key_span, "没有写从哪里推荐");
            item.report(
                fault.instead("写 pool = \"名册程序\"，或者 hold = \"证的名称\"，或者两样都写"),
            );
        }
        let fits: Vec<Fit> = match table.get("fits") {
            Some(fits) if pool.is_none() => {
                let fault = fits.error("E1904", "没有写 pool，不知道比对哪个名册");
                fits.report(fault.instead("写 pool = \"名册程序\"，或者删去 fits"));
                Vec::new()
            }
            Some(fits) => fits.list().iter().filter_map(|item| self.fit(item, procedure)).collect(),
            None => Vec::new(),
        };
        table.close();
        Some(Suggest { role: role?, pool, hold, fits })
    }

    fn fit(&self, item: &Item<'_>, procedure: &Procedure) -> Option<Fit> {
        let table = item.table()?;
        let why = "理由里写在相符的内容前面，如“擅长”“服务”";
        let say = table.need("say", "say = \"擅长\"", why).and_then(|item| item.words());
        let theirs = table.need("theirs", "theirs = \"名册的字段\"", "比对名册的哪一项");
        let theirs = theirs.and_then(|item| item.words()).map(Id::from);
        let ours = match (table.get("ours"), table.get("place")) {
            (Some(ours), None) => self.codes(&ours, table.get("codes"), procedure),
            (None, Some(place)) => Some(Ours::Place(self.whereabouts(&place, procedure))),
            _ => {
                let fault =
                    self.file.error("E1905", &item.span, "没有写与本案的什么相比，或者写了两样");
                item.report(fault.instead(
                    "选项写 ours = \"字段\"，地点写 place = [\"字段\", \"org\"]，只写一样",
                ));
                None
            }
        };
        table.close();
        Some(Fit { say: say?.to_owned(), theirs: theirs?, ours: ours? })
    }

    /// `ours = "kind", codes = { neighbour = ["neighbour"] }`.
    fn codes(
        &self,
        item: &Item<'_>,
        codes: Option<Item<'_>>,
        procedure: &Procedure,
    ) -> Option<Ours> {
        let shown = procedure.fields.values().filter(|field| field.keep <= Keep::Work);
        let choices = shown.filter(|field| matches!(field.ty, FieldType::Choice(_)));
        let field = self.known(item, "E1905", "选项字段", choices.map(|field| &field.id))?;
        let Some(table) = codes.and_then(|item| item.table()) else {
            return Some(Ours::Codes(field, None));
        };
        let list = match procedure.fields.get(&field).map(|field| &field.ty) {
            Some(FieldType::Choice(list)) => procedure.lists.get(list),
            _ => None,
        };
        let mut map = IndexMap::new();
        for code in table.items() {
            let own = list.into_iter().flat_map(|list| list.keys());
            let Some(own) = self.known_key(&code, "E1905", "选项", own) else { continue };
            let theirs = code.one_or_many();
            let theirs = theirs.iter().filter_map(|item| item.words()).map(Id::from).collect();
            map.insert(own, theirs);
        }
        Some(Ours::Codes(field, Some(map)))
    }

    fn whereabouts(&self, item: &Item<'_>, procedure: &Procedure) -> Vec<Whereabouts> {
        let text = [FieldType::Organ, FieldType::Line, FieldType::Text];
        let fields = procedure
            .fields
            .values()
            .filter(|field| text.contains(&field.ty) && field.keep <= Keep::Work);
        let words = ORGANS.map(|(word, _)| Id::from(word));
        let known: Vec<&Id> = fields.map(|field| &field.id).chain(&words).collect();
        let named = self.all_known(item, "E1905", "机关或者文字字段，或者 org、origin", known);
        let place = |id: Id| {
            let organ = ORGANS.into_iter().find(|(word, _)| *id == **word);
            organ.map_or(Whereabouts::Field(id), |(_, organ)| organ)
        };
        named.into_iter().map(place).collect()
    }
}
