//! The packs and answers of the repository, as the build script listed them.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
