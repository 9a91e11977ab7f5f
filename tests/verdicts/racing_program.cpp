#include "racing_program.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace heddle::verdicts {
namespace {

// ---- the enumeration
// -----------------------------------------------------------------------------

constexpr int kNobody = -1;

struct Actor {
  std::size_t step = 0;
  int done = 0;  // accesses of this step
  int copy = 0;  // what the step has read
  std::string seen;
};

struct Machine {
  std::array<int, 2> places{};
  int owner = kNobody;  // of the mutex
  std::vector<Actor> actors;
};

using Steps = std::vector<std::vector<RacingStep>>;

// The first thread is main, which starts the others. Variables on the heap are those of the thread
// that takes the mutex first.
Steps flat(const RacingProgram& program) {
  constexpr RacingStep kStartAnother{.what = '+'};
  constexpr RacingStep kEnd{.what = '.'};
  Steps threads;
  for (const RacingThread& thread : program.threads) {
    const bool is_main = threads.empty();
    std::vector<RacingStep>& steps = threads.emplace_back();
    if (is_main) steps.assign(program.threads.size() - 1, kStartAnother);
    if (program.layout == 'h') steps.insert(steps.end(), {{.what = 'L'}, {.what = 'U'}});
    for (const RacingBlock& block : thread) steps.insert(steps.end(), block.begin(), block.end());
    if (!is_main) steps.push_back(kEnd);
  }
  return threads;
}

bool can_go_on(const Machine& machine, const Steps& steps, std::size_t id) {
  const std::size_t at = machine.actors[id].step;
  if (at == steps[id].size() || machine.actors.front().step < id) return false;
  return steps[id][at].what != 'L' || machine.owner == kNobody;
}

// One access, or one call for the mutex.
void advance(Machine& machine, const Steps& steps, std::size_t id) {
  Actor& actor = machine.actors[id];
  const RacingStep step = steps[id][actor.step];
  int& here = machine.places.at(static_cast<std::size_t>(step.place));
  int& there = machine.places.at(static_cast<std::size_t>(1 - step.place));
  const bool first = actor.done++ == 0;
  bool ends = true;
  const auto see = [&](int number) { actor.seen += std::to_string(number) + ","; };
  const auto update = [&](int by) {
    if (first) {
      actor.copy = here;
    } else {
      here = actor.copy + by;
    }
    ends = !first;
  };
  switch (step.what) {
    case 'l':
      see(here);
      break;
    case 's':
      here = step.value;
      break;
    case 'i':
      update(step.value);
      break;
    case 'u':
      update(1);
      break;
    case 'd':
      update(-1);
      break;
    case 'c':
      if (first) {
        actor.copy = there;
      } else {
        here = actor.copy;
      }
      ends = !first;
      break;
    case 'p':
      if (first) {
        actor.copy = here;
      } else {
        see(actor.copy == here ? 1 : 0);
      }
      ends = !first;
      break;
    case 't':
      if (first) {
        ends = here != 0;
      } else {
        here = step.value;
      }
      break;
    case 'g':
      if (first) {
        ends = here == 0;
        if (ends) see(-1);
      } else {
        see(there);
      }
      break;
    case 'n':
      here = first ? step.value : step.value + 1;
      ends = !first;
      break;
    case 'W':
      machine.places = {step.value, step.value};
      break;
    case 'R':
      see(machine.places[0]);
      see(machine.places[1]);
      break;
    case 'L':
      machine.owner = static_cast<int>(id);
      break;
    case 'U':
      machine.owner = kNobody;
      break;
    case '+':
    case '.':
      break;
    default:
      RC_FAIL("a step that the enumeration does not know");
  }
  if (!ends) return;
  ++actor.step;
  actor.done = 0;
}

std::string outcome(const Machine& machine) {
  std::string text;
  for (const Actor& actor : machine.actors) text += actor.seen + "|";
  return text + std::to_string(machine.places[0]) + "," + std::to_string(machine.places[1]);
}

// Each end that some order comes to, in depth; returns how many orders were tried until `limit` of
// them were.
std::uint64_t try_orders(const Machine& machine, const Steps& steps, std::uint64_t limit,
                         std::set<std::string>& ends) {
  std::uint64_t orders = 0;
  bool over = true;
  for (std::size_t id = 0; id < steps.size() && orders < limit; ++id) {
    if (!can_go_on(machine, steps, id)) continue;
    over = false;
    Machine next = machine;
    advance(next, steps, id);
    orders += try_orders(next, steps, limit - orders, ends);
  }
  if (!over) return orders;
  ends.insert(outcome(machine));
  return 1;
}

std::uint64_t enumerate(const RacingProgram& program, std::uint64_t limit,
                        std::set<std::string>& ends) {
  Machine start;
  start.actors.resize(program.threads.size());
  return try_orders(start, flat(program), limit, ends);
}

// ---- generation
// ----------------------------------------------------------------------------------

// Mostly the first variable, so that threads meet there; two values, so that they can be told
// apart.
rc::Gen<RacingStep> one_of(const std::string& letters) {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::elementOf(letters), rc::gen::weightedElement<int>({{3, 0}, {1, 1}}),
                     rc::gen::inRange(1, 3)),
      [](const std::tuple<char, int, int>& step) {
        return RacingStep{
            .what = std::get<0>(step), .place = std::get<1>(step), .value = std::get<2>(step)};
      });
}

