// Executes a program that is written in its argument, over two variables that its threads race on.
// Each step of each thread has code of its own, so that what is known of one access by its code
// address says nothing of another.
//
//   racing plain|atomic LAYOUT|THREAD|THREAD...
//
// main is the first of the threads, and starts the others before its own first step: so there are
// no more orders of the threads than it takes.
//
// plain: the variables are plain; atomic: every access to them is atomic and relaxed instead.
// A thread is a list of steps of three characters, what, which variable and a digit:
//
//   l x -   load, and tell                    s x v   store v
//   i x v   add v: a load and a store         c x -   copy the other one to x
//   u x -   add 1, in a function that all     d x -   subtract 1, likewise
//           threads share
//   p x -   load twice, tell if equal         n x v   store v, then v + 1, by one store in a loop
//   t x v   load; if it is 0, store v         g x -   load; if it is not 0 load the other one
//   W - v   store v to both at once           R - -   load both at once, and tell
//   L - -   lock the mutex                    U - -   unlock it
//
// Where the variables are:
//
//   f   far from each other         a   side by side in 8 bytes      p   likewise, on the heap
//   s   likewise, on main's stack   h   likewise, on the heap, where they were allocated by the
//                                       thread that takes the mutex first
//
// The failed assertion with which the process ends says what each thread has told and what is left
// in the variables.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace {

constexpr std::size_t kMostThreads = 3;
constexpr std::size_t kMostSteps = 12;

// Two variables as one number of 8 bytes.
using Both [[gnu::may_alias]] = std::uint64_t;

constexpr Both both_of(int value) {
  return static_cast<Both>(value) * 0x1'0000'0001U;
}

template <bool kAtomic, typename Number>
[[gnu::always_inline]] inline Number load(Number* from) {
  if constexpr (kAtomic) return __atomic_load_n(from, __ATOMIC_RELAXED);
  return *static_cast<volatile Number*>(from);
}

template <bool kAtomic, typename Number>
[[gnu::always_inline]] inline void store(Number* to, Number value) {
  if constexpr (kAtomic) {
    __atomic_store_n(to, value, __ATOMIC_RELAXED);
  } else {
    *static_cast<volatile Number*>(to) = value;
  }
}

template <bool kAtomic>
[[gnu::noinline]] void up(int* number) {
  store<kAtomic>(number, load<kAtomic>(number) + 1);
}

template <bool kAtomic>
[[gnu::noinline]] void down(int* number) {
  store<kAtomic>(number, load<kAtomic>(number) - 1);
}

struct Thread {
  std::string_view steps;
  std::size_t id = 0;
  bool atomic = false;
  char layout = 0;
  std::array<int*, 2> places{};
  int* mine = nullptr;
  std::array<int, 2 * kMostSteps> told{};
  std::size_t count = 0;

  void tell(int number) { told[count++] = number; }
};

std::array<Thread, kMostThreads> threads;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int* taken = nullptr;  // under the mutex

alignas(64) int far_first;
alignas(64) int far_second;
alignas(8) std::array<int, 2> adjacent;

