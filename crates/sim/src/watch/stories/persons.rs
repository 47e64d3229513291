//! Which persons may be kept at all.
//! Knows one record at a time.

use model::{Caller, PersonRecord};

use crate::watch::Check;

/// Who withholds the number is not kept.
pub(crate) fn person(person: &PersonRecord) -> Check {
    if person.caller == Caller::Withheld {
        return Err("a caller who withholds the number was kept".to_owned());
    }
    Ok(())
}
