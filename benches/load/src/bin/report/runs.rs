//! The runs, grouped: scenarios and servers in the order they first appear, and the median of each figure.

use std::collections::HashMap;

use serde_json::Value;

pub struct Results {
    pub scenarios: Vec<String>,
    pub servers: Vec<String>,
    runs: HashMap<(String, String), Vec<Value>>,
}

impl Results {
    pub fn read(lines: &str) -> Result<Self, String> {
        let mut results = Self { scenarios: Vec::new(), servers: Vec::new(), runs: HashMap::new() };
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let run: Value = serde_json::from_str(line).map_err(|e| format!("{line:?}: {e}"))?;
            let text = |key: &str| {
                run[key].as_str().map(str::to_owned).ok_or_else(|| format!("a run without {key:?}: {line}"))
            };
            let (scenario, server) = (text("scenario")?, text("server")?);
            remember(&mut results.scenarios, &scenario);
            remember(&mut results.servers, &server);
            results.runs.entry((scenario, server)).or_default().push(run);
        }
        Ok(results)
    }

    /// The median over the rounds; None where the server did not take part or has no such figure.
    pub fn median(&self, scenario: &str, server: &str, figure: &str) -> Option<f64> {
        median(self.values(scenario, server, figure).collect())
    }

    /// How many times what the other server needs ours does: the median over the rounds, each compared within itself. A
    /// machine that others share is now faster, now slower, for all that run at the time.
    pub fn ratio(&self, scenario: &str, server: &str, other: &str, figure: &str) -> Option<f64> {
        let (ours, theirs) = (self.values(scenario, server, figure), self.values(scenario, other, figure));
        median(ours.zip(theirs).map(|(ours, theirs)| ours / theirs).collect())
    }

    fn values(&self, scenario: &str, server: &str, figure: &str) -> impl Iterator<Item = f64> {
        let runs = self.runs.get(&(scenario.to_owned(), server.to_owned()));
        runs.into_iter().flatten().filter_map(move |run| run[figure].as_f64())
    }

    /// The fewest rounds that any server ran, and the most.
    pub fn rounds(&self) -> (usize, usize) {
        let counts = self.runs.values().map(Vec::len);
        (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0))
    }

    /// Whether in any run the server and the load had a core in common.
    pub fn share_a_core(&self) -> bool {
        self.runs.values().flatten().any(|run| run["shares_a_core"].as_bool() == Some(true))
    }

    /// Any run of the pair: its settings and command are the same in all rounds.
    pub fn sample(&self, scenario: &str, server: &str) -> Option<&Value> {
        self.runs.get(&(scenario.to_owned(), server.to_owned()))?.first()
    }

    /// The scenarios in which somebody has the figure.
    pub fn scenarios_with<'a>(&'a self, figure: &'a str) -> impl Iterator<Item = &'a str> {
        self.scenarios
            .iter()
            .map(String::as_str)
            .filter(move |s| self.servers.iter().any(|server| self.median(s, server, figure).is_some()))
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[n / 2]),
        n => Some((values[n / 2 - 1] + values[n / 2]) / 2.0),
    }
}

fn remember(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known == name) {
        list.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_round_or_between_the_two() {
        let line =
            |server: &str, n: u32| format!("{{\"scenario\":\"s\",\"server\":\"{server}\",\"x\":{n}}}\n");
        let lines = [line("a", 9), line("b", 1), line("a", 1), line("b", 2), line("a", 2)].concat();
        let results = Results::read(&lines).unwrap();
        assert_eq!(results.servers, ["a", "b"]);
        assert_eq!(results.median("s", "a", "x"), Some(2.0));
        assert_eq!(results.median("s", "b", "x"), Some(1.5));
        assert_eq!(results.median("s", "c", "x"), None);
        // 9 to 1 and 1 to 2; nobody ran beside the last one.
        assert_eq!(results.ratio("s", "a", "b", "x"), Some(4.75));
        assert_eq!(results.ratio("s", "a", "c", "x"), None);
        assert_eq!(results.rounds(), (2, 3));
    }
}
