//! `switchboard import`: another system's samples as a pack.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use toml::de::DeTable;

use super::marks::{BAD, DIM, END, STRONG, WARN, harmless};
use super::{Done, Failure};
use crate::files;
use crate::import::{self, Format, Plan, Sample, Target};
use crate::packs::{Fault, Faults, Knowledge, PackFile, PackFiles};

/// Make a pack of another system's samples
#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard import --from rasa data/nlu.yml --into myshop
  switchboard import --from csv samples.csv --into myshop --lang es
  switchboard compile --over myshop           fits weights to them
  switchboard ask --shop myshop \"…\"

rasa    `nlu:` with intents and examples; the markup of entities is taken out, synonyms,
        lookup tables and regular expressions are passed over
csv     the first line names the columns: text,intent or text,intent,lang
jsonl   {\"text\":\"…\",\"intent\":\"…\",\"lang\":\"es\"} a line

A label becomes an id: FindConnection is shop.find_connection, faq/ask_hours is
faq.ask_hours, tracking.status stays. `none`, `out_of_scope`, `oos`, `nlu_fallback` and
`fallback` are samples of what the bot does not know. Nothing is written when anything is
wrong. To use these intents without the bundled ones: compile --over DIR --intents own, and
--intents own (or `intents = \"own\"` in switchboard.toml) wherever --shop stands.")]
pub(super) struct Import {
    /// What kind of file it is
    #[arg(long, value_name = "KIND", value_enum)]
    from: Format,
    /// The files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The shop's folder; made when missing
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The language of samples that name none [default: told from the samples]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// The domain of intents whose label has none
    #[arg(long, value_name = "NAME", default_value = "shop")]
    domain: String,
    /// A further label for what the bot does not know; may be given several times
    #[arg(long, value_name = "LABEL")]
    none: Vec<String>,
    /// Replace files that are in the folder already
    #[arg(long)]
    replace: bool,
}

impl Import {
    pub(super) fn run(self) -> Done {
        let samples = self.read()?;
        let shop = Folder::open(&self.into)?;
        // The bundled packs tell languages; the folder's own may have no weights yet.
        let bundled = Knowledge::compile(&PackFiles::embedded())?;
        let languages = bundled.analyzer.languages().iter().chain(&shop.languages).cloned();
        let target = Target {
            lang: self.lang.as_deref(),
            domain: &self.domain,
            none: &self.none,
            declared: &shop.declared,
            languages: &languages.collect(),
            analyzer: &bundled.analyzer,
        };
        let plan = import::plan(&samples, &target).map_err(Failure::Invalid)?;
        let written = self.lay_out(&plan, &shop)?;
        validate(&self.into, &written)?;
        files::put_all(&self.into, &written)?;
        tell(&mut anstream::stdout().lock(), &self.into, &plan, &written)?;
        Ok(())
    }

    fn read(&self) -> Result<Vec<Sample>, Failure> {
        let (mut samples, mut faults) = (Vec::new(), Vec::new());
        for path in &self.files {
            match import::read(self.from, &path.display().to_string(), &files::read(path)?) {
                Ok(read) => samples.extend(read),
                Err(wrong) => faults.extend(wrong),
            }
        }
        if faults.is_empty() { Ok(samples) } else { Err(refuse(faults)) }
    }

    /// The files by their paths from the shop's folder, in an order in which each of them
    /// stands on those before it.
    fn lay_out(&self, plan: &Plan, shop: &Folder) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let mut written = Vec::new();
        if !plan.declarations.is_empty() {
            let head = match &shop.intents {
                Some(text) => text.trim_end().to_owned() + "\n",
                None => "# Intents of this folder; see docs/PACKS.md.\n".to_owned(),
            };
            written.push(("intents/intents.toml".to_owned(), head + &plan.declarations));
        }
        for (path, text) in &plan.files {
            written.push((format!("intents/{path}"), text.clone()));
        }
        let intents = |path: &str| path == "intents/intents.toml";
        let there: Vec<&str> = written
            .iter()
            .map(|(path, _)| path.as_str())
            .filter(|path| !intents(path) && self.into.join(path).exists())
            .collect();
        if !there.is_empty() && !self.replace {
            let (folder, there) = (self.into.display(), there.join(", "));
            return Err(Failure::Invalid(format!(
                "{folder} has {there} already; --replace writes over them, --domain NAME puts the intents beside them"
            )));
        }
        Ok(written.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
    }
}

/// What is in the shop's folder.
#[derive(Default)]
struct Folder {
    /// The text of its intents.toml.
    intents: Option<String>,
    declared: BTreeSet<String>,
    /// Those that have a language.toml.
    languages: BTreeSet<String>,
}

impl Folder {
    fn open(shop: &Path) -> Result<Self, Failure> {
        let mut folder = Self::default();
        for file in crate::packs::read_packs(&shop.join("intents"))? {
            if let Some(language) = file.path.strip_suffix("/language.toml") {
                folder.languages.insert(language.to_owned());
            }
            if file.path == "intents.toml" {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                folder.declared = declared(&text);
                folder.intents = Some(text);
            }
        }
        Ok(folder)
    }
}

/// The ids that an intents.toml declares. What is wrong with it is said when the whole is
/// validated.
fn declared(text: &str) -> BTreeSet<String> {
    let Ok(table) = DeTable::parse(text) else { return BTreeSet::new() };
    let entries = table.get_ref().get("intent").and_then(|list| list.get_ref().as_array());
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.get_ref().as_table()?.get("id")?.get_ref().as_str())
        .map(str::to_owned)
        .collect()
}

