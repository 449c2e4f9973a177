//! The chart: for each scenario a panel of horizontal bars, one for each server; shorter is better.
//! Plain SVG with its own light and dark colours, so that it reads well wherever the page is shown.

use std::fmt::Write as _;

use crate::runs::Results;

pub fn draw(results: &Results) -> String {
    let scenarios: Vec<&str> = results.scenarios_with(FIGURE).collect();
    let (mut body, mut y) = (String::new(), TOP);
    for scenario in scenarios {
        y = panel(&mut body, results, scenario, y);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y}\" viewBox=\"0 0 {WIDTH} {y}\" \
         role=\"img\" aria-label=\"CPU microseconds for each message, by scenario and server\">\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{y}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"32\">CPU for each message, microseconds: shorter is better</text>\n{body}</svg>\n"
    )
}

/// Draws one panel at `y`; returns where the next begins.
fn panel(body: &mut String, results: &Results, scenario: &str, mut y: usize) -> usize {
    let bars: Vec<(usize, &str, f64)> = results
        .servers
        .iter()
        .enumerate()
        .filter_map(|(i, server)| Some((i, server.as_str(), results.median(scenario, server, FIGURE)?)))
        .collect();
    let longest = bars.iter().map(|bar| bar.2).fold(f64::MIN_POSITIVE, f64::max);
    let _ = writeln!(
        body,
        "<text class=\"scenario\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        y + 14,
        escape(scenario)
    );
    y += 24;
    for (i, server, value) in bars {
        let width = (value / longest * BAR_MAX as f64).max(1.0);
        let text_y = y + 14;
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{text_y}\" text-anchor=\"end\">{}</text>\
             <rect class=\"bar{}\" x=\"{BAR_X}\" y=\"{y}\" width=\"{width:.1}\" height=\"18\" rx=\"2\"/>\
             <text x=\"{:.1}\" y=\"{text_y}\">{value:.2}</text>",
            BAR_X - 8,
            escape(server),
            i % COLOURS,
            BAR_X as f64 + width + 6.0,
        );
        y += 22;
    }
    y + 14
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

const FIGURE: &str = "cpu_micros_per_message";
const WIDTH: usize = 760;
const MARGIN: usize = 24;
const TOP: usize = 52;
const BAR_X: usize = 190;
const BAR_MAX: usize = 480;
const COLOURS: usize = 4;
const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.scenario{font-weight:600}\
.page{fill:#fff}.bar0{fill:#c2410c}.bar1{fill:#64748b}.bar2{fill:#94a3b8}.bar3{fill:#cbd5e1}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.bar0{fill:#fb923c}.bar3{fill:#475569}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_width_and_names_are_escaped() {
        let lines = r#"{"scenario":"a<b","server":"x","cpu_micros_per_message":10}
                       {"scenario":"a<b","server":"y","cpu_micros_per_message":5}"#;
        let svg = draw(&Results::read(lines).unwrap());
        assert!(svg.contains("width=\"480.0\"") && svg.contains("width=\"240.0\"") && svg.contains("a&lt;b"));
    }
}
