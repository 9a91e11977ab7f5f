#include "program_workshop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

namespace heddle {

void PrintTo(const Instrumentation& instrumentation, std::ostream* out) {
  for (const UninstrumentedCode& code : instrumentation.uninstrumented) {
    *out << code.name << " in " << code.module << "; ";
  }
  for (const std::string& framework : instrumentation.assumed) *out << "assumed: " << framework;
  for (const std::string& call : instrumentation.unmodelled) *out << "calls " << call << "; ";
  *out << (instrumentation.none ? "nothing is instrumented" : "");
}

namespace verdicts {
namespace {

// Two threads that both call add(); what they return is computed in pure().
constexpr char kMain[] = R"(#include <pthread.h>
#ifdef __cplusplus
extern "C" {
#endif
void *add(void *unused);
int pure(int number);
#ifdef __cplusplus
}
#endif
int main(void) {
  pthread_t a, b;
  pthread_create(&a, 0, add, 0);
  pthread_create(&b, 0, add, 0);
  pthread_join(a, 0);
  pthread_join(b, 0);
  return pure(1);
}
)";
constexpr char kLib[] = R"(
#ifdef __cplusplus
#include <vector>
extern "C" void *add(void *unused);
static std::vector<int> numbers(1);
void *add(void *unused) { ++numbers[0]; return unused; }
#else
static int counter;
void *add(void *unused) { counter++; return unused; }
#endif
)";
// Nothing that another thread could see.
constexpr char kPure[] = R"(
#ifdef __cplusplus
extern "C" int pure(int number);
#endif
int pure(int number) { int twice = number * 2; return twice - number - number; }
)";

}  // namespace

Words joined(Words flags, const Words& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

std::vector<Compiler> compilers(bool of_c) {
  std::vector<Compiler> found;
  for (const char* name : {"g++", "clang++-14", "clang++-19"}) {
    std::string driver = name;
    if (of_c) driver.replace(driver.find("++"), 2, driver == "g++" ? "cc" : "");
    if (!find_in_path(driver).has_value()) continue;
    Words link = {kThread, "-pthread"};
    if (driver.starts_with("clang")) {
      const Ended asked = run_process({driver, "-print-file-name=libclang_rt.tsan-x86_64.so"});
      if (!asked.out.starts_with('/')) continue;
      const std::string folder = std::filesystem::path(asked.out).parent_path().string();
      link.insert(link.end(), {"-shared-libsan", "-Wl,-rpath," + folder});
    }
    found.push_back({driver, link});
  }
  return found;
}

Workshop::Workshop(Compiler compiler, bool of_c)
    : compiler_(std::move(compiler)), suffix_(of_c ? ".c" : ".cpp") {
  write("main" + suffix_, kMain);
  write("mylib" + suffix_, kLib);
  write("pure" + suffix_, kPure);
}

void Workshop::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
}

std::string Workshop::compile(const std::string& source, const Words& flags) const {
  const std::string object = path(source + std::to_string(++made_) + ".o");
  run(joined({compiler_.name, "-c", path(source), "-o", object}, flags));
  return object;
}

std::string Workshop::link(const Words& objects, const Words& flags) const {
  const std::string program = path("prog" + std::to_string(++made_));
  run(joined(joined(joined({compiler_.name, "-o", program}, objects), compiler_.link), flags));
  return program;
}

std::string Workshop::shared_library(const std::string& name, const Words& objects,
                                     const Words& flags) const {
  run(joined(joined({compiler_.name, "-shared", "-o", path(name)}, objects), flags));
  return path(name);
}

void Workshop::run(const Words& line) {
  const Ended ended = run_process(line);
  std::string text;
  for (const std::string& word : line) text += word + ' ';
  ASSERT_EQ(ended.status, 0) << text << '\n' << ended.err;
}

Instrumentation look(const Words& files) {
  std::vector<Module> modules;
  for (const std::string& file : files) modules.push_back({.path = file});
  Instrumentation found = find_instrumentation(modules, HEDDLE_TEST_LIBRARY);
  found.parts_of_locals = false;
  return found;
}

bool leaves_out_parts_of_locals(const std::string& file) {
  const std::vector<Module> modules{{.path = file}};
  return find_instrumentation(modules, HEDDLE_TEST_LIBRARY).parts_of_locals;
}

Words names(const Instrumentation& instrumentation) {
  Words result;
  for (const UninstrumentedCode& code : instrumentation.uninstrumented) {
    result.push_back(code.name);
  }
  return result;
}

}  // namespace verdicts
}  // namespace heddle
