// What of a run two threads met at: which order of events came from starting and joining threads
// alone, and who used the same memory or object without that order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "harness/model/trace.h"

namespace heddle {

// The order of events that comes from starting and joining threads alone.
class ForkJoinClocks {
 public:
  // Call for every event in order; afterwards knows(t, n) answers for that event.
  void advance(const Event& event) {
    thread_ = event.thread;
    if (const auto join = joining_.find(event.thread); join != joining_.end()) {
      // A join is recorded when it begins; it has ended by the thread's next event.
      merge(clocks_[event.thread], clocks_[join->second]);
      joining_.erase(join);
    }
    ++clocks_[event.thread][event.thread];
    if (event.op.kind == OpKind::thread_create) {
      merge(clocks_[event.op.other], clocks_[event.thread]);
    }
    if (event.op.kind == OpKind::thread_join) joining_[event.thread] = event.op.other;
  }

  std::uint64_t now() { return clocks_[thread_][thread_]; }
  bool knows(ThreadId thread, std::uint64_t count) { return clocks_[thread_][thread] >= count; }

 private:
  using Clock = std::map<ThreadId, std::uint64_t>;

  static void merge(Clock& into, Clock from) {
    for (const auto& [thread, count] : from) into[thread] = std::max(into[thread], count);
  }

  ThreadId thread_ = 0;
  std::map<ThreadId, Clock> clocks_;
  std::map<ThreadId, ThreadId> joining_;
};

// Whether two threads have conflicting uses of one object that fork and join do not order.
class Contention {
 public:
  void use(ForkJoinClocks& clocks, ThreadId thread, bool writing) {
    for (const auto& [other, last] : last_) {
      if (other == thread) continue;
      const std::uint64_t conflicting = writing ? last.use : last.write;
      if (conflicting != 0 && !clocks.knows(other, conflicting)) contended_ = true;
    }
    last_[thread].use = clocks.now();
    if (writing) last_[thread].write = clocks.now();
  }

  bool contended() const { return contended_; }

 private:
  struct Last {
    std::uint64_t use = 0;
    std::uint64_t write = 0;
  };
  std::map<ThreadId, Last> last_;
  bool contended_ = false;
};

// Memory as the accesses of a run divide it: accesses that overlap share a location.
class Locations {
 public:
  explicit Locations(const Trace& trace) {
    std::vector<std::pair<Address, Address>> ranges;
    for (const Event& event : trace.events) {
      if (!is_memory_access(event.op.kind)) continue;
      ranges.emplace_back(event.op.address, end_of(event.op));
    }
    std::sort(ranges.begin(), ranges.end());
    for (const auto& [begin, end] : ranges) {
      if (begins_.empty() || begin >= end_) {
        begins_.push_back(begin);
        end_ = end;
      }
      end_ = std::max(end_, end);
    }
  }

  // Of an address that the trace accesses; any number for others.
  std::size_t of(Address address) const {
    return static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), address) -
                                    begins_.begin());
  }

 private:
  std::vector<Address> begins_;
  Address end_ = 0;
};

}  // namespace heddle
