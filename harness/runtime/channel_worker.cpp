#include "harness/runtime/channel_worker.h"

#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "harness/hooks/system_libraries.h"
#include "harness/runtime/channel.h"
#include "harness/runtime/channel_forks.h"
#include "harness/runtime/channel_jobs.h"

namespace heddle {
namespace {

std::vector<Module> loaded_modules() {
  std::vector<Module> modules;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        // Reports name the program's own lines only; and a library that another engine loads at
        // another address would be taken for this one.
        if (is_system_library(info->dlpi_name)) return 0;
        Module module{.path = info->dlpi_name, .base = info->dlpi_addr};
        module.begin = ~Address{0};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD) continue;
          module.begin = std::min<Address>(module.begin, info->dlpi_addr + header.p_vaddr);
          module.end =
              std::max<Address>(module.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
        }
        if (module.path.empty()) {
          char path[4096];
          const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
          if (size > 0) module.path.assign(path, static_cast<std::size_t>(size));
        }
        static_cast<std::vector<Module>*>(argument)->push_back(std::move(module));
        return 0;
      },
      &modules);
  return modules;
}

[[noreturn]] void die(const char* message) {
  std::fprintf(stderr, "heddle: %s\n", message);
  _exit(3);
}

int g_socket = -1;
int g_memory = -1;

// The environment as the program would have seen it without Heddle.
void put_back_environment() {
  const auto put_back = [](const char* name, const char* saved_name) {
    const char* saved = getenv(saved_name);
    if (saved == nullptr) {
      unsetenv(name);
    } else {
      setenv(name, saved, 1);
      unsetenv(saved_name);
    }
  };
  put_back("LD_LIBRARY_PATH", kOldLibraryPathVariable);
  put_back("LD_PRELOAD", kOldPreloadVariable);
  unsetenv(kChannelVariable);
}

}  // namespace

bool started_by_supervisor() {
  return getenv(kChannelVariable) != nullptr;
}

void begin_worker() {
  const char* text = getenv(kChannelVariable);
  const int known = text == nullptr ? 0 : std::sscanf(text, "%d,%d", &g_socket, &g_memory);
  if (known <= 0) die("a worker is started by the heddle command only");
  if (known == 1) {
    const WorkerFiles files = fork_workers(g_socket);
    g_socket = files.socket;
    g_memory = files.memory;
  }
}

void serve_jobs(WorkerSetup setup) {
  put_back_environment();
  setup.program.envp = __environ;
  void* shared =
      mmap(nullptr, sizeof(SharedProgress), PROT_READ | PROT_WRITE, MAP_SHARED, g_memory, 0);
  if (shared == MAP_FAILED) die("the worker cannot map its shared memory");
  close(g_memory);

  Channel channel(setup.keep_descriptor(g_socket));
  setup.begin();
  auto& progress = *static_cast<SharedProgress*>(shared);
  if (setup.note_kill_in != nullptr) setup.note_kill_in(progress.kills_itself);
  JobServer server(setup, channel, progress);
  channel.send(WorkerMessage(Hello{.modules = loaded_modules()}));
  while (const std::optional<Job> job = channel.receive_job()) {
    channel.send(WorkerMessage(server.serve(*job)));
  }
  _exit(0);
}

}  // namespace heddle
