//! `report`: turns the JSON lines of many runs into the tables and the chart of `benches/README.md`.
//! Usage: report RUNS.jsonl README.md CHART.svg [a line about the machine and the versions]
//! Only what lies between the two markers of the README is replaced; the rest belongs to its authors.

mod chart;
mod marks;
mod runs;
mod tables;

use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [runs, readme, chart, about @ ..] = &args[..] else {
        eprintln!("usage: report RUNS.jsonl README.md CHART.svg [about]");
        return ExitCode::from(2);
    };
    match write(runs, readme, chart, about.first().map_or("", String::as_str)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("report: {why}");
            ExitCode::FAILURE
        }
    }
}

fn write(runs: &str, readme: &str, chart: &str, about: &str) -> Result<(), String> {
    let text = fs::read_to_string(runs).map_err(|e| format!("{runs}: {e}"))?;
    let results = runs::Results::read(&text)?;
    fs::write(chart, chart::draw(&results)).map_err(|e| format!("{chart}: {e}"))?;
    let chart_name = chart.rsplit('/').next().unwrap_or(chart);
    let section = tables::section(&results, chart_name, about);
    let page = fs::read_to_string(readme).unwrap_or_else(|_| "# Benchmarks\n".into());
    fs::write(readme, between_markers(&page, &section)).map_err(|e| format!("{readme}: {e}"))?;
    println!("{section}");
    Ok(())
}

/// Replaces the text between the markers; a page without them gets both at its end.
fn between_markers(page: &str, section: &str) -> String {
    match (page.find(BEGIN), page.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            format!("{}{BEGIN}\n{section}{}", &page[..begin], &page[end..])
        }
        _ => format!("{}\n\n{BEGIN}\n{section}{END}\n", page.trim_end()),
    }
}

const BEGIN: &str = "<!-- servers: begin (written by .ci/bench.sh) -->";
const END: &str = "<!-- servers: end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_changes() {
        let page = format!("# Mine\n\nkeep\n\n{BEGIN}\nold\n{END}\n\nkeep too\n");
        let expected = format!("# Mine\n\nkeep\n\n{BEGIN}\nnew\n{END}\n\nkeep too\n");
        assert_eq!(between_markers(&page, "new\n"), expected);
        assert_eq!(
            between_markers(&between_markers("# Mine\n", "a\n"), "b\n"),
            format!("# Mine\n\n{BEGIN}\nb\n{END}\n")
        );
    }
}
