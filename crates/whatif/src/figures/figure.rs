//! Which quotient is which figure, in which unit, by which definition.
//! Knows sums and names; doesn't know intervals.

use super::sums::Sums;

/// Calls below which a class is not asked to be the worst one: fewer say nothing.
pub const CLASS_CALLS_MIN: f64 = 50.0;

/// A figure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Figure {
    /// Answered within the target ÷ offered, in %.
    ServiceLevel,
    /// The wait that 95 % of the answered calls did not exceed, in s.
    P95,
    /// Mean wait of answered calls, in s.
    MeanWait,
    /// Given up (or no room) ÷ offered, in %.
    Lost,
    /// Answered by an agent of the citizen's own municipality ÷ answered calls of members' citizens, in %.
    Own,
    /// Service level of the worst pair of topic and language, in %.
    WorstClass,
    /// Standard deviation of occupancy over agents' days on duty.
    OccupancySd,
    /// Mean occupancy: busy ÷ on duty, in %.
    Occupancy,
    /// Jain's index of the municipalities' service levels: 1 is alike.
    Jain,
    /// The greatest distance of a municipality's service level from the mean of all, in points.
    Spread,
    /// Service level of calls during a flood that are not of its kind, in %.
    Bystanders,
    /// Given up ÷ offered of these, in %.
    BystandersLost,
    /// Calls of the flooded kind answered during the flood ÷ ordinary ones expected.
    FloodService,
    /// Days on which calls of the flooded kind were served at a level above 0 still 45 to 60 min after the flood, in %.
    LateSurge,
    /// Expected wait against actual, root of the mean square error ÷ mean wait.
    PromiseError,
    /// Mean of expected − actual ÷ mean wait, in %.
    PromiseBias,
    /// Answered no later than announced ÷ answered calls that waited, in %.
    PromiseKept,
}

impl Figure {
    /// All, in the order of tables.
    pub const ALL: [Self; 17] = [
        Self::ServiceLevel,
        Self::P95,
        Self::MeanWait,
        Self::Lost,
        Self::Own,
        Self::WorstClass,
        Self::OccupancySd,
        Self::Occupancy,
        Self::Jain,
        Self::Spread,
        Self::Bystanders,
        Self::BystandersLost,
        Self::FloodService,
        Self::LateSurge,
        Self::PromiseError,
        Self::PromiseBias,
        Self::PromiseKept,
    ];

    /// Its name in tables; the target in seconds stands for T.
    pub fn title(self, target_s: f64) -> String {
        match self {
            Self::ServiceLevel => format!("SL{target_s:.0} %"),
            Self::P95 => "P95 wait s".into(),
            Self::MeanWait => "mean wait s".into(),
            Self::Lost => "lost %".into(),
            Self::Own => "own share %".into(),
            Self::WorstClass => "worst class %".into(),
            Self::OccupancySd => "occupancy sd".into(),
            Self::Occupancy => "occupancy %".into(),
            Self::Jain => "Jain municipalities".into(),
            Self::Spread => "municipalities ± points".into(),
            Self::Bystanders => format!("bystanders SL{target_s:.0} %"),
            Self::BystandersLost => "bystanders lost %".into(),
            Self::FloodService => "flooded served ÷ forecast".into(),
            Self::LateSurge => "level > 0 after 45 min, % days".into(),
            Self::PromiseError => "told wait RRMSE".into(),
            Self::PromiseBias => "told wait bias %".into(),
            Self::PromiseKept => "told wait kept %".into(),
        }
    }

