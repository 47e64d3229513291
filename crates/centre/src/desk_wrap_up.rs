//! The wrap-up at a desk: what may be written down, and more time for it, once.
//! Knows the plan's codes; doesn't know what was said.

use model::{What, WrapUp};
use plan::{CodeKind, Plan};

use crate::desk::{Desk, Stage, Step};
use crate::output::{DeskRefusal, Shown};

impl Desk {
    /// Writes down what the call was about, if the plan has such codes for that citizen's call; the wrap-up is over.
    pub(crate) fn writes_down(&mut self, wrap_up: WrapUp, plan: &Plan, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
        let Stage::WrapUp { shown, .. } = &self.stage else { return Err(DeskRefusal::NothingToWrapUp) };
        let known = |kind, code: &Option<std::sync::Arc<str>>| {
            code.as_deref().is_none_or(|code| plan.allows_code(kind, code, shown.municipality))
        };
        let all = known(CodeKind::Topic, &wrap_up.topic_code)
            && known(CodeKind::Outcome, &wrap_up.code)
            && known(CodeKind::Role, &wrap_up.role);
        if !all {
            return Err(DeskRefusal::UnknownCode);
        }
        if wrap_up.referred_to.as_deref().is_some_and(|id| plan.in_directory(id).is_none()) {
            return Err(DeskRefusal::UnknownParty);
        }
        let call = shown.call;
        self.note(What::WrappedUp { call, wrap_up }, step);
        self.go_on(step);
        Ok(())
    }

    /// The wrap-up lasts longer, as its queue allows; once.
    pub(crate) fn extend_wrap_up(&mut self, plan: &Plan, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
        let Stage::WrapUp { shown, until, extended } = &mut self.stage else {
            return Err(DeskRefusal::NothingToWrapUp);
        };
        let queue = plan.queues.iter().find(|queue| queue.id == shown.queue);
        let extra = queue.map(|queue| queue.wrap_up_extra).unwrap_or_default();
        if *extended || extra.is_zero() {
            return Err(DeskRefusal::NoMoreTime);
        }
        (*extended, *until) = (true, *until + extra);
        let (call, until) = (shown.call, *until);
        self.set_timer(until, step);
        self.note(What::WrapUpExtended { call }, step);
        self.show(Shown::WrapUp { call, until }, step);
        Ok(())
    }
}
