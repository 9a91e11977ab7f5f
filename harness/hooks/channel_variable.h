#pragma once

namespace heddle {

// Environment of a worker: the descriptors of the socket and of the shared memory, "3,4"; of one
// that only forks workers, that of a socket, "3". Who has it was started by the supervisor.
inline constexpr char kChannelVariable[] = "HEDDLE_CHANNEL";

}  // namespace heddle
