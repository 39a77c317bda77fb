//! Charts as SVG, with their numbers as a table below for whoever does not see them.

use maud::{Markup, html};

/// One bar: a label, a value, and the part of it that is told apart.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    pub(super) part: Option<f64>,
}

/// What a chart shows.
pub(super) struct Chart<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// What a value counts, and what the part of it does.
    pub(super) value: &'a str,
    pub(super) part: Option<&'a str>,
    pub(super) bars: &'a [Bar],
}

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 150.0;
const ROW: f64 = 20.0;
const LABEL: f64 = 170.0;

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

impl Chart<'_> {
    fn most(&self) -> f64 {
        self.bars.iter().map(|bar| bar.value).fold(1.0, f64::max)
    }

    fn framed(&self, svg: &Markup) -> Markup {
        html! {
            figure.chart {
                figcaption id=(self.id) { strong { (self.title) }
                    @if let Some(part) = self.part { span.soft { " dark: " (part) } } }
                @if self.bars.iter().all(|bar| bar.value == 0.0) { p.empty { "Nothing in this period." } }
                @else { (svg) }
                details {
                    summary { "As a table" }
                    table {
                        thead { tr { th scope="col" { span.hidden { "What" } } th.number scope="col" { (self.value) }
                            @if let Some(part) = self.part { th.number scope="col" { (part) } } } }
                        tbody { @for bar in self.bars { tr {
                            th scope="row" { (bar.label) } td.number { (number(bar.value)) }
                            @if self.part.is_some() { td.number { (number(bar.part.unwrap_or_default())) } }
                        } } }
                    }
                }
            }
        }
    }

    /// Columns side by side: what changes over time.
    pub(super) fn columns(&self) -> Markup {
        let most = self.most();
        let width = WIDTH / self.bars.len().max(1) as f64;
        let every = (self.bars.len() / 12).max(1);
        self.framed(&html! {
            svg viewBox={ "0 0 " (WIDTH + 40.0) " " (HEIGHT + 30.0) } role="img" aria-labelledby=(self.id) {
                @for step in [0.0, 0.5, 1.0] {
                    @let y = 8.0 + HEIGHT * (1.0 - step);
                    line.grid x1="34" x2=(WIDTH + 36.0) y1=(y) y2=(y) {}
                    text.tick x="30" y=(y + 4.0) text-anchor="end" { (number(most * step)) }
                }
                @for (n, bar) in self.bars.iter().enumerate() {
                    @let x = 36.0 + n as f64 * width;
                    @let height = bar.value / most * HEIGHT;
                    @let part = bar.part.unwrap_or_default() / most * HEIGHT;
                    rect.bar x=(format!("{x:.1}")) y=(format!("{:.1}", 8.0 + HEIGHT - height))
                        width=(format!("{:.1}", (width - 2.0).max(1.0))) height=(format!("{height:.1}")) {
                        title { (bar.label) ": " (number(bar.value)) }
                    }
                    @if part > 0.0 {
                        rect.part x=(format!("{x:.1}")) y=(format!("{:.1}", 8.0 + HEIGHT - part))
                            width=(format!("{:.1}", (width - 2.0).max(1.0))) height=(format!("{part:.1}")) {}
                    }
                    @if n % every == 0 {
                        text.tick x=(format!("{:.1}", x + width / 2.0)) y=(HEIGHT + 24.0) text-anchor="middle" { (bar.label) }
                    }
                }
            }
        })
    }

    /// Bars below each other: what is compared.
    pub(super) fn rows(&self) -> Markup {
        let most = self.most();
        let height = self.bars.len() as f64 * ROW + 6.0;
        let full = WIDTH - LABEL - 50.0;
        self.framed(&html! {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby=(self.id) {
                @for (n, bar) in self.bars.iter().enumerate() {
                    @let y = n as f64 * ROW + 4.0;
                    @let length = bar.value / most * full;
                    @let part = bar.part.unwrap_or_default() / most * full;
                    text.tick x=(LABEL - 6.0) y=(y + 11.0) text-anchor="end" { (bar.label) }
                    rect.bar x=(LABEL) y=(y) width=(format!("{length:.1}")) height="14" {}
                    @if part > 0.0 { rect.part x=(LABEL) y=(y) width=(format!("{part:.1}")) height="14" {} }
                    text.tick x=(format!("{:.1}", LABEL + length + 6.0)) y=(y + 11.0) { (number(bar.value)) }
                }
            }
        })
    }
}
