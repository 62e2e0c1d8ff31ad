//! What surrounds every page: who is here, where they stand, what is on the menu.

use crate::web::assets;

/// The surroundings of one page.
#[derive(Default)]
pub struct Frame {
    /// Name of the county, as the top bar shows it.
    pub county: String,
    /// Title of the page.
    pub title: String,
    /// Path and query of the page.
    pub here: String,
    /// The way to this page: name and address.
    pub crumbs: Vec<(String, String)>,
    /// Who is signed in.
    pub me: Option<Me>,
    /// The menu on the left.
    pub menu: Vec<Group>,
    /// Form token of the session.
    pub token: String,
    /// What stands in the search box.
    pub query: String,
    /// A word about what has just happened.
    pub flash: Option<Flash>,
    /// 大字版.
    pub large: bool,
}

/// Who is signed in.
pub struct Me {
    /// 姓名.
    pub name: String,
    /// The first post, `青石镇 · 承办人`.
    pub post: String,
    /// Every post held today.
    pub posts: Vec<String>,
}

/// A group of the menu.
pub struct Group {
    /// Its heading; empty for the first.
    pub name: String,
    /// Its entries.
    pub items: Vec<Item>,
}

/// An entry of the menu.
pub struct Item {
    /// What it is called.
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// How much is there.
    pub count: Option<String>,
}

/// A word about what has just happened.
pub struct Flash {
    /// `good`, `warn` or `bad`.
    pub kind: &'static str,
    /// The sentence.
    pub text: String,
    /// Where to go on: name and address.
    pub link: Option<(String, String)>,
}

impl Item {
    /// An entry without a number.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into(), count: None }
    }
}

impl Flash {
    /// Something was done.
    pub fn good(text: impl Into<String>) -> Self {
        Self { kind: "good", text: text.into(), link: None }
    }

    /// Something was not done.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { kind: "bad", text: text.into(), link: None }
    }
}

impl Frame {
    /// Whether the page stands under this entry of the menu.
    pub fn at(&self, url: &str) -> bool {
        if url.contains('?') {
            return self.here == url;
        }
        let path = self.here.split('?').next().unwrap_or_default();
        let listed = self.menu.iter().flat_map(|group| &group.items);
        if self.here.contains('?') && listed.into_iter().any(|item| item.url == self.here) {
            return false;
        }
        let under = |url: &str| {
            path == url
                || (url != "/" && path.strip_prefix(url).is_some_and(|rest| rest.starts_with('/')))
        };
        let items = self.menu.iter().flat_map(|group| &group.items);
        // The nearest entry only, not also the one above it.
        under(url) && !items.into_iter().any(|item| item.url.len() > url.len() && under(&item.url))
    }

    /// The same surroundings under a title.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// One more step on the way to this page.
    pub fn under(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.crumbs.push((name.into(), url.into()));
        self
    }

    /// With a word about what has just happened.
    pub fn saying(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// Address of the stylesheet.
    pub fn style(&self) -> &'static str {
        &assets::STYLE.url
    }

    /// Address of the script.
    pub fn script(&self) -> &'static str {
        &assets::SCRIPT.url
    }

    /// Address of the icon.
    pub fn icon(&self) -> &'static str {
        &assets::ICON.url
    }
}
