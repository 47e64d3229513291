//! How menus were answered, on the wire and back.
//! Knows numbers and keys; one that nobody knows is told, never guessed.

use model::{MenuAnswer, MenuId, What};

use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::MenuAnswer as Answer;

pub(crate) fn write_menu(pen: &mut Pen<'_>, menu: &MenuId, answer: MenuAnswer) {
    pen.text(1, menu);
    match answer {
        MenuAnswer::Key(key) => {
            pen.number(2, Answer::Key as u64);
            pen.text(3, key.encode_utf8(&mut [0; 4]));
        }
        MenuAnswer::PostalCode => pen.number(2, Answer::PostalCode as u64),
        MenuAnswer::Nothing => pen.number(2, Answer::Nothing as u64),
    }
}

pub(crate) fn read_menu(it: &v1::MenuChosen) -> Result<What, BadFact> {
    let answer = match Answer::try_from(it.answer) {
        Ok(Answer::Key) => MenuAnswer::Key(it.key.chars().next().ok_or(BadFact::BadValue("menu_chosen.key"))?),
        Ok(Answer::PostalCode) => MenuAnswer::PostalCode,
        Ok(Answer::Nothing) => MenuAnswer::Nothing,
        Ok(Answer::Unspecified) | Err(_) => return Err(BadFact::BadValue("menu_chosen.answer")),
    };
    Ok(What::MenuChosen { menu: MenuId::new(&it.menu), answer })
}
