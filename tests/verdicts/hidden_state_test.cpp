// What the C library keeps between calls is known function by function, and what two threads may do
// with it in either order is searched to the end.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// "The following functions need not be thread-safe": POSIX.1-2017, System Interfaces, 2.9.1; and
// those that only POSIX.1-2001 has there.
constexpr char kPosixUnsafe[] =
    "asctime basename catgets crypt ctime dbm_clearerr dbm_close dbm_delete dbm_error dbm_fetch "
    "dbm_firstkey dbm_nextkey dbm_open dbm_store dirname dlerror drand48 encrypt endgrent endpwent "
    "endutxent ftw getc_unlocked getchar_unlocked getdate getenv getgrent getgrgid getgrnam "
    "gethostent getlogin getnetbyaddr getnetbyname getnetent getopt getprotobyname "
    "getprotobynumber getprotoent getpwent getpwnam getpwuid getservbyname getservbyport "
    "getservent getutxent getutxid getutxline gmtime hcreate hdestroy hsearch inet_ntoa l64a "
    "lgamma lgammaf lgammal localeconv localtime lrand48 mblen mbtowc mrand48 nftw nl_langinfo "
    "ptsname putc_unlocked putchar_unlocked putenv pututxline rand readdir setenv setgrent setkey "
    "setlocale setpwent setutxent strerror strsignal strtok system ttyname unsetenv wctomb "
    // With a null pointer for the state, or for the memory of the result.
    "ctermid mbrlen mbrtowc mbsnrtowcs mbsrtowcs tmpnam wcrtomb wcsnrtombs wcsrtombs "
    "ecvt fcvt gcvt gethostbyaddr gethostbyname wcstombs";

std::set<std::string> posix_unsafe() {
  std::istringstream words(kPosixUnsafe);
  std::set<std::string> names;
  for (std::string name; words >> name;) names.insert(name);
  return names;
}

std::set<std::string> functions_with_state() {
  return {
#define HEDDLE_FUNCTION(function, name) #function,
#include "harness/hooks/hidden_state.def"
  };
}

std::map<std::string, std::string> reasons() {
  return {
#define HEDDLE_NOT_STATE(function, why) {#function, why},
#include "harness/hooks/hidden_state.def"
  };
}

TEST(HiddenState, is_known_of_every_function_that_posix_calls_unsafe) {
  const std::set<std::string> with_state = functions_with_state();
  const std::map<std::string, std::string> without = reasons();
  for (const std::string& name : posix_unsafe()) {
    EXPECT_NE(with_state.contains(name), without.contains(name)) << name;
  }
  for (const auto& [name, why] : without) {
    EXPECT_TRUE(posix_unsafe().contains(name)) << name << ": " << why;
    EXPECT_NE(why, "") << name;
  }
}

TEST(HiddenState, is_told_by_a_hook_of_each_function_that_has_some) {
  const std::set<std::string> exported = symbols(HEDDLE_TEST_LIBRARY, {"-D", "--defined-only"});
  ASSERT_TRUE(exported.contains("__tsan_init"));
  for (const std::string& name : functions_with_state()) {
    EXPECT_TRUE(exported.contains(name)) << name;
  }
}

EngineResult search_to_the_end(const std::string& compiler, const std::string& name) {
  SearchOptions options =
      search_options(program_path("any/" + compiler + "/" + name), EngineKind::fuzz, 10'000);
  options.job.strategy = "dpor";
  return search_once(options);
}

std::vector<std::string> compilers() {
  std::vector<std::string> names;
  std::istringstream list(HEDDLE_TEST_ANY_COMPILERS);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

TEST(HiddenState, does_not_keep_a_search_of_a_correct_program_from_its_end) {
  for (const std::string& compiler : compilers()) {
    for (const char* name :
         {"date_year.fixed", "environment.fixed", "file_position.fixed", "gamma_sign.fixed",
          "random_order.fixed", "stream_characters.fixed", "stream_lock.fixed",
          "stream_output.fixed", "strtok_words.fixed", "user_entry.fixed"}) {
      SCOPED_TRACE(name + (" by " + compiler));
      const EngineResult result = search_to_the_end(compiler, name);
      EXPECT_EQ(result.error.value_or(""), "");
      EXPECT_FALSE(result.divergence.has_value());
      EXPECT_EQ(result.failed, 0U);
      EXPECT_TRUE(result.exhausted);
    }
  }
}

TEST(HiddenState, of_streams_that_nobody_reads_is_none) {
  for (const std::string& compiler : compilers()) {
    const EngineResult result = search_to_the_end(compiler, "output_only.fixed");
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.failed, 0U);
    EXPECT_TRUE(result.exhausted);
    EXPECT_EQ(result.runs, 1U) << compiler;
  }
}

}  // namespace
}  // namespace heddle::verdicts
