//! The messages and services of `proto/`, as compiled by `build.rs`, and their descriptors for reflection.
//!
//! Only mirror types live here: nothing but this crate and its clients knows them.

use std::fmt;

/// Every descriptor of `proto/`, encoded.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The messages and services of a package, known by the name of its service.
macro_rules! package {
    ($name:ident, $package:literal) => {
        #[doc = concat!("`", $package, "`.")]
        pub mod $name {
            pub use v1::*;

            #[doc = concat!("As `", $package, "` has it in `proto/`.")]
            #[allow(
                missing_docs,
                unreachable_pub,
                unused_qualifications,
                clippy::all,
                clippy::pedantic,
                clippy::allow_attributes_without_reason,
                reason = "made by the compiler of proto files"
            )]
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    };
}

package!(administration, "samkald.administration.v1");
package!(desk, "samkald.desk.v1");
package!(operation, "samkald.operation.v1");
package!(supervision, "samkald.supervision.v1");
package!(statistics, "samkald.statistics.v1");

impl fmt::Debug for desk::LogInRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogInRequest").field("agent_id", &self.agent_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::LogInResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogInResponse").field("agent_id", &self.agent_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").field("call_id", &self.call_id).field("line_id", &self.line_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::offer::Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Withheld(_) => "Withheld",
            Self::Number(_) => "Number(masked)",
            Self::Text(_) => "Text(masked)",
        })
    }
}

impl fmt::Debug for operation::StartTraceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartTraceRequest").field("for_s", &self.for_s).finish_non_exhaustive()
    }
}

impl fmt::Debug for operation::start_trace_request::About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallId(_) => "CallId",
            Self::Number(_) => "Number(masked)",
            Self::AgentId(_) => "AgentId",
        })
    }
}

impl fmt::Debug for operation::TraceMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceMessage").field("leg", &self.leg).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for desk::WrapUpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrapUpRequest").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for administration::Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}
