// Small programs of many kinds, each with as many interleavings as its numbers make: what the
// forecasts of exhaustive searches are measured on.
//
// Arguments: KIND N R: N threads, R times each.
#include <semaphore.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace {

void in_threads(int n, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  threads.reserve(n);
  for (int i = 0; i < n; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

// Each adds one by a compare-exchange that it repeats until nobody comes between.
void cas_loop(int n, int rounds) {
  std::atomic<int> count{0};
  in_threads(n, [&](int) {
    for (int i = 0; i < rounds; ++i) {
      int seen = count.load();
      while (!count.compare_exchange_strong(seen, seen + 1)) {
      }
    }
  });
}

// Two locks each, in the order of their numbers.
void philosophers(int n, int rounds) {
  std::vector<std::mutex> forks(n);
  in_threads(n, [&](int i) {
    const int left = std::min(i, (i + 1) % n);
    const int right = std::max(i, (i + 1) % n);
    for (int round = 0; round < rounds; ++round) {
      const std::lock_guard first(forks[left]);
      const std::lock_guard second(forks[right]);
    }
  });
}

void mutex_counter(int n, int rounds) {
  std::mutex mutex;
  int count = 0;
  in_threads(n, [&](int) {
    for (int i = 0; i < rounds; ++i) {
      const std::lock_guard lock(mutex);
      ++count;
    }
  });
}

// A load and a store, neither under a lock.
void racing_counter(int n, int rounds) {
  std::atomic<int> count{0};
  in_threads(n, [&](int) {
    for (int i = 0; i < rounds; ++i) count.store(count.load() + 1);
  });
}

// The same of a plain number: a data race.
void plain_counter(int n, int rounds) {
  int count = 0;
  in_threads(n, [&](int) {
    for (int i = 0; i < rounds; ++i) {
      asm volatile("" : "+m"(count));
      ++count;
      asm volatile("" : "+m"(count));
    }
  });
}

// One that owns the deque, and thieves.
void work_stealing(int n, int rounds) {
  std::atomic<int> top{0};
  std::atomic<int> bottom{0};
  std::array<std::atomic<int>, 16> items{};
  const auto push = [&](int item) {
    const int at = bottom.load();
    items[at % 16].store(item);
    bottom.store(at + 1);
  };
  const auto take = [&] {
    const int at = bottom.load() - 1;
    bottom.store(at);
    int first = top.load();
    if (first > at) {
      bottom.store(at + 1);
      return;
    }
    if (first == at) {
      top.compare_exchange_strong(first, first + 1);
      bottom.store(at + 1);
    }
  };
  const auto steal = [&] {
    int first = top.load();
    if (first >= bottom.load()) return;
    (void)items[first % 16].load();
    top.compare_exchange_strong(first, first + 1);
  };
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      if (i != 0) {
        steal();
        continue;
      }
      push(round);
      take();
    }
  });
}

// N threads that put and one that takes all, with room for one.
void bounded_queue(int n, int rounds) {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<int> items;
  in_threads(n + 1, [&](int i) {
    for (int round = 0; round < (i == n ? n * rounds : rounds); ++round) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return i == n ? !items.empty() : items.empty(); });
      if (i == n) {
        items.pop_front();
      } else {
        items.push_back(i);
      }
      changed.notify_all();
    }
  });
}

// The first half writes, the second reads.
void reader_writer(int n, int rounds) {
  std::shared_mutex mutex;
  int value = 0;
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      if (i < n / 2) {
        const std::lock_guard lock(mutex);
        ++value;
      } else {
        const std::shared_lock lock(mutex);
        (void)value;
      }
    }
  });
}

// A stack of which each pushes its own nodes, and then pops one.
void stack(int n, int rounds) {
  struct Node {
    std::atomic<Node*> next = nullptr;
  };
  std::atomic<Node*> head{nullptr};
  std::vector<Node> nodes(static_cast<std::size_t>(n) * rounds);
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      Node& node = nodes[static_cast<std::size_t>(i) * rounds + round];
      Node* first = head.load();
      do {
        node.next.store(first);
      } while (!head.compare_exchange_strong(first, &node));
    }
    Node* first = head.load();
    while (first != nullptr && !head.compare_exchange_strong(first, first->next.load())) {
    }
  });
}

// Each for its turn, by what it finds in a table that all write to.
void tickets(int n, int rounds) {
  std::atomic<int> next{0};
  std::array<std::atomic<int>, 16> taken{};
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      const int mine = next.fetch_add(1);
      taken[mine % 16].store(i + 1);
      (void)taken[(mine + 15) % 16].load();
    }
  });
}

// As many units as threads but one.
void semaphores(int n, int rounds) {
  sem_t units;
  sem_init(&units, 0, n - 1);
  std::atomic<int> inside{0};
  in_threads(n, [&](int) {
    for (int round = 0; round < rounds; ++round) {
      sem_wait(&units);
      inside.fetch_add(1);
      sem_post(&units);
    }
  });
  sem_destroy(&units);
}

// Each takes the lock if it is free, and else goes on.
void tries(int n, int rounds) {
  std::mutex mutex;
  std::atomic<int> in_vain{0};
  in_threads(n, [&](int) {
    for (int round = 0; round < rounds; ++round) {
      if (mutex.try_lock()) {
        mutex.unlock();
      } else {
        in_vain.fetch_add(1);
      }
    }
  });
}

// Accounts with a lock each; thread i moves from i to the next.
void transfers(int n, int rounds) {
  std::vector<std::mutex> locks(n);
  std::vector<int> accounts(n);
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      {
        const std::lock_guard lock(locks[i]);
        --accounts[i];
      }
      const std::lock_guard lock(locks[(i + 1) % n]);
      ++accounts[(i + 1) % n];
    }
  });
}

// A flag each, which all others look at.
void flags(int n, int rounds) {
  std::vector<std::atomic<int>> up(n);
  in_threads(n, [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      up[i].store(round + 1);
      for (int other = 0; other < n; ++other) {
        if (other != i) (void)up[other].load();
      }
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string_view kind = argv[1];
  const int n = std::atoi(argv[2]);
  const int rounds = std::atoi(argv[3]);
  struct Kind {
    std::string_view name;
    void (*run)(int, int);
  };
  constexpr Kind kKinds[] = {{"cas_loop", cas_loop},
                             {"philosophers", philosophers},
                             {"mutex_counter", mutex_counter},
                             {"racing_counter", racing_counter},
                             {"plain_counter", plain_counter},
                             {"work_stealing", work_stealing},
                             {"bounded_queue", bounded_queue},
                             {"reader_writer", reader_writer},
                             {"stack", stack},
                             {"tickets", tickets},
                             {"semaphores", semaphores},
                             {"tries", tries},
                             {"transfers", transfers},
                             {"flags", flags}};
  for (const Kind& known : kKinds) {
    if (known.name != kind) continue;
    known.run(n, rounds);
    return 0;
  }
  return 2;
}
