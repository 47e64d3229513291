//! Organisations that are no municipality: their own lines, agents and hours, in one plan with the members'.
//! Each story is a plan in a few lines.

use model::MunicipalityId;

use super::*;

const STUDENTS: &str = "[[organisations]]\nid = \"9001\"\nname = \"Studerende\"\n";

#[test]
fn an_organisation_has_lines_and_agents_of_its_own() {
    let own = line("studerende", "numbers = [\"70103030\"]\nmunicipality = \"9001\"");
    let agent = "[[agents]]\nid = \"anna\"\nname = \"Anna\"\nhome = \"9001\"\nlanguages = [\"da\"]\nskills = { pas = 1 }\npassword = \"hemmelig-nok\"\n";
    let plan = plan(&format!("{GROUND}{STUDENTS}{own}{agent}"));
    let id = MunicipalityId(9_001);
    assert_eq!(&*plan.municipalities[&id].name, "Studerende");
    assert_eq!((plan.lines[0].municipality, plan.agents[0].home), (Some(id), Some(id)));
    let found = plan.find(&model::Dialled::parse("70103030").expect("a number"), &[]).expect("the line");
    assert_eq!(found.municipality, Some(id));
}

#[test]
fn an_organisations_number_is_none_that_a_municipality_could_have() {
    for id in ["0751", "8999", "10000", "abc"] {
        let (at, en) = fault(&format!("{GROUND}{}{}", STUDENTS.replace("9001", id), line("pas", "")));
        assert_eq!((&*at, en.contains("9000")), ("organisations[0].id", true), "{id}");
    }
    let twice = format!("{GROUND}{STUDENTS}{STUDENTS}{}", line("pas", ""));
    assert_eq!(fault(&twice).0, "organisations[1].id");
    let living = format!("{GROUND}{STUDENTS}postal_codes = [\"8000\"]\n{}", line("pas", ""));
    assert_eq!(fault(&living).0, "organisations[0].postal_codes");
}
