//! An analysis as `/v1/classify`, a turn and `switchboard classify` write it.

use intent::{Analysis, Evidence, Span};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything that was understood of one message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Analysis)]
pub struct AnalysisBody<'a> {
    /// The message as it was read. Spans are byte offsets into its UTF-8.
    pub text: &'a str,
    /// The language it is taken to be in.
    pub language: LanguageBody<'a>,
    /// What to act on first; `none` when nothing reaches the bar.
    pub intent: &'a str,
    /// Of `intent`, 0 to 1.
    pub confidence: f64,
    /// Every intent found, the surest first, denied ones last.
    pub intents: Vec<IntentBody<'a>>,
    /// Things named, in the order of the text.
    pub entities: Vec<EntityBody<'a>>,
    /// The mood.
    pub emotion: EmotionBody<'a>,
    /// `red` (15 minutes), `yellow` (2 hours) or `blue` (24 hours).
    pub severity: &'static str,
    /// The tier of people that takes it when it is handed over, 1 to 3.
    pub tier: u8,
    /// Whether it is always handed to people.
    pub handoff: bool,
    /// A hash of the packs and the engine's version.
    pub packs: &'a str,
}

/// A language.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Language)]
pub struct LanguageBody<'a> {
    /// BCP 47; `und` when nothing speaks for any.
    pub tag: &'a str,
    /// 0 to 1.
    pub confidence: f64,
}

/// One intent that a message holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Intent)]
pub struct IntentBody<'a> {
    /// `domain.name`.
    pub id: &'a str,
    /// 0 to 1.
    pub confidence: f64,
    /// The customer says that this is not the wish.
    pub denied: bool,
    /// The words that tell it.
    pub spans: Vec<SpanBody>,
    /// Every rule that spoke, the heaviest first.
    pub evidence: Vec<EvidenceBody<'a>>,
}

/// A half-open range of byte offsets: `[start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Span)]
pub struct SpanBody(pub usize, pub usize);

/// Why an intent is believed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Evidence)]
pub struct EvidenceBody<'a> {
    /// The rule by name.
    pub rule: &'a str,
    /// Where it matched.
    pub span: SpanBody,
    /// The customer's words.
    pub text: &'a str,
    /// In thousandths, after the deductions.
    pub weight: i32,
    /// What was taken off, where something was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deductions: Vec<DeductionBody>,
}

/// A part of a weight that did not count.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Deduction)]
pub struct DeductionBody {
    /// `denied`, `other_language`, `typo`, `accent`, `quoted`.
    pub reason: &'static str,
    /// In thousandths.
    pub amount: i32,
}

/// A thing named in a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Entity)]
pub struct EntityBody<'a> {
    /// `order_number`, `tracking_number`, `money`, `date`, `email`, `phone`, `url`,
    /// `country`, `size`, `quantity`, `product`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The customer's words.
    pub text: &'a str,
    /// The normal form.
    pub value: &'a str,
    /// Where it stands.
    pub span: SpanBody,
}

/// The mood of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Emotion)]
pub struct EmotionBody<'a> {
    /// `neutral`, `positive`, `confused`, `worried`, `disappointed`, `angry`.
    pub label: &'static str,
    /// Anger, 0 to 3; `angry` is 2 and above.
    pub level: u8,
    /// The ledger.
    pub evidence: Vec<EmotionEvidenceBody<'a>>,
}

/// One entry of the ledger of a mood.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EmotionEvidence)]
pub struct EmotionEvidenceBody<'a> {
    /// The rule by name.
    pub rule: &'a str,
    /// Where it matched.
    pub span: SpanBody,
    /// The customer's words or signs.
    pub text: &'a str,
    /// What it adds to anger; negative calms.
    pub points: i32,
}

impl From<Span> for SpanBody {
    fn from(span: Span) -> Self {
        Self(span.start, span.end)
    }
}

impl<'a> AnalysisBody<'a> {
    /// Writes an analysis of `text`; `packs` is the hash of what read it.
    #[must_use]
    pub fn of(text: &'a str, analysis: &'a Analysis, packs: &'a str) -> Self {
        let evidence = |evidence: &'a Evidence| EvidenceBody {
            rule: &evidence.rule,
            span: evidence.span.into(),
            text: evidence.span.of(text),
            weight: evidence.weight,
            deductions: (evidence.deductions.iter())
                .map(|d| DeductionBody { reason: d.reason.as_str(), amount: d.amount })
                .collect(),
        };
        Self {
            text,
            language: LanguageBody {
                tag: &analysis.language.tag,
                confidence: analysis.language.confidence.as_f64(),
            },
            intent: analysis.intent.as_str(),
            confidence: analysis.confidence.as_f64(),
            intents: (analysis.intents.iter())
                .map(|found| IntentBody {
                    id: found.id.as_str(),
                    confidence: found.confidence.as_f64(),
                    denied: found.denied,
                    spans: found.spans.iter().map(|span| (*span).into()).collect(),
                    evidence: found.evidence.iter().map(evidence).collect(),
                })
                .collect(),
            entities: (analysis.entities.iter())
                .map(|entity| EntityBody {
                    kind: entity.kind.as_str(),
                    text: entity.span.of(text),
                    value: &entity.value,
                    span: entity.span.into(),
                })
                .collect(),
            emotion: EmotionBody {
                label: analysis.emotion.label.as_str(),
                level: analysis.emotion.level,
                evidence: (analysis.emotion.evidence.iter())
                    .map(|entry| EmotionEvidenceBody {
                        rule: &entry.rule,
                        span: entry.span.into(),
                        text: entry.span.of(text),
                        points: entry.points,
                    })
                    .collect(),
            },
            severity: analysis.severity.as_str(),
            tier: analysis.tier,
            handoff: analysis.handoff,
            packs,
        }
    }
}
