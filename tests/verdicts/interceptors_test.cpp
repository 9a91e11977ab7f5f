// What ThreadSanitizer's library intercepts, and Heddle's does not, stands here with the reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// Names of the runtime itself, and of Sun RPC (xdr_*), which are no functions of today's C library.
bool is_of_the_runtime(const std::string& name) {
  for (const char* prefix :
       {"__tsan_", "__sanitizer_", "__asan_", "__ubsan_", "__sancov_", "__interceptor_",
        "___interceptor_", "__pthread_mutex_", "__interception", "Annotate", "WTFAnnotate", "_Z",
        "internal_", "xdr_"}) {
    if (name.starts_with(prefix)) return true;
  }
  return std::set<std::string>{"RunningOnValgrind",
                               "ValgrindSlowdown",
                               "ThreadSanitizerQuery",
                               "__bss_start",
                               "_edata",
                               "_end",
                               "_init",
                               "_fini"}
      .contains(name);
}

const std::map<std::string, std::set<std::string>> kLeftOut = {
    {"touches no memory of the program, or only a descriptor, a stream or the process",
     {"__close",      "clock_settime",  "clone",     "dl_iterate_phdr", "dlclose", "fopencookie",
      "getusershell", "listen",         "mcheck",    "mcheck_pedantic", "mlock",   "mprobe",
      "munlock",      "munlockall",     "vfork",     "sem_unlink",      "pclose",  "__res_iclose",
      "getutent",     "if_nametoindex", "argp_parse"}},
    {"no scheduler of threads can model it: it is about processes, the kernel or shared memory",
     {"capget", "capset", "epoll_ctl", "epoll_pwait2", "mincore", "msgrcv", "msgsnd",
      "name_to_handle_at", "process_vm_readv", "process_vm_writev", "ptrace", "shmctl", "wait",
      "wait3", "wait4", "waitid", "recvmmsg", "sendmmsg", "eventfd_write"}},
    {"belongs to a library of its own, or is in none of today's",
     {"crypt_r", "dn_comp", "dn_expand", "__b64_ntop", "__b64_pton"}},
    {"a limit: it fills structures of many parts, seldom shared meanwhile, and is not told",
     {"ether_hostton", "ether_line", "ether_ntohost", "getmntent_r", "glob64", "scandir",
      "scandir64", "wordexp", "backtrace_symbols"}},
    {"jumps, and leaves memory to the program",
     {"__sigsetjmp", "_setjmp", "longjmp", "setjmp", "siglongjmp", "sigsetjmp"}},
    {"what it reads and writes, the program's own comparison function reads and writes",
     {"bsearch"}},
    {"old names of getutxid() and getutxline()", {"getutid", "getutline"}},
    {"keeps the C library's function of today or none: nothing built today calls it",
     {"__isoc99_fprintf", "__isoc99_printf", "__isoc99_snprintf", "__isoc99_sprintf",
      "__isoc99_vfprintf", "__isoc99_vprintf", "__isoc99_vsnprintf", "__isoc99_vsprintf", "cfree",
      "ftime", "tmpnam_r", "__strxfrm_l", "__wcsxfrm_l", "readdir_r", "readdir64_r"}},
    {"serves the C library's own streams and thread-local storage",
     {"__underflow", "__woverflow", "__wuflow", "__wunderflow", "__tls_get_addr", "__libc_memalign",
      "_obstack_begin", "_obstack_begin_1", "_obstack_newchunk", "setbuf", "setbuffer",
      "setlinebuf", "setvbuf", "xdrmem_create", "xdrrec_create", "xdrstdio_create"}},
};

std::set<std::string> left_out() {
  std::set<std::string> names;
  for (const auto& [reason, some] : kLeftOut) names.insert(some.begin(), some.end());
  return names;
}

std::set<std::string> heddle_exports() {
  return symbols(HEDDLE_TEST_LIBRARY, {"-D", "--defined-only"});
}

