//! Keys: one master key in a file beside the database, everything else derived from it or wrapped
//! under it.

use std::{fs, io::Write, path::Path};

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, Payload, consts::U12},
};
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;

use crate::{
    canonical::{hex, unhex},
    error::StoreError,
};

/// SM4 in Galois/Counter Mode with the customary nonce of 96 bits and tag of 128.
type Sm4Gcm = AesGcm<Sm4, U12>;

/// First line of the key file.
const HEADING: &str = "yifa keys 1";
/// Characters of tracking codes: no 0 O 1 I L, which are read for one another.
const CODE: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The keys of one database. Whoever loses them loses every personal answer; whoever steals them
/// together with the database reads them all. 密钥
#[derive(Clone)]
pub struct Keys {
    wrap: Sm4Key,
    index: [u8; 32],
    track: [u8; 32],
}

/// A key of SM4.
pub(crate) type Sm4Key = [u8; 16];

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Reads the key file, or makes one that only its owner can read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let master = text.strip_prefix(HEADING).and_then(|rest| unhex(rest.trim()));
                match master {
                    Some(master) if master.len() == 32 => Ok(Self::from_master(&master)),
                    _ => Err(StoreError::Keys(format!("{} 不是密钥文件", path.display()))),
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(StoreError::Keys(format!("{}：{error}", path.display()))),
        }
    }

    /// Keys for tests and simulations that are thrown away.
    pub fn random() -> Result<Self, StoreError> {
        Ok(Self::from_master(&random::<32>()?))
    }

    fn create(path: &Path) -> Result<Self, StoreError> {
        let master = random::<32>()?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        writeln!(file, "{HEADING}\n{}", hex(&master))?;
        file.sync_all()?;
        #[cfg(unix)]
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::File::open(folder)?.sync_all()?; // What it will seal must not outlive its name.
        }
        Ok(Self::from_master(&master))
    }

    fn from_master(master: &[u8]) -> Self {
        let derived = |label: &str| mac(master, &[label]);
        let mut wrap = [0; 16];
        wrap.copy_from_slice(&derived("wrap")[..16]);
        Self { wrap, index: derived("index"), track: derived("track") }
    }

    /// A digest that only the holder of the keys can compute: equal texts are found by it, and
    /// nothing else can be learned from it.
    pub(crate) fn blind(&self, parts: &[&str]) -> String {
        hex(&mac(&self.index, parts)[..16])
    }

    /// The code that opens a case to its party together with the case number: eight characters,
    /// written in two groups of four.
    pub(crate) fn tracking_code(&self, county: &str, case: &str) -> String {
        let mut number = mac(&self.track, &[county, case])
            .iter()
            .take(8)
            .fold(0u64, |n, b| n << 8 | u64::from(*b));
        let mut code = String::with_capacity(9);
        for place in 0..8 {
            if place == 4 {
                code.push('-');
            }
            code.push(CODE[(number % 31) as usize].into());
            number /= 31;
        }
        code
    }

    /// A fresh key, and the form in which it may be stored.
    pub(crate) fn fresh(
        &self,
        county: &str,
        subject: &str,
    ) -> Result<(Sm4Key, Vec<u8>), StoreError> {
        let key = random::<16>()?;
        let wrapped = encrypt(&self.wrap, &format!("{county}/{subject}"), &key)?;
        Ok((key, wrapped))
    }

    /// The key that was stored.
    pub(crate) fn unwrap(
        &self,
        county: &str,
        subject: &str,
        wrapped: &[u8],
    ) -> Result<Sm4Key, StoreError> {
        let key = decrypt(&self.wrap, &format!("{county}/{subject}"), wrapped);
        key.and_then(|key| key.try_into().ok())
            .ok_or_else(|| StoreError::Keys("密钥文件与数据库不配套".into()))
    }
}

/// Nonce, ciphertext and tag; `context` must be the same when it is opened.
pub(crate) fn encrypt(key: &Sm4Key, context: &str, clear: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce = random::<12>()?;
    let payload = Payload { msg: clear, aad: context.as_bytes() };
    let sealed = Sm4Gcm::new(key.into())
        .encrypt(&nonce.into(), payload)
        .map_err(|_| StoreError::Keys("加密失败".into()))?;
    Ok([&nonce[..], &sealed].concat())
}

/// What [`encrypt`] was given; `None` where key or context is another, or a byte was changed.
pub(crate) fn decrypt(key: &Sm4Key, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
    let payload = Payload { msg: sealed, aad: context.as_bytes() };
    Sm4Gcm::new(key.into()).decrypt(&(*nonce).into(), payload).ok()
}

/// HMAC-SM3 over parts, each with its length before it.
fn mac(key: &[u8], parts: &[&str]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// Bytes from the system's random source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Keys(format!("随机源：{error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encrypted_opens_only_with_its_key_and_context() {
        let (key, other) = ([1; 16], [2; 16]);
        let sealed = encrypt(&key, "case", "张三".as_bytes()).unwrap();
        assert_eq!(decrypt(&key, "case", &sealed).as_deref(), Some("张三".as_bytes()));
        assert_eq!(decrypt(&other, "case", &sealed), None);
        assert_eq!(decrypt(&key, "else", &sealed), None);
        for place in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[place] ^= 1;
            assert_eq!(decrypt(&key, "case", &bent), None);
        }
    }

    #[test]
    fn blind_digests_of_the_same_text_are_the_same_under_one_key_only() {
        let (one, two) = (Keys::from_master(&[1; 32]), Keys::from_master(&[2; 32]));
        assert_eq!(one.blind(&["name", "张三"]), one.blind(&["name", "张三"]));
        assert_ne!(one.blind(&["name", "张三"]), two.blind(&["name", "张三"]));
        assert_ne!(one.blind(&["na", "me张三"]), one.blind(&["name", "张三"]));
    }

    #[test]
    fn the_key_file_is_made_once_and_only_its_owner_reads_it() {
        let path = std::env::temp_dir().join(format!("yifa-keys-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        let made = Keys::open(&path).unwrap();
        let read = Keys::open(&path).unwrap();
        assert_eq!(made.tracking_code("yunxi", "c1"), read.tracking_code("yunxi", "c1"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "something else").unwrap();
        assert!(matches!(Keys::open(&path), Err(StoreError::Keys(_))));
        fs::remove_file(&path).unwrap();
    }
}
