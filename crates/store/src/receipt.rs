//! 回执: what an actor or citizen keeps, and how anybody verifies it without the database.
//!
//! Everything here is pure. The scheme, for whoever wants to compute it again:
//!
//! 1. An entry's *statement* is the canonical JSON (see [`crate::canonical`]) of
//!    `{"act","action","actor","at","body","case","county","law","on","version"}`, where `body` is
//!    the SM3 of the canonical JSON of the fact as it is stored (personal answers encrypted).
//! 2. `content` = SM3(statement).
//! 3. `digest` = SM3(canonical JSON of `{"content","prev"}`), where `prev` is the digest of the
//!    case's entry before, or 64 zeros.
//! 4. At the end of a day each case with new entries is a leaf: the canonical JSON of
//!    `{"case","county","digest","version"}` of its newest entry, in the order of the cases.
//!    The day's root is that of RFC 6962 over SM3.
//! 5. A seal is SM3(canonical JSON of `{"county","day","prev","root","size"}`), where `prev` is
//!    the seal before, or 64 zeros.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    canonical::{canonical, canonical_of, hex, sm3_hex, unhex},
    merkle,
};

/// What stands before the first entry and before the first seal.
pub const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What an entry says, without its answers: who did what, when, under which law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The county.
    pub county: String,
    /// The case.
    pub case: String,
    /// The entry's place in the case.
    pub version: u32,
    /// When it was recorded.
    #[serde(with = "at")]
    pub at: Timestamp,
    /// Business date.
    pub on: Date,
    /// Who acted, by account.
    pub actor: String,
    /// The act.
    pub act: String,
    /// SM3 of the edition of law it was decided under.
    pub law: String,
    /// The action it came from.
    pub action: String,
    /// SM3 of the stored fact.
    pub body: String,
}

/// 回执: one entry and, once its day is sealed, the proof that the seal covers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What was recorded.
    pub entry: Statement,
    /// The digest of the case's entry before.
    pub prev: String,
    /// The entry's own digest.
    pub digest: String,
    /// The proof; none until the day is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// From an entry up to a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// `content` of the case's later entries, up to the one that was sealed.
    pub later: Vec<String>,
    /// Place among the day's leaves.
    pub index: u64,
    /// Siblings on the way to the root, nearest first.
    pub path: Vec<String>,
    /// The seal.
    pub seal: Seal,
}

/// 日封: the root over all cases that moved, chained to the seal before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The county.
    pub county: String,
    /// The day.
    pub day: Date,
    /// How many cases moved.
    pub size: u64,
    /// The root of the day's tree.
    pub root: String,
    /// The seal before.
    pub prev: String,
    /// The seal itself: what is published.
    pub digest: String,
}

/// What a receipt proves. 核验结果
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The entry is as it was receipted, and is covered by this seal: compare its digest with the
    /// published one.
    Sealed(Box<Seal>),
    /// The receipt agrees with itself; its day is not sealed yet.
    Unsealed,
}

/// Why a receipt proves nothing. 核验不通过
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// Not a receipt.
    #[error("不是本系统出具的回执，或者内容不完整")]
    Unreadable,
    /// The entry and its digest do not agree.
    #[error("回执所载内容与摘要不符")]
    Entry,
    /// The way from the entry to the root does not lead there.
    #[error("回执的路径不能得出日封的根")]
    Path,
    /// The seal and its digest do not agree.
    #[error("日封与其摘要不符")]
    Seal,
}

/// Verifies a receipt by itself: no database, no network. 核验回执
pub fn verify_receipt(json: &str) -> Result<Verified, ReceiptFault> {
    let receipt: Receipt = serde_json::from_str(json).map_err(|_| ReceiptFault::Unreadable)?;
    receipt.verify()
}

/// Whether seals follow one another: each is what it says and names the one before. 日封相继
pub fn verify_seals(seals: &[Seal]) -> Result<(), ReceiptFault> {
    let sound = seals.iter().all(|seal| seal.digest == seal.computed());
    let chained = seals.windows(2).all(|pair| pair[1].prev == pair[0].digest);
    if sound && chained { Ok(()) } else { Err(ReceiptFault::Seal) }
}

impl Statement {
    /// SM3 of the canonical statement.
    pub fn content(&self) -> String {
        sm3_hex(canonical_of(self).as_bytes())
    }
}

