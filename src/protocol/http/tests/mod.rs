//! Tests of HTTP/1.1 by RFC section.

mod body;
mod head;
mod multipart;
mod query;
mod write;
