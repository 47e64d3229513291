//! Codes of the wrap-up: which call may have which, and what is wrong with one.
//! Knows plans as text; doesn't know desks.

use model::MunicipalityId;

use super::{GROUND, fault, line, plan};
use crate::CodeKind;

fn with(codes: &str) -> String {
    format!("{GROUND}{}{codes}", line("pas", ""))
}

const CODES: &str = r#"
    [[wrap_up_codes]]
    id = "vejledt"
    title = "Vejledt"
    kind = "outcome"
    [[wrap_up_codes]]
    id = "havnen"
    title = "Havnen"
    kind = "outcome"
    municipality = "0751"
"#;

#[test]
fn a_call_may_have_shared_codes_and_those_of_its_citizens_municipality() {
    let plan = plan(&with(CODES));
    let may = |code: &str, of: Option<u16>| plan.allows_code(CodeKind::Outcome, code, of.map(MunicipalityId));
    assert!(may("vejledt", None) && may("vejledt", Some(730)) && may("havnen", Some(751)));
    assert!(!may("havnen", Some(730)) && !may("havnen", None) && !may("hvadsomhelst", Some(751)));
    assert!(plan.allows_code(CodeKind::Role, "hvadsomhelst", None), "the plan lists none of that kind");
}

#[test]
fn a_code_without_a_kind_or_written_twice_is_told() {
    for (more, at) in [
        ("id = \"a\"\ntitle = \"A\"", "wrap_up_codes[2].kind"),
        ("id = \"a\"\ntitle = \"A\"\nkind = \"emne\"", "wrap_up_codes[2].kind"),
        ("id = \"a b\"\ntitle = \"A\"\nkind = \"topic\"", "wrap_up_codes[2].id"),
        ("id = \"vejledt\"\ntitle = \"A\"\nkind = \"outcome\"", "wrap_up_codes[2].id"),
        ("id = \"a\"\nkind = \"topic\"", "wrap_up_codes[2].title"),
        ("id = \"a\"\ntitle = \"A\"\nkind = \"topic\"\nmunicipality = \"0999\"", "wrap_up_codes[2].municipality"),
    ] {
        assert_eq!(fault(&with(&format!("{CODES}[[wrap_up_codes]]\n{more}\n"))).0, at, "{more}");
    }
}
