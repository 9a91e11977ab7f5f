#include "harness/hooks/time_zone.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/zone_variables.h"

namespace heddle::time_zone {
namespace {

bool g_looked = false;       // in this run
bool g_was_reset = false;    // as at the start of a process, but for what the C library remembers
bool g_has_started = false;  // what follows is the state before the first run
std::array<char*, 2> g_names{};
long g_seconds = 0;
int g_summer = 0;

void set() {
  const RuntimeScope scope;
  HEDDLE_NEXT(tzset)();
}

// Another text for the zone that TZ is for, so that TZ itself is news: a file by another path. What
// is no file comes to nothing, which matters to who asks before tzset() only.
std::string other_text(const char* given) {
  std::string text = given == nullptr ? "/etc/localtime" : given;
  if (text.starts_with(':')) text.erase(0, 1);
  const std::size_t at = text.find('/');
  if (at == std::string::npos) return "TZ=./" + text;
  return "TZ=" + text.insert(at, "/");
}

const char* given() {
  constexpr std::string_view kName = "TZ=";
  for (char** entry = __environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::string_view(*entry).starts_with(kName)) return *entry + kName.size();
  }
  return nullptr;
}

void reset() {
  std::string text = other_text(given());
  char* entries[] = {text.data(), nullptr};
  char** const environment = __environ;
  __environ = entries;
  set();
  __environ = environment;
  g_was_reset = true;
}

}  // namespace

void look() {
  g_looked = true;
  g_was_reset = false;
  set();
}

void look_once() {
  if (g_was_reset) look();
}

void look_for(const char* format, const tm& parts) {
  for (const char* at = strchr(format, '%'); at != nullptr; at = strchr(at + 1, '%')) {
    // Flags, a width, and a modifier may come in between.
    while (at[1] != '\0' && strchr("_-0^#123456789EO", at[1]) != nullptr) ++at;
    if ((at[1] == 'Z' && parts.tm_zone == nullptr) || at[1] == 's') return look();
    if (at[1] != '\0') ++at;
  }
}

void restore(bool environment_was_touched) {
  if (!g_has_started) {
    g_has_started = true;
    g_names = {__tzname[0], __tzname[1]};
    g_seconds = __timezone;
    g_summer = __daylight;
    g_was_reset = !g_looked;
    g_looked = false;
    return;
  }
  const bool matters =
      environment_was_touched || program_imports::has(program_imports::Kind::sees_time_zone);
  if (g_looked && matters) {
    reset();
    __tzname[0] = g_names[0];
    __tzname[1] = g_names[1];
    __timezone = g_seconds;
    __daylight = g_summer;
  }
  g_looked = false;
}

}  // namespace heddle::time_zone
