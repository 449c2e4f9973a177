//! HTTP/1.1 (RFC 9110, RFC 9112) as far as a WebSocket server and client need it: heads, bodies, forms, dates.
//!
//! Bytes in, values out; the socket, the files of an upload and PHP's array syntax belong to upper layers.

pub mod body;
pub mod coding;
pub mod conditional;
pub mod date;
pub mod decoding;
pub mod error;
pub mod fields;
pub mod form;
pub mod framing;
pub mod head;
pub mod limits;
pub mod multipart;
pub mod params;
pub mod path;
pub mod query;
pub mod range;
pub mod search;
pub mod status;
pub mod write;

pub use body::Body;
pub use coding::Coding;
pub use decoding::Decoder;
pub use error::HttpError;
pub use fields::Fields;
pub use framing::BodyLength;
pub use head::{Head, RequestHead, ResponseHead, Version};
pub use limits::HeadLimits;
pub use multipart::Multipart;
pub use search::HeadSearch;
pub use write::FieldError;

#[cfg(test)]
mod tests;
