//! Tests of HTTP/1.1 by RFC section.

mod body;
mod coding;
mod files;
mod head;
mod multipart;
mod query;
mod write;
