//! Step 2 of the walk: which line does a dialled number ring, and whose citizen is it?
//!
//! Knows the plan's numbers; knows nothing of SIP headers: their order of trust is the caller's.

use model::{Dialled, MunicipalityId};

use crate::{LineNo, Plan};

/// What a dialled number leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineFound {
    /// The line that it rings.
    pub line: LineNo,
    /// The municipality that was dialled or forwarded from; none when unknown.
    pub municipality: Option<MunicipalityId>,
}

/// Nobody has that number (404).
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("nobody has the number {0}")]
pub struct UnknownNumber(pub Dialled);

impl Plan {
    /// Finds the line of the number that was `dialled` (Request-URI). If neither number nor line belongs to one
    /// municipality, the first of `reached_by` (the numbers it was forwarded from, most trusted first) that belongs
    /// to a member tells the municipality.
    ///
    /// A number without a line only tells the municipality; dialled itself, it is unknown.
    pub fn find(&self, dialled: &Dialled, reached_by: &[Dialled]) -> Result<LineFound, UnknownNumber> {
        let number = self.numbers.get(dialled);
        let Some((number, line)) = number.and_then(|number| number.line.map(|line| (number, line))) else {
            return Err(UnknownNumber(dialled.clone()));
        };
        let municipality = number
            .municipality
            .or(self.lines[line.at()].municipality)
            .or_else(|| reached_by.iter().find_map(|number| self.numbers.get(number)?.municipality));
        Ok(LineFound { line, municipality })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::plan;

    fn dialled(text: &str) -> Dialled {
        Dialled::parse(text).expect("a number")
    }

    fn find(number: &str, reached_by: &[&str]) -> Result<(String, Option<u16>), UnknownNumber> {
        let plan = plan(
            r#"
            municipalities = [{ id = "0751", name = "Aarhus" }, { id = "0730", name = "Randers" }]
            topics = [{ id = "pas", title = "Pas" }]
            languages = [{ id = "da", title = "dansk" }]
            queues = [{ id = "pas", title = "Pas" }]
            numbers = [
                { number = "89402222", line = "faelles", municipality = "0751" },
                { number = "89151515", municipality = "0730" },
            ]
            [[lines]]
            id = "faelles"
            title = "Pas"
            numbers = ["70101010"]
            topic = "pas"
            language = "da"
            queue = "pas"
            calendar = "always"
            wait_max_s = 3600
            [[lines]]
            id = "egen"
            title = "Pas i Randers"
            numbers = ["89150000"]
            municipality = "0730"
            topic = "pas"
            language = "da"
            queue = "pas"
            calendar = "always"
            wait_max_s = 3600
            "#,
        );
        let reached_by: Vec<_> = reached_by.iter().map(|text| dialled(text)).collect();
        let found = plan.find(&dialled(number), &reached_by)?;
        Ok((plan.lines[found.line.at()].id.to_string(), found.municipality.map(|id| id.0)))
    }

    #[test]
    fn a_shared_number_learns_the_municipality_from_the_first_member_that_forwarded() {
        assert_eq!(find("70101010", &[]), Ok(("faelles".into(), None)));
        assert_eq!(find("70101010", &["20304050", "89151515", "89402222"]), Ok(("faelles".into(), Some(730))));
        assert_eq!(find("+4570101010", &["+4589402222"]), Ok(("faelles".into(), Some(751))));
    }

    #[test]
    fn a_members_own_number_says_itself_whose_it_is() {
        assert_eq!(find("89402222", &["89151515"]), Ok(("faelles".into(), Some(751))));
        assert_eq!(find("89150000", &["89402222"]), Ok(("egen".into(), Some(730))));
    }

    #[test]
    fn a_number_that_only_tells_the_municipality_rings_nowhere() {
        assert_eq!(find("89151515", &[]), Err(UnknownNumber(dialled("89151515"))));
        assert_eq!(find("12345678", &["89402222"]), Err(UnknownNumber(dialled("12345678"))));
    }
}
