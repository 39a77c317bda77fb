//! Charts as inline SVG. Colours come from the page's style, so that they follow it.

use std::fmt::{self, Write};

use super::super::report::{BinBody, LanguageBody, PointBody};
use super::text;

/// The plot, inside margins for the axes.
const LEFT: f64 = 56.0;
const TOP: f64 = 12.0;
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;
const BOTTOM: f64 = 44.0;

/// A linear scale of shares onto the plot; the vertical one may begin above zero.
struct Plot {
    from: f64,
}

impl Plot {
    fn x(share: f64) -> f64 {
        LEFT + share * WIDTH
    }

    fn y(&self, share: f64) -> f64 {
        TOP + HEIGHT - (share - self.from) / (1.0 - self.from) * HEIGHT
    }

    fn open(&self, out: &mut String, id: &str, title: &str, x: &str, y: &str) -> fmt::Result {
        let (width, height) = (LEFT + WIDTH + 16.0, TOP + HEIGHT + BOTTOM);
        writeln!(
            out,
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{title}</title>"
        )?;
        for step in 0..=5 {
            let share = f64::from(step) / 5.0;
            let (px, bottom) = (Self::x(share), TOP + HEIGHT);
            writeln!(
                out,
                "<line class=\"grid\" x1=\"{px:.1}\" y1=\"{TOP}\" x2=\"{px:.1}\" y2=\"{bottom}\"/><text class=\"tick\" x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{share:.1}</text>",
                bottom + 16.0
            )?;
            let value = self.from + share * (1.0 - self.from);
            let (py, right) = (self.y(value), LEFT + WIDTH);
            writeln!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{py:.1}\" x2=\"{right}\" y2=\"{py:.1}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.2}</text>",
                LEFT - 6.0,
                py + 4.0
            )?;
        }
        let (middle, foot) = (LEFT + WIDTH / 2.0, TOP + HEIGHT + 36.0);
        let half = TOP + HEIGHT / 2.0;
        writeln!(
            out,
            "<text class=\"axis\" x=\"{middle}\" y=\"{foot}\" text-anchor=\"middle\">{x}</text><text class=\"axis\" x=\"14\" y=\"{half}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {half})\">{y}</text>"
        )
    }
}

/// The share answered against the share right of those.
pub(super) fn curve(out: &mut String, points: &[PointBody]) -> fmt::Result {
    let plotted: Vec<(&PointBody, f64)> =
        points.iter().filter_map(|point| Some((point, point.accuracy?))).collect();
    let lowest = plotted.iter().map(|(_, accuracy)| *accuracy).fold(1.0, f64::min);
    let plot = Plot { from: ((lowest - 0.02) * 10.0).floor().clamp(0.0, 9.0) / 10.0 };
    let title = "Share of messages answered against the share right of those";
    plot.open(out, "curve", title, "share answered", "right of those answered")?;
    out.push_str("<polyline class=\"line\" points=\"");
    for (point, accuracy) in &plotted {
        write!(out, "{:.1},{:.1} ", Plot::x(point.answered), plot.y(*accuracy))?;
    }
    out.push_str("\"/>\n");
    for (point, accuracy) in &plotted {
        let PointBody { bar, answered, .. } = point;
        let (x, y) = (Plot::x(*answered), plot.y(*accuracy));
        write!(
            out,
            "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>bar {bar:.3}: {answered:.3} answered, {accuracy:.3} of those right</title></circle>"
        )?;
    }
    out.push_str("</svg>\n");
    Ok(())
}

/// Confidence against accuracy, with the line on which they would be the same.
pub(super) fn calibration(out: &mut String, bins: &[BinBody]) -> fmt::Result {
    let plot = Plot { from: 0.0 };
    let title = "Confidence against the share right";
    plot.open(out, "calibration", title, "confidence", "right")?;
    for bin in bins {
        let Some(accuracy) = bin.accuracy else { continue };
        let (x, y) = (Plot::x(bin.from) + 2.0, plot.y(accuracy));
        let (width, height) = ((bin.to - bin.from) * WIDTH - 4.0, TOP + HEIGHT - y);
        let (from, to, messages) = (bin.from, bin.to, bin.messages);
        writeln!(
            out,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{from:.1} to {to:.1}: {accuracy:.3} of {messages} right</title></rect>"
        )?;
    }
    let ends = [Plot::x(0.0), plot.y(0.0), Plot::x(1.0), plot.y(1.0)];
    let [x1, y1, x2, y2] = ends;
    writeln!(out, "<line class=\"ideal\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/></svg>")
}

/// One bar a language: accuracy.
pub(super) fn bars(out: &mut String, languages: &[LanguageBody]) -> fmt::Result {
    const ROW: f64 = 24.0;
    const LABEL: f64 = 110.0;
    let height = languages.len() as f64 * ROW + 4.0;
    let width = LABEL + WIDTH + 60.0;
    writeln!(
        out,
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"languages\"><title id=\"languages\">Accuracy by language</title>"
    )?;
    for (at, language) in languages.iter().enumerate() {
        let accuracy = language.figures.get("accuracy").copied().unwrap_or_default();
        let (y, length) = (at as f64 * ROW + 4.0, accuracy * WIDTH);
        let (baseline, lang) = (y + 14.0, text(&language.lang));
        writeln!(
            out,
            "<text class=\"tick\" x=\"{:.1}\" y=\"{baseline:.1}\" text-anchor=\"end\">{lang}</text><rect class=\"bar\" x=\"{LABEL}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"18\"/><text class=\"tick\" x=\"{:.1}\" y=\"{baseline:.1}\">{accuracy:.3}</text>",
            LABEL - 8.0,
            LABEL + length + 6.0
        )?;
    }
    out.push_str("</svg>\n");
    Ok(())
}
