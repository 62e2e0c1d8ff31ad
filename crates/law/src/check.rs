//! 核对: what must hold within and across files.
