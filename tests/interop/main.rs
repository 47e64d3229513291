//! Phones of other people's making with the real program: each does what an agent's phone must, or the table in
//! `docs/phones.md` says so. The table is written by these tests (`PHONES=write`) and held true by them.

mod away;
mod cells;
mod clients;
mod delay;
mod desk_page;
mod keys;
mod pairs;
mod peers;
mod scene;
mod several;
mod sipp;
mod table;

use clients::CLIENTS;

#[test]
fn baresip_over_udp_does_what_the_table_says() {
    scene::try_all("baresip UDP");
}

#[test]
fn baresip_over_tcp_does_what_the_table_says() {
    scene::try_all("baresip TCP");
}

#[test]
fn baresip_over_tls_does_what_the_table_says() {
    scene::try_all("baresip TLS");
}

#[test]
fn pjsua_does_what_the_table_says() {
    scene::try_all("pjsua");
}

#[test]
fn linphone_does_what_the_table_says() {
    scene::try_all("linphone");
}

#[test]
fn sipp_does_what_the_table_says() {
    scene::try_all("sipp");
}

#[test]
fn jssip_in_a_browser_does_what_the_table_says() {
    scene::try_all("JsSIP");
}

#[test]
fn sip_js_in_a_browser_does_what_the_table_says() {
    scene::try_all("SIP.js");
}

#[test]
fn an_agents_desk_page_does_what_the_table_says() {
    scene::try_all("desk page");
}

#[test]
fn every_client_and_feature_has_its_place_in_the_table() {
    let sheet = clients::sheet();
    let table = sheet.read();
    assert_eq!(table.columns, sheet.columns, "the table's clients are those that are tried");
    assert_eq!(table.titles(), sheet.rows, "the table's features are those that are tried");
    for client in CLIENTS {
        for feature in &cells::FEATURES {
            let cell = table.cell(client.name, feature.name);
            let tried = client.tries(feature);
            assert_eq!(cell == table::NOT_TRIED, !tried, "{}: {}: `{cell}`", client.name, feature.name);
        }
    }
}
