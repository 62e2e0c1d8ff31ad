//! Addresses of a list: its filters, and where the next page begins.

/// Rows of one page.
pub const ROWS: u32 = 50;

/// An address with a query, built up pair by pair; blank values are left out.
pub struct Address {
    path: String,
    query: form_urlencoded::Serializer<'static, String>,
    any: bool,
}

impl Address {
    /// An address without a query.
    pub fn to(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            query: form_urlencoded::Serializer::new(String::new()),
            any: false,
        }
    }

    /// With one more pair.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.query.append_pair(name, value);
            self.any = true;
        }
        self
    }
}

impl From<Address> for String {
    fn from(mut address: Address) -> Self {
        if address.any {
            format!("{}?{}", address.path, address.query.finish())
        } else {
            address.path
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn blank_values_leave_no_trace() {
        let address: String = Address::to("/a").with("q", "").with("s", "甲 乙").into();
        assert_eq!(address, "/a?s=%E7%94%B2+%E4%B9%99");
        let address: String = Address::to("/a").with("q", "").into();
        assert_eq!(address, "/a");
    }
}
