//! The bounds of a message. What lies beyond is refused with the status that each line names,
//! before any memory is taken for it.

/// Largest message over UDP, in bytes: 16 KiB. Beyond: 513.
pub const DATAGRAM_BYTES_MAX: usize = 16 * 1024;
/// Largest message of any kind, in bytes; offsets are 16 bits. Beyond: 513, and a connection is closed.
pub const MESSAGE_BYTES_MAX: usize = 65_535;
/// Most header lines. Beyond: 400.
pub const HEADERS_MAX: usize = 128;
/// Longest header line with its folds, in bytes. Beyond: 400.
pub const HEADER_LINE_BYTES_MAX: usize = 4 * 1024;
/// Longest Request-URI, in bytes. Beyond: 414.
pub const URI_BYTES_MAX: usize = 1024;
/// Longest tag, branch or Call-ID, in bytes. Beyond: 400.
pub const TOKEN_BYTES_MAX: usize = 256;
/// Longest method name, in bytes. Beyond: 400.
pub const METHOD_BYTES_MAX: usize = 64;
/// Most values of one comma-separated header (Via, Route …) that are read; the rest is not seen.
pub const VALUES_MAX: usize = 64;
/// Most parameters of one value that are read; the rest is not seen.
pub const PARAMS_MAX: usize = 32;
/// Deepest nesting of multipart bodies; a session deeper down is not found.
pub const MULTIPART_DEPTH_MAX: usize = 3;
/// Most parts of one multipart body that are read; the rest is not seen.
pub const MULTIPART_PARTS_MAX: usize = 16;
/// Largest CSeq number (RFC 3261 §8.1.1.5: below 2^31). Beyond: 400.
pub const CSEQ_MAX: u32 = (1 << 31) - 1;
