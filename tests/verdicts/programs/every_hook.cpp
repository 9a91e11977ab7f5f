// Correct, and reaches every kind of hook that compilers put into programs. The tests build it with
// each compiler and look at what it asks of ThreadSanitizer's library.
#include <atomic>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <thread>

using Wide = unsigned __int128;

template <typename T>
struct __attribute__((packed)) Unaligned {
  char shift;
  T value;
};

struct Big {
  unsigned char bytes[200];
};

class Base {
 public:
  virtual ~Base() { touched += name(); }
  virtual int name() const { return 1; }
  int touched = 0;
};

class Derived : public Base {
 public:
  ~Derived() override { touched += name(); }
  int name() const override { return 2; }
};

// What one thread alone uses.
struct Own {
  std::uint8_t value1 = 0;
  std::uint16_t value2 = 0;
  std::uint32_t value4 = 0;
  std::uint64_t value8 = 0;
  alignas(16) Wide value16 = 0;
  Unaligned<std::uint16_t> unaligned2 = {};
  Unaligned<std::uint32_t> unaligned4 = {};
  Unaligned<std::uint64_t> unaligned8 = {};
  Unaligned<Wide> unaligned16 = {};
  Big from = {};
  Big to = {};
};

struct Shared {
  std::uint8_t value1 = 0;
  std::uint16_t value2 = 0;
  std::uint32_t value4 = 0;
  std::uint64_t value8 = 0;
  alignas(16) Wide value16 = 0;
};

Own own[2];
Shared shared;
std::mutex mutex;
int guarded = 0;

#define NOINLINE __attribute__((noinline))

template <typename T>
NOINLINE void plain(T* at) {
  const T old = *at;
  *at = static_cast<T>(old + 3);
}

template <typename T>
NOINLINE void plain_unaligned(Unaligned<T>* at) {
  at->value = static_cast<T>(at->value + 3);
}

template <typename T>
NOINLINE void plain_volatile(volatile T* at) {
  *at = static_cast<T>(*at + 3);
}

template <typename T>
NOINLINE void volatile_unaligned(volatile Unaligned<T>* at) {
  at->value = static_cast<T>(at->value + 3);
}

template <typename T>
NOINLINE T read_only(const T* at) {
  return *at;
}

template <typename T>
NOINLINE void write_only(T* at, T value) {
  *at = value;
}

// Adds 1 in all; whatever else it does leaves the value as it was, and so does the other thread's.
template <typename T>
NOINLINE void atomics(T* at) {
  __atomic_fetch_add(at, T{3}, __ATOMIC_RELAXED);
  __atomic_fetch_sub(at, T{2}, __ATOMIC_ACQ_REL);
  __atomic_fetch_or(at, T{0}, __ATOMIC_SEQ_CST);
  __atomic_fetch_xor(at, T{0}, __ATOMIC_ACQUIRE);
  __atomic_fetch_and(at, static_cast<T>(~T{0}), __ATOMIC_RELEASE);
  T expected = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  while (!__atomic_compare_exchange_n(at, &expected, expected, true, __ATOMIC_SEQ_CST,
                                      __ATOMIC_RELAXED)) {
  }
  T other = static_cast<T>(~T{0});
  const bool exchanged =
      __atomic_compare_exchange_n(at, &other, T{0}, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  assert(!exchanged);
}

// Those that throw away what was there, on memory that only this thread uses.
template <typename T>
NOINLINE void atomic_replacements(T* at) {
  __atomic_store_n(at, T{5}, __ATOMIC_RELEASE);
  T old = __atomic_exchange_n(at, T{6}, __ATOMIC_ACQ_REL);
  assert(old == 5);
  old = __atomic_fetch_nand(at, T{2}, __ATOMIC_SEQ_CST);
  assert(old == 6);
  assert(__atomic_load_n(at, __ATOMIC_RELAXED) == static_cast<T>(~T{2}));
}

NOINLINE void memory_functions(Own* mine, std::size_t size) {
  std::memset(mine->from.bytes, 9, size);
  std::memcpy(mine->to.bytes, mine->from.bytes, size);
  std::memmove(mine->to.bytes + 1, mine->to.bytes, size - 1);
  assert(mine->to.bytes[size - 1] == 9);
}

NOINLINE void copy(Big* to, const Big* from) {
  *to = *from;
}

NOINLINE int destroy(Base* object) {
  const int name = object->name();
  delete object;
  return name;
}

void touch(int number) {
  Own* mine = &own[number];
  plain(&mine->value1);
  plain(&mine->value2);
  plain(&mine->value4);
  plain(&mine->value8);
  plain(&mine->value16);
  plain_unaligned(&mine->unaligned2);
  plain_unaligned(&mine->unaligned4);
  plain_unaligned(&mine->unaligned8);
  plain_unaligned(&mine->unaligned16);
  plain_volatile(&mine->value1);
  plain_volatile(&mine->value2);
  plain_volatile(&mine->value4);
  plain_volatile(&mine->value8);
  plain_volatile(&mine->value16);
  volatile_unaligned(&mine->unaligned2);
  volatile_unaligned(&mine->unaligned4);
  volatile_unaligned(&mine->unaligned8);
  volatile_unaligned(&mine->unaligned16);
  assert(read_only(&mine->value1) == 6 && read_only(&mine->value2) == 6);
  assert(read_only(&mine->value4) == 6 && read_only(&mine->value8) == 6);
  assert(read_only(&mine->value16) == 6);
  assert(mine->unaligned2.value == 6 && mine->unaligned16.value == 6);
  write_only(&mine->value16, Wide{7});

  atomic_replacements(&mine->value1);
  atomic_replacements(&mine->value2);
  atomic_replacements(&mine->value4);
  atomic_replacements(&mine->value8);
  atomic_replacements(&mine->value16);
  atomics(&shared.value1);
  atomics(&shared.value2);
  atomics(&shared.value4);
  atomics(&shared.value8);
  atomics(&shared.value16);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);

  memory_functions(mine, sizeof(Big));
  copy(&mine->from, &mine->to);
  assert(destroy(new Derived) == 2);
  std::lock_guard<std::mutex> lock(mutex);
  ++guarded;
}

int main() {
  std::thread first(touch, 0);
  std::thread second(touch, 1);
  first.join();
  second.join();
  assert(guarded == 2);
  assert(shared.value1 == 2 && shared.value2 == 2 && shared.value4 == 2 && shared.value8 == 2);
  assert(shared.value16 == 2);
  return 0;
}
