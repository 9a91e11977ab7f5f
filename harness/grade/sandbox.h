// Where code runs that nobody has read: a process that is cut off from the rest as far as this
// system allows it, and that cannot take more than it is given.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace heddle::grade {

// What all processes inside may take together. Limits of time are far above what is needed: marks
// come of runs that are counted, and these are for what never ends.
struct Limits {
  double seconds = 300;               // wall clock
  std::uint64_t memory = 2ULL << 30;  // bytes that lie in memory
  std::uint64_t address_space = 0;    // bytes, of each process; 0: no limit
  std::size_t processes = 100;        // and threads
  std::size_t output = 4 << 20;       // bytes; what is beyond is thrown away
};

struct Room {
  // Read-only is everything; this folder may be written if so asked.
  std::filesystem::path folder;
  bool writable = false;
  std::vector<std::filesystem::path> hidden;  // folders and files, which are empty inside
};

struct Inside {
  enum class End : std::uint8_t {
    ended,  // `status`
    out_of_time,
    out_of_memory,
    too_many_processes,
    not_started,  // `output` says why
  };
  End end = End::ended;
  int status = 0;  // exit status; 128 + the signal's number if one ended the process
  std::string output;
};

// What stands between the inside and the rest.
struct Walls {
  bool nobody = false;      // root steps down: no limit of processes holds for root
  bool namespaces = false;  // of users, mounts, networks, messages
  bool processes = false;   // and of processes, with a /proc of their own
};

class Sandbox {
 public:
  // Finds out what this system allows. `needed`: a file that must be readable inside, by whatever
  // user.
  static Sandbox probe(const std::filesystem::path& needed);

  // Gives what root has made to the user who is inside.
  void hand_over(const std::filesystem::path& folder) const;

  // Forks; calls `body` with a descriptor that takes what Inside::output gives, and which is closed
  // when the process executes a program; waits until that and all that it has started is gone. What
  // `body` returns is the exit status. The calling process must have one thread only.
  Inside run(const Room& room, const Limits& limits, const std::function<int(int)>& body) const;

  // What is not kept in, for people: "the network", "the file system"; empty if all is.
  std::vector<std::string> not_contained() const;

 private:
  Walls walls_;
};

}  // namespace heddle::grade
