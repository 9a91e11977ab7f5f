// N threads that take a lock which waits in a loop, each once. The order in which they have it
// makes an interleaving: how often each of them looks in vain makes none.
//
// Arguments: test_and_set|test_first|compare_exchange|yielding|flag|ticket|announcing|polled N
// [outcome]
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "seen.h"

namespace {

std::atomic<int> held;
std::atomic<int> next_ticket;
std::atomic<int> serving;
std::atomic_flag flag = ATOMIC_FLAG_INIT;
std::mutex mutex;
bool taken;  // under it
int order;
thread_local int waits;

// A plain write, in each round of the loop the same.
void announce(int value) {
  waits = value;
  asm volatile("" : : "r"(&waits) : "memory");
}

template <typename Lock, typename Unlock>
void run(std::vector<Seen>& seen, Lock lock, Unlock unlock) {
  std::vector<std::thread> threads;
  for (Seen& own : seen) {
    threads.emplace_back([&own, lock, unlock] {
      lock();
      own.add(order++);
      unlock();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void release() {
  held.store(0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "";
  std::vector<Seen> seen(argument(argc, argv, 2));
  if (kind == "test_and_set") {
    const auto lock = [] {
      while (held.exchange(1) != 0) {
      }
    };
    run(seen, lock, release);
  } else if (kind == "polled") {
    const auto lock = [] {
      for (;;) {
        const std::lock_guard guard(mutex);
        if (!taken) {
          taken = true;
          break;
        }
      }
    };
    const auto unlock = [] {
      const std::lock_guard guard(mutex);
      taken = false;
    };
    run(seen, lock, unlock);
  } else if (kind == "test_first") {
    const auto lock = [] {
      do {
        while (held.load() != 0) {
        }
      } while (held.exchange(1) != 0);
    };
    run(seen, lock, release);
  } else if (kind == "compare_exchange") {
    const auto lock = [] {
      int expected = 0;
      while (!held.compare_exchange_strong(expected, 1)) expected = 0;
    };
    run(seen, lock, release);
  } else if (kind == "yielding") {
    const auto lock = [] {
      while (held.exchange(1) != 0) std::this_thread::yield();
    };
    run(seen, lock, release);
  } else if (kind == "flag") {
    const auto lock = [] {
      while (flag.test_and_set()) {
      }
    };
    run(seen, lock, [] { flag.clear(); });
  } else if (kind == "ticket") {
    const auto lock = [] {
      const int mine = next_ticket.fetch_add(1);
      while (serving.load() != mine) {
      }
    };
    run(seen, lock, [] { serving.fetch_add(1); });
  } else if (kind == "announcing") {
    const auto lock = [] {
      do {
        announce(1);
      } while (held.exchange(1) != 0);
      announce(0);
    };
    run(seen, lock, release);
  } else {
    return 2;
  }
  return status(argc, argv, seen);
}
