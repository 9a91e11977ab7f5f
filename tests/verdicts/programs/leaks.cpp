// Threads that pass heap memory on, and what becomes of it: the argument says in which way. Without
// --leaks all of them pass.
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Message {
  int number;
  Message* next;
};

std::atomic<Message*> published{nullptr};
std::atomic<Message*> passing{nullptr};
std::atomic<int*> passing_number{nullptr};
std::mutex mutex;
Message* list = nullptr;

// Bug: two threads publish, and who comes second drops what the first has put there.
void publish(int number) {
  auto* message = new Message{number, nullptr};
  if (published.load() == nullptr) published.store(message);
}

// The same without it.
void publish_or_delete(int number) {
  auto* message = new Message{number, nullptr};
  Message* none = nullptr;
  if (!published.compare_exchange_strong(none, message)) delete message;
}

void prepend(int number) {
  const std::lock_guard guard(mutex);
  list = new Message{number, list};
}

template <typename Function>
void twice(Function function) {
  std::thread first(function, 1);
  std::thread second(function, 2);
  first.join();
  second.join();
}

}  // namespace

// One line, called from two; compilers must not make one call of the two.
[[gnu::noinline]] Message* make(int number) {
  return new Message{number, nullptr};
}
[[gnu::noinline]] Message* make_first() {
  return make(1);
}
[[gnu::noinline]] Message* make_second() {
  return make(2);
}

int main(int argc, char** argv) {
  const std::string_view way = argc > 1 ? argv[1] : "";
  if (way == "lost") {
    twice(publish);
    delete published.load();
  } else if (way == "lost.fixed") {
    twice(publish_or_delete);
    delete published.load();
  } else if (way == "reachable") {
    // Never freed, but a global variable leads to it.
    twice(prepend);
  } else if (way == "list") {
    twice(prepend);
    list = nullptr;
  } else if (way == "ring") {
    twice(prepend);
    list->next->next = list;
    list = nullptr;
  } else if (way == "allocators") {
    // Each in its own way, and each frees the first of two.
    twice([](int) {
      free(malloc(40));
      void* aligned = nullptr;
      if (posix_memalign(&aligned, 256, 40) == 0) free(aligned);
      aligned = nullptr;
      if (posix_memalign(&aligned, 256, 40) == 0) aligned = nullptr;
    });
  } else if (way == "small") {
    // Less than what the heap gives out at least.
    twice([](int) { passing_number = new int(1); });
    delete passing_number.exchange(nullptr);
  } else if (way == "local") {
    // main ends while the thread holds the only pointer on its stack.
    std::atomic<bool> has{false};
    std::thread([&has] {
      Message* own = new Message{1, nullptr};
      has = true;
      while (true) {
        std::this_thread::yield();
        own->number = 2;
      }
    }).detach();
    while (!has) std::this_thread::yield();
    exit(0);
  } else if (way == "thread_local") {
    twice([](int number) {
      thread_local std::unique_ptr<Message> own;
      own = std::make_unique<Message>(Message{number, nullptr});
    });
  } else if (way == "locale") {
    // The C library alone knows of it.
    twice([](int) {});
    uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", nullptr));
  } else if (way == "same_line") {
    // One line of the program, called from two.
    twice([](int number) {
      Message* message = number == 1 ? make_first() : make_second();
      // Or the compiler would see that nobody needs it, and allocate nothing.
      passing = message;
      passing = nullptr;
    });
  }
  return 0;
}
