// Which code of the program has asked for a block of the heap.
#pragma once

#include "harness/model/op.h"

namespace heddle::allocation_place {

// Finds out where on the stack the C++ library's operator new has its return address. Before the
// first run, once; until then blocks that it makes come from nowhere.
void learn();

// Of a call of malloc() or its kin, in whose hook the thread is (note_caller()), and that returns
// to `pc`: where the program goes on after it, or after the operator new that made it. 0 if a
// system library asks for itself.
Address of(Address pc);

}  // namespace heddle::allocation_place
