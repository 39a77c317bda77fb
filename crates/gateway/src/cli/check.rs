//! `switchboard check`: packs and answers load, samples hold, nothing is left unanswered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::thread;

use clap::Args;
use intent::Hints;

use super::marks::{BAD, DIM, END, GOOD, STRONG, WARN, harmless};
use super::{Done, Failure};
use crate::config::GivenShop;
use crate::packs::{Knowledge, PackFiles, Sample};

/// Check packs and answers: they load, samples hold, every intent is answered or handed over
#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard check --shop myshop
  switchboard check --lang es          one language's samples only

Exit code 1 with a list when packs are broken, a sample does not reach its intent, or an
intent has neither an answer nor `handoff = true`.")]
pub(super) struct Check {
    /// Only the samples of this language: es, zh
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    shop: GivenShop,
}

/// How the samples of one language did.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    tried: usize,
    held: usize,
}

/// A sample that does not hold.
struct Miss<'a> {
    sample: &'a Sample,
    reached: String,
}

/// These are settled by the rules themselves: yes and no to a question of the bot's, and
/// what nobody understands.
const WITHOUT_ANSWER: [&str; 3] = ["chat.affirm", "chat.deny", "none"];

impl Check {
    pub(super) fn run(self) -> Done {
        let files = super::gather(self.shop)?;
        let mut out = anstream::stdout().lock();
        let knowledge = match Knowledge::compile(&files) {
            Ok(knowledge) => knowledge,
            Err(faults) => {
                writeln!(out, "{faults}")?;
                return Err(Failure::Expectation);
            }
        };
        if let Some(lang) = &self.lang
            && !knowledge.analyzer.languages().contains(lang)
        {
            let known = knowledge.analyzer.languages().join(", ");
            return Err(Failure::Invalid(format!("no pack reads {lang:?}; there are: {known}")));
        }
        let samples = files.samples();
        let chosen = |sample: &&Sample| self.lang.as_ref().is_none_or(|l| *l == sample.language);
        let samples: Vec<&Sample> = samples.iter().filter(chosen).collect();
        let (scores, misses) = try_samples(&knowledge, &samples);
        let unanswered = unanswered(&knowledge);
        for miss in &misses {
            report(&mut out, miss)?;
        }
        for id in &unanswered {
            writeln!(out, "{BAD}no answer{END}  {id} has an answer in no locale and no handoff")?;
        }
        let findings = knowledge.answers.lint();
        for finding in &findings {
            let (path, line, message) = (&finding.path, finding.line, &finding.message);
            writeln!(out, "{WARN}{}{END}  {path}:{line}  {}: {message}", finding.code, finding.id)?;
        }
        table(&mut out, &knowledge, &files, &scores)?;
        let failures = misses.len() + unanswered.len();
        let (tried, warnings) = (scores.values().map(|s| s.tried).sum::<usize>(), findings.len());
        writeln!(
            out,
            "\n{tried} samples, {} do not hold; {} intents unanswered; {warnings} warnings",
            misses.len(),
            unanswered.len()
        )?;
        out.flush()?;
        if failures == 0 { Ok(()) } else { Err(Failure::Expectation) }
    }
}

fn try_samples<'a>(
    knowledge: &Knowledge,
    samples: &[&'a Sample],
) -> (BTreeMap<&'a str, Score>, Vec<Miss<'a>>) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = samples.len().div_ceil(threads).max(1);
    let reached: Vec<Option<String>> = thread::scope(|scope| {
        let workers: Vec<_> = samples
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(|s| miss(knowledge, s)).collect()))
            .collect();
        let parts = workers.into_iter().map(|worker| worker.join());
        parts
            .flat_map(|part: thread::Result<Vec<_>>| part.unwrap_or_else(|p| resume_unwind(p)))
            .collect()
    });
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut misses = Vec::new();
    for (sample, reached) in samples.iter().zip(reached) {
        let score = scores.entry(&sample.language).or_default();
        score.tried += 1;
        match reached {
            None => score.held += 1,
            Some(reached) => misses.push(Miss { sample, reached }),
        }
    }
    (scores, misses)
}