class Interceptors : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Interceptors, are_heddles_too_or_left_out_for_a_reason) {
  const auto& [compiler, name] = GetParam();
  if (!find_in_path(compiler).has_value()) GTEST_SKIP() << "no " << compiler;
  std::string library = run_process({compiler, std::string("-print-file-name=") + name}).out;
  library.erase(std::find(library.begin(), library.end(), '\n'), library.end());
  if (!std::filesystem::exists(library)) GTEST_SKIP() << compiler << " has no " << name;
  std::set<std::string> theirs = symbols(library, {"-D", "--defined-only"});
  ASSERT_TRUE(theirs.contains("memcpy"));
  const std::set<std::string> ours = heddle_exports();
  const std::set<std::string> reasons = left_out();
  std::erase_if(theirs, [&](const std::string& function) {
    return is_of_the_runtime(function) || ours.contains(function) || reasons.contains(function);
  });
  EXPECT_EQ(theirs, std::set<std::string>{}) << "neither hooked nor left out";
}

INSTANTIATE_TEST_SUITE_P(compilers, Interceptors,
                         testing::Values(std::pair("g++", "libtsan.so"),
                                         std::pair("clang++-19", "libclang_rt.tsan-x86_64.so")));

TEST(LeftOut, is_not_hooked_all_the_same) {
  std::set<std::string> both = left_out();
  const std::set<std::string> ours = heddle_exports();
  std::erase_if(both, [&](const std::string& name) { return !ours.contains(name); });
  EXPECT_EQ(both, std::set<std::string>{});
}

// What programs get instead of libstdc++'s.
std::set<std::string> functions_for_programs() {
  std::ifstream list(HEDDLE_TEST_BUILD_DIR "/harness/hooks/cpp_library_functions.def");
  std::set<std::string> names;
  for (std::string line; std::getline(list, line);) {
    const std::size_t begin = line.find('(') + 1;
    names.insert(line.substr(begin, line.find(')') - begin));
  }
  return names;
}

// Heddle's own calls, its static libraries' and those that compilers put in, of functions that it
// has hooks for. They would come out at the hook.
TEST(Library, calls_past_its_own_hooks) {
  // These go by whose code is running (t_program_code), and are meant to.
  const std::set<std::string> hooks_that_heddle_calls = {"_ZNSt6locale6globalERKS_",
                                                         "_ZNSt8ios_base4InitD1Ev",
                                                         "_ZNSt9basic_iosIcSt11char_traitsIcEE"
                                                         "5clearESt12_Ios_Iostate",
                                                         "_ZSt10from_charsPKcS0_RdSt12chars_format",
                                                         "_ZSt13set_terminatePFvvE",
                                                         "_ZSt8to_charsPcS_d",
                                                         "__cxa_atexit",
                                                         "__cxa_guard_acquire",
                                                         "__cxa_guard_release",
                                                         "abort",
                                                         "free",
                                                         "malloc",
                                                         "realloc"};
  const std::set<std::string> ours = heddle_exports();
  // These know Heddle's calls from the program's (hooks/cpp_library_stubs.cpp).
  const std::set<std::string> for_programs = functions_for_programs();
  EXPECT_GT(for_programs.size(), 300U);
  std::istringstream relocations(run_process({"readelf", "-rW", HEDDLE_TEST_LIBRARY}).out);
  std::set<std::string> called;
  std::size_t count = 0;
  for (std::string line; std::getline(relocations, line); ++count) {
    // Offset, info, type, value, name@version
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;
    word.resize(std::min(word.find('@'), word.size()));
    if (words && ours.contains(word) && !hooks_that_heddle_calls.contains(word) &&
        !for_programs.contains(word)) {
      called.insert(word);
    }
  }
  EXPECT_GT(count, 100U);
  EXPECT_EQ(called, std::set<std::string>{}) << "add a line to own_calls.def";
}

}  // namespace
}  // namespace heddle::verdicts
