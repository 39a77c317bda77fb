//! `switchboard ask`: one message, for a person.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use clap::Args;
use desk::{Conversation, ConversationId, Decision};
use intent::{Analysis, Evidence, IntentMatch, Span};

use super::marks::{self, DIM, END, GOOD, STRONG, harmless};
use super::{Done, Failure};
use crate::clock::Clock;
use crate::config::GivenShop;
use crate::turn::{Said, Thought, think};
use crate::wire::{self, AnalysisBody, DecisionBody, ReplyBody, TurnAnswer};

/// Say what is understood of one message, and what is answered
#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard ask \"¿dónde está mi paquete? pedido #10234\"
  switchboard ask --why \"I don't want a refund, I want my parcel\"
  switchboard ask --json \"我要refund\" | jq .decision")]
pub(super) struct Ask {
    /// What the customer writes
    text: String,
    /// What page or channel say of the language: es, pt-BR, zh-Hant
    #[arg(long, value_name = "TAG", value_parser = locale)]
    locale: Option<String>,
    /// Show the whole arithmetic: every rule, its weight, what was taken off
    #[arg(long)]
    why: bool,
    /// Write what POST /v1/messages would answer
    #[arg(long, conflicts_with = "why")]
    json: bool,
    #[command(flatten)]
    shop: GivenShop,
}

fn locale(tag: &str) -> Result<String, String> {
    wire::Locale::try_from(tag.to_owned()).map(|locale| locale.as_str().to_owned())
}

impl Ask {
    pub(super) fn run(self) -> Done {
        if wire::checked_text(&self.text).is_err() {
            let max = wire::MAX_GRAPHEMES;
            return Err(Failure::Invalid(format!("the text has more than {max} characters")));
        }
        let knowledge = super::load(self.shop)?;
        let now = Clock::system().now();
        let conversation = Conversation::start(ConversationId::new("ask"), now);
        let said = Said { text: Some(self.text), locale: self.locale, ..Said::default() };
        let thought = think(&knowledge, &conversation, &said, &desk::Floor::default(), None, now);
        let mut out = anstream::stdout().lock();
        if self.json {
            let Thought { text, analysis, decision, reply, .. } = &thought;
            let packs = knowledge.analyzer.packs_hash();
            let answer = TurnAnswer {
                conversation_id: conversation.id.as_str(),
                conversation_token: None,
                reply: reply.as_ref().map(ReplyBody::from),
                analysis: AnalysisBody::of(text, analysis, packs),
                decision: DecisionBody::from(decision),
                ticket: None,
            };
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
            return Ok(());
        }
        let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        understood(&mut out, &thought, colour)?;
        if self.why {
            arithmetic(&mut out, &thought)?;
        }
        answered(&mut out, &thought)?;
        Ok(())
    }
}

fn row(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{DIM}{name:<10}{END} {value}")
}

fn understood(out: &mut impl Write, thought: &Thought, colour: bool) -> io::Result<()> {
    let Thought { text, analysis, .. } = thought;
    let spans: Vec<Span> = analysis.wishes().flat_map(|found| found.spans.clone()).collect();
    writeln!(out, "{}\n", harmless_but_marked(text, &spans, colour))?;
    let language = &analysis.language;
    row(out, "language", &format!("{} {:.2}", language.tag, language.confidence.as_f64()))?;
    row(
        out,
        "intent",
        &format!("{STRONG}{}{END} {:.2}", analysis.intent, analysis.confidence.as_f64()),
    )?;
    for found in &analysis.intents {
        let words: Vec<&str> = found.spans.iter().map(|span| span.of(text)).collect();
        let denied = if found.denied { "  (denied)" } else { "" };
        let words = harmless(&words.join(" … "));
        let line =
            format!("  {} {:.2}{denied}  {DIM}{words}{END}", found.id, found.confidence.as_f64());
        row(out, "", &line)?;
    }
    for entity in &analysis.entities {
        let (words, value) = (harmless(entity.span.of(text)), harmless(&entity.value));
        row(out, entity.kind.as_str(), &format!("{value}  {DIM}{words}{END}"))?;
    }
    let emotion = &analysis.emotion;
    row(out, "emotion", &format!("{} (anger {} of 3)", emotion.label.as_str(), emotion.level))?;
    let colour = marks::of(analysis.severity);
    let handoff = if analysis.handoff { ", always handed over" } else { "" };
    let severity = analysis.severity.as_str();
    row(out, "severity", &format!("{colour}{severity}{END}, tier {}{handoff}", analysis.tier))
}

/// Marks first: the spans are places in the text as it was typed.
fn harmless_but_marked(text: &str, spans: &[Span], colour: bool) -> String {
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return harmless(text);
    }
    marks::marked(text, spans, colour)
}

fn arithmetic(out: &mut impl Write, thought: &Thought) -> io::Result<()> {
    let Thought { text, analysis, .. } = thought;
    writeln!(out)?;
    for found in &analysis.intents {
        sum(out, text, found)?;
    }
    let Analysis { emotion, nearest, .. } = analysis;
    if !emotion.evidence.is_empty() {
        writeln!(out, "{STRONG}mood{END}")?;
        for entry in &emotion.evidence {
            let words = harmless(entry.span.of(text));
            writeln!(out, "  {:>+6}  {}  {DIM}{words}{END}", entry.points, entry.rule)?;
        }
    }
    let nearest: Vec<&str> = nearest.iter().map(intent::IntentId::as_str).collect();
    row(out, "nearest", &nearest.join(", "))
}

fn sum(out: &mut impl Write, text: &str, found: &IntentMatch) -> io::Result<()> {
    let clause = harmless(found.clause.of(text));
    writeln!(out, "{STRONG}{}{END}  {DIM}in: {clause}{END}", found.id)?;
    for Evidence { rule, span, weight, deductions } in &found.evidence {
        writeln!(out, "  {weight:>+6}  {rule}  {DIM}{}{END}", harmless(span.of(text)))?;
        for deduction in deductions {
            let (amount, reason) = (-deduction.amount, deduction.reason.as_str());
            writeln!(out, "          {DIM}({amount:+} {reason}){END}")?;
        }
    }
    writeln!(out, "  {:>6}  sum, confidence {:.3}", found.score, found.confidence.as_f64())
}

fn answered(out: &mut impl Write, thought: &Thought) -> io::Result<()> {
    let Decision { action, rule, why, handoff, .. } = &thought.decision;
    writeln!(out)?;
    let (action, rule) = (action.as_str(), rule.as_str());
    row(out, "decision", &format!("{STRONG}{action}{END} by {rule}: {why}"))?;
    if let Some(handoff) = handoff {
        let severity = handoff.severity;
        let colour = marks::of(severity);
        let (tier, due) = (handoff.tier, handoff.due_at().strftime("%Y-%m-%d %H:%M UTC"));
        row(out, "ticket", &format!("{colour}{}{END}, tier {tier}, due {due}", severity.as_str()))?;
    }
    let Some(reply) = &thought.reply else { return row(out, "answer", "(nothing)") };
    row(out, "answer", &format!("{} {}", reply.language, reply.answers.join(", ")))?;
    for line in reply.text.lines() {
        writeln!(out, "  {GOOD}{}{END}", harmless(line))?;
    }
    for button in &reply.buttons {
        writeln!(out, "  [{}]  {DIM}{}{END}", button.title, button.payload)?;
    }
    Ok(())
}
