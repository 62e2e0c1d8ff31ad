//! 词: finds every word of the reading rules in a text, in one walk over it.

use std::collections::BTreeMap;

/// A word, by its number.
pub(crate) type WordId = u32;

/// Words in a tree of their characters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    nodes: Vec<Node>,
    /// The words themselves, by number.
    written: Vec<String>,
    known: BTreeMap<String, WordId>,
    /// The roots of the tree once it is whole, by their first characters.
    roots: Vec<(char, usize)>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    next: Vec<(char, usize)>,
    word: Option<WordId>,
}

/// A word found in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub at: usize,
    pub len: usize,
    pub word: WordId,
}

impl Words {
    /// The number of a word, new or known.
    pub fn add(&mut self, word: &str) -> WordId {
        if let Some(&known) = self.known.get(word) {
            return known;
        }
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let id = u32::try_from(self.written.len()).expect("words of a few files");
        self.written.push(word.to_owned());
        self.known.insert(word.to_owned(), id);
        let mut at = 0;
        for c in word.chars() {
            let next = self.nodes[at].next.iter().find(|(known, _)| *known == c);
            at = match next {
                Some(&(_, next)) => next,
                None => {
                    let new = self.nodes.len();
                    self.nodes[at].next.push((c, new));
                    self.nodes.push(Node::default());
                    new
                }
            };
        }
        self.nodes[at].word = Some(id);
        id
    }

    /// Sorts the tree for looking up.
    pub fn finish(&mut self) {
        for node in &mut self.nodes {
            node.next.sort_unstable();
        }
        self.roots = self.nodes.first().map(|root| root.next.clone()).unwrap_or_default();
    }

    /// A word by its number.
    pub fn written(&self, word: WordId) -> &str {
        &self.written[word as usize]
    }

    /// Every word in the text, in order of place; spaces inside a word are passed over.
    pub fn hits(&self, text: &[char]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for at in 0..text.len() {
            let Some(mut node) = child(&self.roots, text[at]) else { continue };
            let mut end = at + 1;
            loop {
                if let Some(word) = self.nodes[node].word {
                    hits.push(Hit { at, len: end - at, word });
                }
                while end < text.len() && text[end].is_whitespace() {
                    end += 1;
                }
                let next = text.get(end).and_then(|&c| child(&self.nodes[node].next, c));
                let Some(next) = next else { break };
                (node, end) = (next, end + 1);
            }
        }
        hits
    }
}

fn child(next: &[(char, usize)], c: char) -> Option<usize> {
    next.binary_search_by_key(&c, |(known, _)| *known).ok().map(|at| next[at].1)
}