template <std::size_t kSite, bool kAtomic>
void step(Thread& self, char what, int place, int value) {
  int* const here = self.places[place];
  int* const there = self.places[1 - place];
  switch (what) {
    case 'l':
      self.tell(load<kAtomic>(here));
      break;
    case 's':
      store<kAtomic>(here, value);
      break;
    case 'i':
      store<kAtomic>(here, load<kAtomic>(here) + value);
      break;
    case 'u':
      up<kAtomic>(here);
      break;
    case 'd':
      down<kAtomic>(here);
      break;
    case 'c':
      store<kAtomic>(here, load<kAtomic>(there));
      break;
    case 'p': {
      const int first = load<kAtomic>(here);
      const int second = load<kAtomic>(here);
      self.tell(first == second ? 1 : 0);
      break;
    }
    case 't':
      if (load<kAtomic>(here) == 0) store<kAtomic>(here, value);
      break;
    case 'g':
      self.tell(load<kAtomic>(here) != 0 ? load<kAtomic>(there) : -1);
      break;
    case 'n':
      for (int i = 0; i < 2; ++i) store<kAtomic>(here, value + i);
      break;
    case 'W':
      store<kAtomic>(reinterpret_cast<Both*>(self.places[0]), both_of(value));
      break;
    case 'R': {
      const Both both = load<kAtomic>(reinterpret_cast<Both*>(self.places[0]));
      self.tell(static_cast<int>(both & 0xffff'ffffU));
      self.tell(static_cast<int>(both >> 32));
      break;
    }
    case 'L':
      pthread_mutex_lock(&mutex);
      break;
    case 'U':
      pthread_mutex_unlock(&mutex);
      break;
    default:
      abort();
  }
}

using Step = void (*)(Thread& self, char what, int place, int value);

template <bool kAtomic, std::size_t... kSites>
constexpr std::array<Step, sizeof...(kSites)> table(std::index_sequence<kSites...>) {
  return {step<kSites, kAtomic>...};
}

using Sites = std::make_index_sequence<kMostThreads * kMostSteps>;
constexpr auto kPlain = table<false>(Sites{});
constexpr auto kAtomics = table<true>(Sites{});

int* new_numbers() {
  return static_cast<int*>(calloc(2, sizeof(int)));
}

void take_numbers(Thread& self) {
  self.mine = new_numbers();
  pthread_mutex_lock(&mutex);
  if (taken == nullptr) taken = self.mine;
  self.places = {taken, taken + 1};
  pthread_mutex_unlock(&mutex);
}

void* run(void* argument) {
  Thread& self = *static_cast<Thread*>(argument);
  if (self.layout == 'h') take_numbers(self);
  const auto& steps = self.atomic ? kAtomics : kPlain;
  std::string_view left = self.steps;
  for (std::size_t at = self.id * kMostSteps; left.size() >= 3; ++at, left.remove_prefix(3)) {
    steps[at](self, left[0], left[1] - '0', left[2] - '0');
  }
  return nullptr;
}

char* print(char* at, int number) {
  if (number < 0) *at++ = '-';
  const unsigned rest = number < 0 ? -number : number;
  unsigned power = 1;
  while (rest / power >= 10) power *= 10;
  for (; power != 0; power /= 10) *at++ = static_cast<char>('0' + rest / power % 10);
  return at;
}

[[noreturn]] void tell_outcome(std::size_t count, int first, int second) {
  static std::array<char, kMostThreads*(2 * kMostSteps * 12 + 1) + 24> text;
  char* at = text.data();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < threads[i].count; ++k) {
      at = print(at, threads[i].told[k]);
      *at++ = ',';
    }
    *at++ = '|';
  }
  at = print(at, first);
  *at++ = ',';
  print(at, second);
  __assert_fail(text.data(), "racing", 1, "tell_outcome");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::string_view program = argv[2];
  const char layout = program.front();
  alignas(8) std::array<int, 2> on_stack{};
  std::array<int*, 2> places{};
  if (layout == 'f') {
    places = {&far_first, &far_second};
  } else if (layout != 'h') {
    int* const numbers = layout == 'a'   ? adjacent.data()
                         : layout == 's' ? on_stack.data()
                                         : new_numbers();
    places = {numbers, numbers + 1};
  }
  program.remove_prefix(1);
  std::size_t count = 0;
  while (!program.empty() && count < kMostThreads) {
    program.remove_prefix(1);
    Thread& thread = threads[count];
    thread.steps = program.substr(0, program.find('|'));
    program.remove_prefix(thread.steps.size());
    thread.id = count;
    thread.atomic = argv[1] == std::string_view("atomic");
    thread.layout = layout;
    thread.places = places;
    ++count;
    if (thread.steps.size() > 3 * kMostSteps) return 2;
  }
  if (!program.empty() || count < 2) return 2;
  std::array<pthread_t, kMostThreads> running{};
  for (std::size_t i = 1; i < count; ++i) {
    pthread_create(&running[i], nullptr, run, &threads[i]);
  }
  run(&threads[0]);
  for (std::size_t i = 1; i < count; ++i) pthread_join(running[i], nullptr);
  const std::array<int*, 2>& left = threads[0].places;
  tell_outcome(count, *left[0], *left[1]);
}
