//! 机关与岗位: kinds of organ and the posts they have, from `law/organs/*.toml`.

use std::ops::Range;

use indexmap::IndexMap;

use crate::{
    Id,
    diagnostic::{Diagnostic, nearest},
    source::SourceFile,
    toml_file::TomlFile,
};

/// Kinds of organ and posts that exist in this law. 机关样板
#[derive(Clone, Debug, Default)]
pub struct Organs {
    /// 机关类别: county, town, village, grid, department …
    pub kinds: IndexMap<Id, OrganKind>,
    /// 岗位: every role a post can have, with its name.
    pub roles: IndexMap<Id, String>,
}

/// A kind of organ.
#[derive(Clone, Debug)]
pub struct OrganKind {
    /// 名称.
    pub name: String,
    /// Posts it may have.
    pub roles: Vec<Id>,
}

/// A role that a kind names, with file and place.
type Named = (Id, String, Range<usize>);

/// A kind, and a role that another file adds to it, with file and place.
type Further = (Id, Id, String, Range<usize>);

impl Organs {
    /// Reads the files under `organs/`; says what is wrong with them.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let (mut organs, mut named, mut faults) = (Self::default(), Vec::new(), Vec::new());
        let mut further = Vec::new();
        for source in files.iter().filter(|source| source.path.starts_with("organs/")) {
            let file = TomlFile::parse(&source.path, &source.text);
            named.extend(organs.read(&file, &mut further));
            faults.extend(file.into_faults());
        }
        for (kind, role, path, span) in further {
            match organs.kinds.get_mut(&kind) {
                Some(kind) if kind.roles.contains(&role) => {}
                Some(kind) => kind.roles.push(role.clone()),
                None => faults.push(
                    Diagnostic::error("E0432", &path, span.clone(), format!("没有机关类别 {kind}"))
                        .instead("add_roles 只能给已有的类别添岗位"),
                ),
            }
            named.push((role, path, span));
        }
        for (role, path, span) in named {
            if !organs.roles.contains_key(&role) {
                let fault = Diagnostic::error("E0431", path, span, format!("没有岗位 {role}"));
                faults.push(match organs.nearest_role(&role) {
                    Some(meant) => fault.instead(format!("是不是 {meant}？")),
                    None => fault.instead("在 [role] 里补上"),
                });
            }
        }
        (organs, faults)
    }

    /// The role that was probably meant.
    pub fn nearest_role(&self, role: &str) -> Option<&str> {
        nearest(role, self.roles.keys().map(Id::as_str))
    }

    /// Adds what a file says; returns the roles its kinds name, with file and place.
    ///
    /// A kind or role said again replaces what was said before, so that a province can rename. A
    /// kind with `add_roles` alone keeps its name and roles and gets `further` ones, whichever
    /// file says so first.
    fn read(&mut self, file: &TomlFile<'_>, further: &mut Vec<Further>) -> Vec<Named> {
        let root = file.root();
        let mut named = Vec::new();
        for (item, table) in root.tables("kind") {
            if let Some(more) = table.get("add_roles") {
                table.close();
                further.extend(more.list().into_iter().filter_map(|role| {
                    let path = file.path().to_owned();
                    Some((item.id(), role.words().map(Id::from)?, path, role.span.clone()))
                }));
                continue;
            }
            let name = table.need("name", "name = \"乡镇（街道）\"", "");
            let name = name.and_then(|item| item.words()).unwrap_or_default().to_owned();
            let roles = table.need("roles", "roles = [\"leader\"]", "没有岗位的机关办不了任何事");
            let listed = roles.map(|item| item.list()).unwrap_or_default();
            table.close();
            let mut roles = Vec::new();
            for item in listed {
                if let Some(role) = item.words().map(Id::from) {
                    named.push((role.clone(), file.path().to_owned(), item.span.clone()));
                    roles.push(role);
                }
            }
            self.kinds.insert(item.id(), OrganKind { name, roles });
        }
        let roles = root.get("role").and_then(|item| item.table());
        for item in roles.iter().flat_map(|table| table.items()) {
            if let Some(name) = item.words() {
                self.roles.insert(item.id(), name.to_owned());
            }
        }
        root.close();
        named
    }
}
