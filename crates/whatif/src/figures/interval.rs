//! 95 % intervals: the jackknife over replications, and Student's t. For a difference of two policies the pairs stay pairs,
//! because both met the same citizens. Knows sums of replications; doesn't know what they are of.

use super::figure::Figure;
use super::sums::Sums;

/// A figure with half the width of its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The figure over all replications.
    pub value: f64,
    /// Half the width; none with fewer than two replications.
    pub half: Option<f64>,
}

/// The sums of all replications, and of all but one, for each.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Replicated {
    /// Of all.
    pub all: Sums,
    without: Vec<Sums>,
}

impl Replicated {
    /// From the sums of each replication.
    pub fn new(replications: &[Sums]) -> Self {
        let mut all = Sums::default();
        for one in replications {
            all.add(one, 1.0);
        }
        let without = |one: &Sums| {
            let mut rest = all.clone();
            rest.add(one, -1.0);
            rest
        };
        Self { without: replications.iter().map(without).collect(), all }
    }

    fn sums(&self, without: Option<usize>) -> &Sums {
        without.and_then(|one| self.without.get(one)).unwrap_or(&self.all)
    }
}

/// The figure over all replications.
pub fn estimate(figure: Figure, sums: &Replicated) -> Option<Estimate> {
    jackknife(sums.without.len(), |without| figure.of(sums.sums(without)))
}

/// How much greater the figure is in `these` than in `those`, replication by replication.
pub fn estimate_difference(figure: Figure, these: &Replicated, those: &Replicated) -> Option<Estimate> {
    let of = |sums: &Replicated, without| figure.of(sums.sums(without));
    let pairs = if these.without.len() == those.without.len() { these.without.len() } else { 0 };
    jackknife(pairs, |without| Some(of(these, without)? - of(those, without)?))
}

fn jackknife(count: usize, figure: impl Fn(Option<usize>) -> Option<f64>) -> Option<Estimate> {
    let value = figure(None)?;
    let left_out: Option<Vec<f64>> = (0..count).map(|one| figure(Some(one))).collect();
    let half = left_out.filter(|_| count >= 2).map(|left_out| {
        let mean = left_out.iter().sum::<f64>() / count as f64;
        let squares: f64 = left_out.iter().map(|one| (one - mean).powi(2)).sum();
        student_975(count - 1) * ((count - 1) as f64 / count as f64 * squares).sqrt()
    });
    Some(Estimate { value, half })
}

/// The 97.5 % quantile of Student's t (Cornish and Fisher's expansion around the normal; exact enough from 7 degrees on).
fn student_975(freedom: usize) -> f64 {
    const SMALL: [f64; 6] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447];
    if let Some(exact) = freedom.checked_sub(1).and_then(|place| SMALL.get(place)) {
        return *exact;
    }
    let (z, n) = (1.959_964_f64, freedom as f64);
    let first = (z.powi(3) + z) / (4.0 * n);
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * n * n);
    z + first + second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        for (freedom, known) in [(1, 12.706), (5, 2.571), (10, 2.228), (39, 2.023), (1_000, 1.962)] {
            assert!((student_975(freedom) - known).abs() < 0.003, "{freedom}: {}", student_975(freedom));
        }
    }

    #[test]
    fn the_jackknife_of_a_mean_is_the_textbook_interval() {
        let drawn = [4.0, 6.0, 8.0, 10.0];
        let mean = |without: Option<usize>| {
            let kept: Vec<f64> =
                drawn.iter().enumerate().filter(|(at, _)| Some(*at) != without).map(|(_, x)| *x).collect();
            Some(kept.iter().sum::<f64>() / kept.len() as f64)
        };
        let found = jackknife(4, mean).expect("there are numbers");
        // s = 2.58199, n = 4, t = 3.182.
        assert!((found.value - 7.0).abs() < 1e-12);
        assert!((found.half.expect("four of them") - 3.182 * 2.581_989 / 2.0).abs() < 1e-4);
    }
}