impl Receipt {
    /// Whether entry, chain, path and seal agree.
    pub fn verify(&self) -> Result<Verified, ReceiptFault> {
        if chained(&self.prev, &self.entry.content()) != self.digest {
            return Err(ReceiptFault::Entry);
        }
        let Some(proof) = &self.proof else {
            return Ok(Verified::Unsealed);
        };
        if proof.seal.digest != proof.seal.computed() || proof.seal.county != self.entry.county {
            return Err(ReceiptFault::Seal);
        }
        let head = proof.later.iter().fold(self.digest.clone(), |prev, next| chained(&prev, next));
        let version = self.entry.version as usize + proof.later.len();
        let leaf = seal_leaf(&self.entry.county, &self.entry.case, version as u32, &head);
        let path: Option<Vec<merkle::Hash>> =
            proof.path.iter().map(|step| unhex(step)?.try_into().ok()).collect();
        let root = path.and_then(|path| {
            merkle::climb(leaf, proof.index as usize, proof.seal.size as usize, &path)
        });
        match root {
            Some(root) if hex(&root) == proof.seal.root => {
                Ok(Verified::Sealed(Box::new(proof.seal.clone())))
            }
            _ => Err(ReceiptFault::Path),
        }
    }
}

impl Seal {
    /// What its digest must be.
    pub fn computed(&self) -> String {
        let sealed = json!({
            "county": self.county,
            "day": self.day,
            "prev": self.prev,
            "root": self.root,
            "size": self.size,
        });
        sm3_hex(canonical(&sealed).as_bytes())
    }
}

/// The digest of an entry from its content and the digest before.
pub fn chained(prev: &str, content: &str) -> String {
    // The canonical JSON of two hexadecimal texts, written at once.
    sm3_hex(format!(r#"{{"content":"{content}","prev":"{prev}"}}"#).as_bytes())
}

/// The leaf of a case in the day's tree.
pub fn seal_leaf(county: &str, case: &str, version: u32, digest: &str) -> merkle::Hash {
    let head = json!({ "case": case, "county": county, "digest": digest, "version": version });
    merkle::leaf(canonical(&head).as_bytes())
}

/// Instants as they stand in the ledger: UTC, milliseconds.
mod at {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(at: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&crate::instant(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Timestamp, D::Error> {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(version: u32) -> Statement {
        Statement {
            county: "yunxi".into(),
            case: "c1".into(),
            version,
            at: "2025-03-01T02:03:04.005Z".parse().unwrap(),
            on: "2025-03-01".parse().unwrap(),
            actor: "p1".into(),
            act: "accept".into(),
            law: sm3_hex(b"law"),
            action: format!("a{version}"),
            body: sm3_hex(b"{}"),
        }
    }

    fn sealed() -> Receipt {
        let (first, second) = (statement(1), statement(2));
        let digest = chained(NOTHING, &first.content());
        let head = chained(&digest, &second.content());
        let leaves = [
            seal_leaf("yunxi", "c0", 7, NOTHING),
            seal_leaf("yunxi", "c1", 2, &head),
            seal_leaf("yunxi", "c2", 1, NOTHING),
        ];
        let mut seal = Seal {
            county: "yunxi".into(),
            day: "2025-03-01".parse().unwrap(),
            size: 3,
            root: hex(&merkle::root(&leaves)),
            prev: NOTHING.into(),
            digest: String::new(),
        };
        seal.digest = seal.computed();
        let path = merkle::path(&leaves, 1).iter().map(|step| hex(step)).collect();
        let proof = Proof { later: vec![second.content()], index: 1, path, seal };
        Receipt { entry: first, prev: NOTHING.into(), digest, proof: Some(proof) }
    }

    #[test]
    fn a_receipt_verifies_by_itself() {
        let receipt = sealed();
        let json = serde_json::to_string(&receipt).unwrap();
        let seal = receipt.proof.unwrap().seal;
        assert_eq!(verify_receipt(&json), Ok(Verified::Sealed(Box::new(seal))));
    }

    #[test]
    fn any_change_is_found() {
        type Change = fn(&mut Receipt);
        let faults: [(Change, ReceiptFault); 6] = [
            (|receipt| receipt.entry.actor = "p2".into(), ReceiptFault::Entry),
            (|receipt| receipt.entry.on = "2025-03-02".parse().unwrap(), ReceiptFault::Entry),
            (|receipt| receipt.prev = sm3_hex(b"x"), ReceiptFault::Entry),
            (|receipt| receipt.proof.as_mut().unwrap().later.clear(), ReceiptFault::Path),
            (|receipt| receipt.proof.as_mut().unwrap().index = 0, ReceiptFault::Path),
            (|receipt| receipt.proof.as_mut().unwrap().seal.size = 4, ReceiptFault::Seal),
        ];
        for (change, fault) in faults {
            let mut receipt = sealed();
            change(&mut receipt);
            assert_eq!(receipt.verify(), Err(fault));
        }
    }

    #[test]
    fn seals_follow_one_another() {
        let first = sealed().proof.unwrap().seal;
        let mut second = Seal { prev: first.digest.clone(), size: 0, ..first.clone() };
        second.digest = second.computed();
        assert_eq!(verify_seals(&[first.clone(), second.clone()]), Ok(()));
        assert_eq!(verify_seals(&[second, first]), Err(ReceiptFault::Seal));
    }
}
