//! The best few of many, kept in order as they come by: for decisions, and for what is told of them.
//! Only compares; knows neither calls nor agents.

/// The best `N`, the best first.
pub(crate) struct Podium<T, const N: usize>([Option<T>; N]);

impl<T: Copy, const N: usize> Podium<T, N> {
    pub(crate) const fn new() -> Self {
        Self([None; N])
    }

    /// Gives a newcomer its place; whoever is beaten moves down, and out at the end.
    #[inline]
    pub(crate) fn add(&mut self, newcomer: T, comes_before: impl Fn(&T, &T) -> bool) {
        if self.last().is_some_and(|last| !comes_before(&newcomer, last)) {
            return;
        }
        let mut moving = Some(newcomer);
        for place in &mut self.0 {
            let better = match (&moving, &place) {
                (Some(one), Some(two)) => comes_before(one, two),
                (one, _) => one.is_some(),
            };
            if better {
                std::mem::swap(&mut moving, place);
            }
        }
    }

    /// The last place's, once all are given away.
    pub(crate) const fn last(&self) -> Option<&T> {
        self.0[N - 1].as_ref()
    }

    pub(crate) const fn places(&self) -> [Option<T>; N] {
        self.0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_best_stand_in_order_and_the_rest_are_gone() {
        let mut podium = Podium::<u32, 3>::new();
        for newcomer in [5, 1, 4, 2, 3] {
            podium.add(newcomer, |one, two| one < two);
        }
        assert_eq!((podium.last(), podium.places()), (Some(&3), [Some(1), Some(2), Some(3)]));
    }
}
