//! Packs compiled as far as they can be without a shop's options, to be kept as bytes: a
//! service that starts from them reads no source.

use serde::{Deserialize, Serialize};

use crate::compile::{self, Contracts, Names, Object};
use crate::fitted::Fitted;
use crate::model::{self, LanguageInfo, Model, SHARED};
use crate::pack::diagnostics::Diagnostics;
use crate::pack::packs::{self, Packs, Samples};
use crate::pack::{PackErrors, Source};
use crate::parallel;

/// Packs, compiled; [`crate::Analyzer::link`] makes an analyzer of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Compiled {
    model: Model,
    fitted: Option<Fitted>,
    digest: [u8; 32],
}

impl Compiled {
    /// Compiles packs. A later source lays over earlier ones by id: a shop's own folder
    /// over the embedded packs.
    ///
    /// # Errors
    /// Everything that is wrong with the sources, at once.
    pub fn new(sources: &[Source<'_>]) -> Result<Self, PackErrors> {
        let packs = packs::read(sources, Samples::Skip)?;
        std::thread::scope(|scope| {
            let weights = scope.spawn(|| {
                let ids: Vec<&str> = packs.specs.iter().map(|spec| spec.id.as_str()).collect();
                let tags: Vec<&str> =
                    packs.languages.iter().map(|pack| pack.language.tag.as_str()).collect();
                (Fitted::read(sources, &ids, &tags), digest(sources))
            });
            let model = model(&packs, sources);
            let (fitted, digest) = parallel::join(weights);
            Ok(Self { model: model?, fitted, digest })
        })
    }

    /// The bytes to keep; only the same version of this crate reads them. Empty if they
    /// cannot be written, which [`Compiled::from_bytes`] answers with nothing.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(&(env!("CARGO_PKG_VERSION"), self)).unwrap_or_default()
    }

    /// Reads what [`Compiled::to_bytes`] wrote. Nothing when it was another version.
    #[must_use]
    pub fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let (version, rest) = postcard::take_from_bytes::<&str>(bytes).ok()?;
        if version != env!("CARGO_PKG_VERSION") {
            return None;
        }
        let mut compiled: Self = postcard::from_bytes(rest).ok()?;
        compiled.model.link();
        Some(compiled)
    }

    pub(crate) fn into_parts(self) -> (Model, Option<Fitted>, [u8; 32]) {
        (self.model, self.fitted, self.digest)
    }
}

/// Compiles and links packs that have been read; fitting has no use for more.
///
/// # Errors
/// Keywords that fold to nothing, stems that are too short.
pub(crate) fn model(packs: &Packs, sources: &[Source<'_>]) -> Result<Model, PackErrors> {
    let (languages, shared) = compile_languages(packs, sources)?;
    let contracts = Contracts { specs: packs.specs.clone(), concepts: packs.concepts.clone() };
    Ok(model::link(contracts, languages, shared))
}

type Parts = (Vec<(LanguageInfo, Object)>, Object);

fn compile_languages(packs: &Packs, sources: &[Source<'_>]) -> Result<Parts, PackErrors> {
    let mut diagnostics = Diagnostics::new(sources);
    let names = Names::new(packs);
    let languages = &packs.languages[..packs.languages.len().min(usize::from(SHARED))];
    let compiled = parallel::map(languages, |index, pack| {
        let mut found = Diagnostics::new(sources);
        let index = u8::try_from(index).unwrap_or(SHARED);
        let object = compile::language(&mut found, &names, index, pack);
        (LanguageInfo::new(pack), object, found)
    });
    let shared = compile::shared(&mut diagnostics, &names, &packs.shared);
    let mut parts = Vec::with_capacity(compiled.len());
    for (info, object, found) in compiled {
        diagnostics.absorb(found);
        parts.push((info, object));
    }
    diagnostics.finish()?;
    Ok((parts, shared))
}

fn digest(sources: &[Source<'_>]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in sources.iter().flat_map(|source| [source.path.as_bytes(), source.bytes]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
