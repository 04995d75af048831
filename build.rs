//! How the binary is linked.
//!
//! The full binary holds 200,000 pointers to its own code (virtual tables, mostly DataFusion's). As a position-independent
//! executable it has to relocate each at start: 5 MB of table read and 4 MB of pages made private before `main`. Linked to
//! fixed addresses none of that happens. The heap, the stacks and the shared libraries are still placed at random.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
