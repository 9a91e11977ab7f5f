// The C library's standard streams over many runs in one process.
#pragma once

namespace heddle::standard_streams {

// Gives them buffers that outlive runs: the C library would take some from the program's heap at
// the first use, and write to them when they belong to somebody else in the next run. Call once,
// after the program's constructors and before the snapshot of its heap.
void prepare();

// What the run before has left unwritten is dropped, and input is read from its beginning.
void restore();

}  // namespace heddle::standard_streams
