//! The `edgewright` binary: arguments in, exit code out. Everything else is the library.

fn main() -> std::process::ExitCode {
    edgewright::cli::main()
}
