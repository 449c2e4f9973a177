//! A histogram of latencies: 64 steps to each doubling, so that a percentile is off by at most 1.6 %.

use std::time::Duration;

pub struct Latencies {
    counts: Vec<u64>,
    total: u64,
}

impl Latencies {
    pub fn new() -> Self {
        Self { counts: vec![0; 64 * STEPS], total: 0 }
    }

    pub fn add(&mut self, latency: Duration) {
        self.counts[bucket(latency.as_nanos() as u64)] += 1;
        self.total += 1;
    }

    /// The latency, in microseconds, that the given share (0 to 1) of the messages did not exceed.
    pub fn percentile_micros(&self, share: f64) -> f64 {
        let wanted = (self.total as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return upper_bound(bucket) as f64 / 1000.0;
            }
        }
        0.0
    }
}

fn bucket(nanos: u64) -> usize {
    if nanos < STEPS as u64 {
        return nanos as usize;
    }
    let doubling = nanos.ilog2() - STEPS.ilog2();
    doubling as usize * STEPS + (nanos >> doubling) as usize
}

fn upper_bound(bucket: usize) -> u64 {
    if bucket < STEPS {
        return bucket as u64;
    }
    let doubling = bucket / STEPS - 1;
    ((bucket - doubling * STEPS + 1) as u64) << doubling
}

const STEPS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latency_lies_below_its_buckets_bound_and_close_to_it() {
        for nanos in (0..10_000_000).step_by(997) {
            let bound = upper_bound(bucket(nanos));
            assert!(
                bound >= nanos && bound as f64 <= nanos as f64 * 1.02 + 1.0,
                "{nanos} in a bucket up to {bound}"
            );
        }
    }

    #[test]
    fn percentiles_of_a_ramp_are_its_points() {
        let mut ramp = Latencies::new();
        (1..=1000).for_each(|us| ramp.add(Duration::from_micros(us)));
        assert!((ramp.percentile_micros(0.5) - 500.0).abs() < 10.0);
        assert!((ramp.percentile_micros(0.99) - 990.0).abs() < 20.0);
    }
}