rc::Gen<RacingBlock> block(char layout) {
  // Both variables at once can be accessed only where they are side by side.
  const std::string letters = layout == 'f' ? "sslliiudcptgn" : "sslliiudcptgnWR";
  const auto alone =
      rc::gen::map(one_of(letters), [](const RacingStep& step) { return RacingBlock{step}; });
  const auto locked = rc::gen::map(one_of(letters), [](const RacingStep& step) {
    return RacingBlock{{.what = 'L'}, step, {.what = 'U'}};
  });
  return rc::gen::weightedOneOf<RacingBlock>({{6, alone}, {1, locked}});
}

// dfs takes a few runs for each.
constexpr std::uint64_t kMostOrders = 250;

// Blocks go from the end of the longest thread until the orders are few enough.
void trim(RacingProgram& program) {
  while (count_orders(program, kMostOrders + 1) > kMostOrders) {
    const auto longest = std::max_element(
        program.threads.begin(), program.threads.end(),
        [](const RacingThread& a, const RacingThread& b) { return a.size() < b.size(); });
    longest->pop_back();
  }
}

// ---- as source
// -----------------------------------------------------------------------------------

// Text with the letters of `values` replaced by what stands beside them.
std::string filled(const std::string& text, const std::map<char, std::string>& values) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      result += text[i];
      continue;
    }
    result += values.at(text.at(++i));
  }
  return result;
}

// $h: this variable, $t: the other one, $v: the value, $b: both as one number, $s: where the thread
// keeps what it sees.
const std::map<char, std::string> kStatements = {
    {'l', "$s.add($h);"},
    {'s', "$h = $v;"},
    {'i', "$h = $h + $v;"},
    {'u', "up($h);"},
    {'d', "down($h);"},
    {'c', "$h = $t;"},
    {'p', "{ int a = $h; int b = $h; $s.add(a == b ? 1 : 0); }"},
    {'t', "if ($h == 0) $h = $v;"},
    {'g', "if ($h != 0) $s.add($t); else $s.add(-1);"},
    {'n', "for (int i = 0; i < 2; ++i) $h = $v + i;"},
    {'W', "$b = both_of($v);"},
    {'R', "{ both a = $b; $s.add(low_of(a)); $s.add(high_of(a)); }"},
    {'L', "pthread_mutex_lock(&mutex);"},
    {'U', "pthread_mutex_unlock(&mutex);"},
};

}  // namespace

rc::Gen<RacingProgram> racing_program() {
  return rc::gen::exec([] {
    RacingProgram program;
    program.layout = *rc::gen::elementOf(std::string("faphs"));
    // On the heap each thread takes the mutex once more.
    const auto sizes = *rc::gen::weightedElement<std::vector<std::size_t>>(
        {{4, {4, 4}}, {2, {3, 2}}, {program.layout == 'h' ? 0U : 3U, {2, 2, 1}}});
    for (const std::size_t most : sizes) {
      const auto size = *rc::gen::inRange<std::size_t>(1, most + 1);
      program.threads.push_back(*rc::gen::container<RacingThread>(size, block(program.layout)));
    }
    trim(program);
    return program;
  });
}

std::string to_text(const RacingProgram& program) {
  std::string text(1, program.layout);
  for (const RacingThread& thread : program.threads) {
    text += '|';
    for (const RacingBlock& block : thread) {
      for (const RacingStep& step : block) {
        text += step.what + std::to_string(step.place) + std::to_string(step.value);
      }
    }
  }
  return text;
}

RacingProgram racing_program_of(const std::string& text) {
  RacingProgram program;
  program.layout = text.at(0);
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == '|') {
      program.threads.emplace_back();
      ++at;
      continue;
    }
    program.threads.back().push_back(
        {{.what = text[at], .place = text.at(at + 1) - '0', .value = text.at(at + 2) - '0'}});
    at += 3;
  }
  return program;
}

