//! What a process and everything below it cost, read from /proc: nanoseconds on a CPU and kilobytes of memory.

use std::collections::HashMap;
use std::fs;

/// The processes of one tree at the time of asking.
pub struct ProcTree {
    pids: Vec<u32>,
}

/// Kilobytes, summed over the tree.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Each shared page counted once in all: the honest figure for forked workers.
    pub pss_kb: u64,
    pub rss_kb: u64,
    /// Of `pss_kb`, what the processes wrote themselves: files they map are shared with whoever else runs.
    pub anonymous_kb: u64,
}

impl ProcTree {
    pub fn of(root: u32) -> Self {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for pid in numeric_entries("/proc") {
            if let Some(parent) = parent_of(pid) {
                children.entry(parent).or_default().push(pid);
            }
        }
        let mut pids = vec![root];
        let mut next = 0;
        while next < pids.len() {
            if let Some(more) = children.get(&pids[next]) {
                pids.extend(more);
            }
            next += 1;
        }
        Self { pids }
    }

    /// Nanoseconds that the tree's living threads have run. schedstat is exact where `stat` counts ticks of 10 ms.
    pub fn cpu_nanos(&self) -> u64 {
        let threads = self.pids.iter().flat_map(|pid| {
            let tasks = format!("/proc/{pid}/task");
            numeric_entries(&tasks).into_iter().map(move |tid| format!("{tasks}/{tid}/schedstat"))
        });
        threads.filter_map(|path| first_number(&fs::read_to_string(path).ok()?)).sum()
    }

    /// Open descriptors of the whole tree.
    pub fn descriptors(&self) -> usize {
        self.pids.iter().map(|pid| numeric_entries(&format!("/proc/{pid}/fd")).len()).sum()
    }

    pub fn memory(&self) -> Memory {
        let mut sum = Memory::default();
        for pid in &self.pids {
            let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { continue };
            for line in text.lines() {
                if let Some(rest) = line.strip_prefix("Pss:") {
                    sum.pss_kb += first_number(rest).unwrap_or(0);
                } else if let Some(rest) = line.strip_prefix("Rss:") {
                    sum.rss_kb += first_number(rest).unwrap_or(0);
                } else if let Some(rest) = line.strip_prefix("Pss_Anon:") {
                    sum.anonymous_kb += first_number(rest).unwrap_or(0);
                }
            }
        }
        sum
    }
}

fn numeric_entries(folder: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

/// The fourth field of `stat`; the second is the command in parentheses and may itself hold blanks and parentheses.
fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat[stat.rfind(')')? + 1..].split_whitespace().nth(1)?.parse().ok()
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}
