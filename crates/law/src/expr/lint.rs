//! Conditions that cannot refuse, or cannot be met: legal to write, never meant.

use super::{Compare, ExprFault, Node, Vocabulary};
use crate::{Id, value::Value};

/// Advice about an expression that is well formed.
pub(super) fn lint(node: &Node, words: &Vocabulary, length: usize) -> Vec<ExprFault> {
    let mut faults = Vec::new();
    node.walk(&mut |node| {
        let Some(holds) = constant(node, words) else {
            return;
        };
        let (code, message) = if holds {
            ("E0510", "这个条件（或者其中一部分）总是成立，起不到作用")
        } else {
            ("E0511", "这个条件（或者其中一部分）永远不成立")
        };
        let mut fault = ExprFault::new(0..length, code, message).instead("检查比较的两边");
        fault.advice = true;
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    });
    faults
}

/// Whether a node is always true or always false of what has been filled in.
fn constant(node: &Node, words: &Vocabulary) -> Option<bool> {
    match node {
        Node::Compare(compare, left, right) => match (&**left, &**right) {
            (Node::Literal(a), Node::Literal(b)) => Some(literals(*compare, a, b)),
            (left, right) if left == right => {
                Some(matches!(compare, Compare::Eq | Compare::Le | Compare::Ge))
            }
            (left, Node::Literal(value)) => bounded(field_of(left)?, *compare, value, words),
            (Node::Literal(value), right) => {
                bounded(field_of(right)?, turned(*compare), value, words)
            }
            _ => None,
        },
        Node::In(_, right) => match &**right {
            Node::List(items) if items.is_empty() => Some(false),
            _ => None,
        },
        Node::And(..) => {
            let parts = flat(node, true);
            contradicts(&parts, Compare::Eq).then_some(false)
        }
        Node::Or(..) => {
            let parts = flat(node, false);
            contradicts(&parts, Compare::Ne).then_some(true)
        }
        _ => None,
    }
}

/// `a` and `!a` side by side, or one thing compared with two different literals.
fn contradicts(parts: &[&Node], with: Compare) -> bool {
    let opposite = |a: &Node, b: &Node| matches!(a, Node::Not(inner) if **inner == *b);
    let differs = |a: &Node, b: &Node| match (a, b) {
        (Node::Compare(one, x, a), Node::Compare(two, y, b)) => {
            let literal = |node: &Node| matches!(node, Node::Literal(_));
            *one == with && *two == with && x == y && literal(a) && literal(b) && a != b
        }
        _ => false,
    };
    let pairs =
        parts.iter().enumerate().flat_map(|(at, a)| parts[at + 1..].iter().map(move |b| (a, b)));
    pairs.into_iter().any(|(a, b)| opposite(a, b) || opposite(b, a) || differs(a, b))
}

fn flat(node: &Node, and: bool) -> Vec<&Node> {
    match (node, and) {
        (Node::And(left, right), true) | (Node::Or(left, right), false) => {
            let mut parts = flat(left, and);
            parts.extend(flat(right, and));
            parts
        }
        _ => vec![node],
    }
}

fn literals(compare: Compare, a: &Value, b: &Value) -> bool {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) | (Value::Money(a), Value::Money(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ if a == b => std::cmp::Ordering::Equal,
        _ => return compare == Compare::Ne,
    };
    match compare {
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    }
}

fn turned(compare: Compare) -> Compare {
    match compare {
        Compare::Lt => Compare::Gt,
        Compare::Le => Compare::Ge,
        Compare::Gt => Compare::Lt,
        Compare::Ge => Compare::Le,
        same => same,
    }
}

fn field_of(node: &Node) -> Option<&Id> {
    match node {
        Node::Field(field) | Node::Answer(_, field) | Node::New(field) => Some(field),
        _ => None,
    }
}

/// A comparison that the field's own bounds decide.
fn bounded(field: &Id, compare: Compare, value: &Value, words: &Vocabulary) -> Option<bool> {
    let (Value::Int(limit) | Value::Money(limit)) = value else {
        return None;
    };
    let field = words.fields.get(field)?;
    let below = |inclusive: bool| {
        let most = field.max?;
        (if inclusive { most <= *limit } else { most < *limit }).then_some(())
    };
    let above = |inclusive: bool| {
        let least = field.min?;
        (if inclusive { least >= *limit } else { least > *limit }).then_some(())
    };
    match compare {
        Compare::Le => below(true).map(|()| true).or(above(false).map(|()| false)),
        Compare::Lt => below(false).map(|()| true).or(above(true).map(|()| false)),
        Compare::Ge => above(true).map(|()| true).or(below(false).map(|()| false)),
        Compare::Gt => above(false).map(|()| true).or(below(true).map(|()| false)),
        Compare::Eq => below(false).or(above(false)).map(|()| false),
        Compare::Ne => None,
    }
}
