//! Nothing but tests: see `tests/`. A package of its own that depends on `aplus-core` alone, so that what the compiler
//! says is about its types and not about features that other packages switch on.