std::string racing_prelude() {
  return R"(#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

typedef unsigned long __attribute__((may_alias)) both;

both both_of(int value) { return value * 0x100000001UL; }
int low_of(both number) { return static_cast<int>(number & 0xffffffffUL); }
int high_of(both number) { return static_cast<int>(number >> 32); }
void up(volatile int& number) { number = number + 1; }
void down(volatile int& number) { number = number - 1; }

struct Seen {
  int numbers[32];
  int count;
  void add(int number) { numbers[count++] = number; }
};

char* print(char* at, int number) {
  if (number < 0) *at++ = '-';
  unsigned rest = number < 0 ? -number : number;
  unsigned power = 1;
  while (rest / power >= 10) power *= 10;
  for (; power != 0; power /= 10) *at++ = static_cast<char>('0' + rest / power % 10);
  return at;
}

void tell(const Seen* seen, int threads, int first, int second) {
  static char text[400];
  char* at = text;
  for (int i = 0; i < threads; ++i) {
    for (int k = 0; k < seen[i].count; ++k) {
      at = print(at, seen[i].numbers[k]);
      *at++ = ',';
    }
    *at++ = '|';
  }
  at = print(at, first);
  *at++ = ',';
  print(at, second);
  __assert_fail(text, "racing", 1, "tell");
}

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
volatile int* taken;

volatile int* take(volatile int* mine) {
  pthread_mutex_lock(&mutex);
  if (taken == nullptr) taken = mine;
  volatile int* const result = taken;
  pthread_mutex_unlock(&mutex);
  return result;
}

volatile int* numbers() { return static_cast<int*>(calloc(2, sizeof(int))); }
)";
}

std::string to_source(const RacingProgram& program, const std::string& name) {
  const char layout = program.layout;
  const auto place = [&](int number) {
    return layout == 'f' ? "x" + std::to_string(number) : "x[" + std::to_string(number) + "]";
  };
  std::string source = "\nnamespace of_" + name + " {\n";
  std::string begin;  // of main's part
  std::string end;
  std::string local;  // of each thread's
  switch (layout) {
    case 'f':
      source += "alignas(64) volatile int x0;\nalignas(64) volatile int x1;\n";
      break;
    case 'a':
      source += "alignas(8) volatile int x[2];\n";
      break;
    case 'p':
      source += "volatile int* x;\n";
      begin = "  x = numbers();\n";
      end = "  free(const_cast<int*>(x));\n";
      break;
    case 's':
      source += "volatile int* x;\n";
      begin = "  alignas(8) volatile int of_main[2] = {};\n  x = of_main;\n";
      break;
    case 'h':
      source += "volatile int* mine[3];\n";
      local = "  mine[$n] = numbers();\n  volatile int* const x = take(mine[$n]);\n";
      begin = "  taken = nullptr;\n";
      end = "  volatile int* const x = taken;\n";
      break;
    default:
      RC_FAIL("a layout that cannot be written");
  }
  const std::size_t count = program.threads.size();
  source += "Seen seen[" + std::to_string(count) + "];\n";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    source += "void* thread" + number + "(void*) {\n" + filled(local, {{'n', number}});
    for (const RacingBlock& block : program.threads[i]) {
      for (const RacingStep& step : block) {
        source += "  " +
                  filled(kStatements.at(step.what), {{'h', place(step.place)},
                                                     {'t', place(1 - step.place)},
                                                     {'v', std::to_string(step.value)},
                                                     {'b', "*(volatile both*)x"},
                                                     {'s', "seen[" + number + "]"}}) +
                  "\n";
      }
    }
    source += "  return nullptr;\n}\n";
  }
  source += "}\nvoid " + name + "() {\n  using namespace of_" + name + ";\n" + begin;
  source += "  pthread_t threads[" + std::to_string(count) + "];\n";
  for (std::size_t i = 1; i < count; ++i) {
    const std::string number = std::to_string(i);
    source +=
        "  pthread_create(&threads[" + number + "], nullptr, thread" + number + ", nullptr);\n";
  }
  source += "  thread0(nullptr);\n";
  for (std::size_t i = 1; i < count; ++i) {
    source += "  pthread_join(threads[" + std::to_string(i) + "], nullptr);\n";
  }
  if (layout == 'h') source += end;
  source += "  const int first = " + place(0) + ", second = " + place(1) + ";\n";
  if (layout == 'p') source += end;
  if (layout == 'h')
    source += "  for (volatile int* numbers : mine) free(const_cast<int*>(numbers));\n";
  source += "  tell(seen, " + std::to_string(count) + ", first, second);\n}\n";
  return source;
}

std::set<std::string> outcomes_of(const RacingProgram& program) {
  std::set<std::string> ends;
  enumerate(program, UINT64_MAX, ends);
  return ends;
}

std::uint64_t count_orders(const RacingProgram& program, std::uint64_t limit) {
  std::set<std::string> ends;
  return enumerate(program, limit, ends);
}

}  // namespace heddle::verdicts
