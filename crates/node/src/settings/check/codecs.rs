//! The codecs of `[media]`: names that we know, each once, and at least one.
//! Knows names; doesn't know what a codec does.

use media::Codec;

use super::Desk;

impl Desk {
    /// In the operator's order.
    pub(super) fn codecs(&mut self, written: &[String]) -> Vec<Codec> {
        let named: Vec<(&str, Codec)> = Codec::ALL.map(|codec| (codec.name(), codec)).to_vec();
        let mut codecs = Vec::new();
        for (i, name) in written.iter().enumerate() {
            let at = format!("media.codecs[{i}]");
            let codec = self.one_of(&at, name, &named);
            if codecs.contains(&codec) {
                self.fault(at, format!("\"{name}\" står der to gange"), format!("\"{name}\" is there twice"));
            }
            codecs.push(codec);
        }
        if codecs.is_empty() {
            self.fault(
                "media.codecs",
                "er tom: uden et codec er der ingen lyd; skriv mindst \"PCMA\"",
                "is empty: without a codec there is no sound; write \"PCMA\" at least",
            );
        }
        codecs
    }
}
