// The objects that keep std::cout and its like alive.
#pragma once

namespace heddle::stream_objects {

// Another run begins: as many keep them alive as in the run before.
void restore();

}  // namespace heddle::stream_objects
