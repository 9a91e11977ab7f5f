// The descriptors that Heddle has in the program's process: high up, where a program does not look
// for one, below the limit that nearly all programs have. Far above it the kernel's table of
// descriptors, which each fork copies, would be large.
#pragma once

namespace heddle::own_descriptors {

// A copy of `file`, closed in programs that this one becomes. Returns its number; negative where
// the system has no more.
int copy(int file);
// Moves `file` there. Returns its new number.
int move(int file);

// Copies have the numbers from first() on to before end().
int first();
int end();
inline bool contains(int file) {
  return file >= first() && file < end();
}

}  // namespace heddle::own_descriptors
