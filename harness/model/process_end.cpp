#include "harness/model/process_end.h"

#include <string.h>
#include <sys/wait.h>

namespace heddle {

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const char* name = sigabbrev_np(WTERMSIG(wait_status));
    return "was killed by signal " + std::to_string(WTERMSIG(wait_status)) + " (SIG" +
           (name == nullptr ? "?" : name) + ")";
  }
  return "ended with exit status " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace heddle