/// Compiles what the folder would be: nothing is written that would not load.
fn validate(shop: &Path, written: &[(String, Vec<u8>)]) -> Done {
    let mut files = PackFiles::embedded();
    if shop.exists() {
        files.intents.extend(crate::packs::read_packs(&shop.join("intents"))?);
    }
    files.intents.extend(written.iter().map(|(path, bytes)| PackFile {
        path: path.strip_prefix("intents/").unwrap_or(path).to_owned(),
        bytes: bytes.clone().into(),
        file: Some(shop.join(path)),
    }));
    Knowledge::compile(&files)?;
    Ok(())
}

fn refuse(faults: Vec<Fault>) -> Failure {
    Failure::Invalid(format!("nothing was imported\n\n{}", Faults(faults)))
}

fn tell(
    out: &mut impl Write,
    shop: &Path,
    plan: &Plan,
    written: &[(String, Vec<u8>)],
) -> io::Result<()> {
    for imported in &plan.intents {
        let (label, id) = (harmless(&imported.label), &imported.id);
        for (lang, count) in &imported.samples {
            writeln!(out, "{count:>6}  {lang}  {STRONG}{id}{END}  {DIM}{label}{END}")?;
        }
    }
    writeln!(out)?;
    if let Some((lang, share)) = &plan.told {
        writeln!(
            out,
            "language  {lang}, told from {share} % of the samples; --lang says otherwise"
        )?;
    }
    if let Some((lang, share)) = &plan.looks_like {
        writeln!(out, "{WARN}language{END}  {share} % of the samples look like {lang}")?;
    }
    for (what, count) in [("said twice", plan.repeated), ("empty", plan.empty)] {
        if count > 0 {
            writeln!(out, "left out  {count} samples: {what}")?;
        }
    }
    for (text, one, other) in plan.contradictions.iter().take(10) {
        let text = harmless(text);
        writeln!(out, "{BAD}twice{END}     {text:?} stands under {one} and {other}")?;
    }
    if plan.contradictions.len() > 10 {
        writeln!(out, "          … and {} more", plan.contradictions.len() - 10)?;
    }
    let bundled = PackFiles::embedded().samples();
    let replaced: BTreeSet<(&str, &str)> = plan
        .intents
        .iter()
        .flat_map(|i| i.samples.keys().map(|lang| (lang.as_str(), i.id.as_str())))
        .filter(|(lang, id)| bundled.iter().any(|s| s.language == *lang && s.intent == *id))
        .collect();
    for (lang, id) in replaced {
        writeln!(
            out,
            "{WARN}replaces{END}  {id} of the bundled {lang}: what that knew of it is not used"
        )?;
    }
    for (path, _) in written {
        writeln!(out, "wrote     {}", shop.join(path).display())?;
    }
    let shop = shop.display();
    writeln!(
        out,
        "\nNext:\n  switchboard compile --over {shop}      fits weights to the samples\n  switchboard check --shop {shop}        tries each of them, and says which intents lack an answer"
    )
}
