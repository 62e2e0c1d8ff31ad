//! The program: one command line, see [`yifa::cli`].

fn main() -> std::process::ExitCode {
    yifa::cli::main()
}