    /// Its name in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ServiceLevel => "service_level_percent",
            Self::P95 => "p95_wait_s",
            Self::MeanWait => "mean_wait_s",
            Self::Lost => "lost_percent",
            Self::Own => "own_share_percent",
            Self::WorstClass => "worst_class_percent",
            Self::OccupancySd => "occupancy_sd",
            Self::Occupancy => "occupancy_percent",
            Self::Jain => "jain_municipalities",
            Self::Spread => "municipalities_spread_points",
            Self::Bystanders => "bystanders_service_level_percent",
            Self::BystandersLost => "bystanders_lost_percent",
            Self::FloodService => "flooded_served_to_forecast",
            Self::LateSurge => "surge_after_45_min_percent_of_days",
            Self::PromiseError => "told_wait_rrmse",
            Self::PromiseBias => "told_wait_bias_percent",
            Self::PromiseKept => "told_wait_kept_percent",
        }
    }

    /// Digits behind the point in tables.
    pub const fn digits(self) -> usize {
        match self {
            Self::OccupancySd => 3,
            Self::Jain => 4,
            Self::FloodService | Self::PromiseError => 2,
            Self::P95 => 0,
            Self::ServiceLevel
            | Self::MeanWait
            | Self::Lost
            | Self::Own
            | Self::WorstClass
            | Self::Occupancy
            | Self::Spread
            | Self::Bystanders
            | Self::BystandersLost
            | Self::LateSurge
            | Self::PromiseBias
            | Self::PromiseKept => 1,
        }
    }

    /// Its value; none where there is nothing to divide by.
    pub fn of(self, sums: &Sums) -> Option<f64> {
        let all = &sums.all;
        match self {
            Self::ServiceLevel => percent(all.in_time, all.offered),
            Self::P95 => quantile(&sums.waits, 0.95),
            Self::MeanWait => quotient(sums.wait_s, all.served),
            Self::Lost => percent(all.lost, all.offered),
            Self::Own => percent(sums.own, sums.of_members),
            Self::WorstClass => worst_class(sums).map(|(_, level)| level),
            Self::OccupancySd => deviation(sums.occupancy),
            Self::Occupancy => percent(sums.hours_s.1, sums.hours_s.0),
            Self::Jain => jain(sums),
            Self::Spread => spread(sums),
            Self::Bystanders => percent(sums.bystanders.in_time, sums.bystanders.offered),
            Self::BystandersLost => percent(sums.bystanders.lost, sums.bystanders.offered),
            Self::FloodService => quotient(sums.flood_answered, sums.flood_expected),
            Self::LateSurge => percent(sums.late_surges, sums.days).filter(|_| sums.flood_expected > 0.0),
            Self::PromiseError => {
                let told = &sums.told;
                Some(quotient(told.square, told.calls)?.max(0.0).sqrt() / quotient(told.wait_s, told.calls)?)
            }
            Self::PromiseBias => percent(sums.told.error_s, sums.told.wait_s),
            Self::PromiseKept => percent(sums.told.kept, sums.told.calls),
        }
    }
}

fn quotient(above: f64, below: f64) -> Option<f64> {
    (below > 1e-9).then(|| above / below)
}

fn percent(above: f64, below: f64) -> Option<f64> {
    quotient(above, below).map(|share| share * 100.0)
}

/// Place and service level of the worst class that has at least [`CLASS_CALLS_MIN`] calls.
pub fn worst_class(sums: &Sums) -> Option<(usize, f64)> {
    let levels = sums.classes.iter().enumerate().filter(|(_, class)| class.offered >= CLASS_CALLS_MIN);
    levels
        .filter_map(|(place, class)| Some((place, percent(class.in_time, class.offered)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Between the ends of the second in which the quantile lies.
fn quantile(counts: &[f64], share: f64) -> Option<f64> {
    let all: f64 = counts.iter().sum();
    let mut left = share * all;
    for (second, count) in counts.iter().enumerate().filter(|_| all > 0.5) {
        if left <= *count {
            return Some(if second == 0 { 0.0 } else { second as f64 + left / count.max(1.0) });
        }
        left -= count;
    }
    None
}

fn deviation((count, sum, square): (f64, f64, f64)) -> Option<f64> {
    let mean = quotient(sum, count)?;
    Some((square / count - mean * mean).max(0.0).sqrt())
}

fn levels(sums: &Sums) -> Vec<f64> {
    sums.municipalities.values().filter_map(|share| percent(share.in_time, share.offered)).collect()
}

fn jain(sums: &Sums) -> Option<f64> {
    let levels = levels(sums);
    let (sum, square): (f64, f64) = (levels.iter().sum(), levels.iter().map(|level| level * level).sum());
    quotient(sum * sum, levels.len() as f64 * square)
}

fn spread(sums: &Sums) -> Option<f64> {
    let levels = levels(sums);
    let mean = quotient(levels.iter().sum(), levels.len() as f64)?;
    levels.iter().map(|level| (level - mean).abs()).max_by(f64::total_cmp)
}
