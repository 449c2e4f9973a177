//! Tests of HTTP/1.1 by RFC section.

mod head;
mod write;
