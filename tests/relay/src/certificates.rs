//! Certificates of the test's own.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

/// A certificate with its key, both in PEM.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Certificate {
    /// One that nobody but itself signed.
    #[must_use]
    pub fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        Self {
            chain: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// An authority that signs certificates.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// One of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut own = CertificateParams::new([]).unwrap();
        own.distinguished_name.push(DnType::CommonName, name);
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(own, key).unwrap())
    }

    /// What trusts it adds, in PEM.
    #[must_use]
    pub fn root(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a name or an address.
    #[must_use]
    pub fn certificate(&self, name: &str) -> Certificate {
        self.sign(CertificateParams::new([name.to_owned()]).unwrap())
    }

    /// One whose time is over.
    #[must_use]
    pub fn expired(&self, name: &str) -> Certificate {
        let mut of = CertificateParams::new([name.to_owned()]).unwrap();
        of.not_before = date_time_ymd(2020, 1, 1);
        of.not_after = date_time_ymd(2020, 12, 31);
        self.sign(of)
    }

    fn sign(&self, of: CertificateParams) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let certificate = of.signed_by(&key, &self.0).unwrap();
        Certificate {
            chain: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}