/// What a sample that does not hold reaches instead.
fn miss(knowledge: &Knowledge, sample: &Sample) -> Option<String> {
    let analysis = knowledge.analyzer.analyze(&sample.text, &Hints::default());
    // As much as the bot would act on: the first intent, or another that it also sees to.
    let acted_on = analysis.intent.as_str() == sample.intent
        || (sample.reaches
            && analysis.intent.as_str() != "none"
            && analysis.wishes().take(2).any(|found| found.id.as_str() == sample.intent));
    let (intent, confidence) = (&analysis.intent, analysis.confidence.as_f64());
    (acted_on != sample.reaches).then(|| format!("{intent} {confidence:.2}"))
}

fn report(out: &mut impl Write, miss: &Miss<'_>) -> io::Result<()> {
    let Miss { sample, reached } = miss;
    let (place, intent, text) = (&sample.place, &sample.intent, harmless(&sample.text));
    let must = if sample.reaches { "should reach" } else { "must not reach" };
    writeln!(out, "{BAD}sample{END}  {place}  {text:?} {must} {intent}, reached {reached}")
}

/// Intents that nobody answers and nobody is asked to.
fn unanswered(knowledge: &Knowledge) -> Vec<&str> {
    let answered: BTreeSet<&str> = knowledge.answers.ids().collect();
    let specs = knowledge.analyzer.intents().iter();
    specs
        .filter(|spec| !spec.handoff)
        .map(|spec| spec.id.as_str())
        .filter(|id| !answered.contains(id) && !WITHOUT_ANSWER.contains(id))
        .collect()
}

/// Progress by language: what is understood, and what is said in the locales beside it.
fn table(
    out: &mut impl Write,
    knowledge: &Knowledge,
    files: &PackFiles,
    scores: &BTreeMap<&str, Score>,
) -> io::Result<()> {
    let intents = knowledge.analyzer.intents().len();
    let mut understood: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let samples = files.samples();
    for sample in &samples {
        understood.entry(&sample.language).or_default().insert(&sample.intent);
    }
    writeln!(
        out,
        "\n{STRONG}{:<9} {:>8}  {:>8}  {:>6}{END}",
        "language", "intents", "samples", "hold"
    )?;
    for language in knowledge.analyzer.languages() {
        let known = understood.get(language.as_str()).map_or(0, BTreeSet::len);
        let score = scores.get(language.as_str()).copied().unwrap_or_default();
        write!(out, "{language:<9} {:>8}  {:>8}", format!("{known}/{intents}"), score.tried)?;
        match (score.held * 1000).checked_div(score.tried) {
            Some(1000) => writeln!(out, "  {GOOD}{:>6}{END}", "100 %")?,
            Some(permille) => {
                let share = format!("{}.{} %", permille / 10, permille % 10);
                writeln!(out, "  {WARN}{share:>6}{END}")?;
            }
            None => writeln!(out, "  {DIM}{:>6}{END}", "-")?,
        }
    }
    let coverage = knowledge.answers.coverage();
    writeln!(out, "\n{STRONG}{:<9} {:>8}  missing{END}", "locale", "answers")?;
    for locale in &coverage.locales {
        let missing: Vec<&str> =
            locale.missing.iter().chain(&locale.missing_names).map(String::as_str).collect();
        let missing = match missing.as_slice() {
            [] => format!("{GOOD}nothing{END}"),
            few if few.len() <= 6 => few.join(", "),
            [first, second, third, rest @ ..] => {
                format!("{first}, {second}, {third} and {} more", rest.len())
            }
            _ => missing.join(", "),
        };
        let (tag, answers) = (&locale.tag, locale.answers.len());
        writeln!(out, "{tag:<9} {answers:>8}  {missing}")?;
    }
    Ok(())
}
