// What a container, a sandbox or an administrator takes away: the report is the one that it would
// be without that, or one line says what is missing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <variant>
#include <vector>

#include "harness/search/worker_process.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

// What a process that cannot be restricted ends with.
constexpr int kCannot = 99;

// As the default profiles of container runtimes do.
void deny(std::initializer_list<long> calls) {
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    _exit(kCannot);
  }
}

// Each process has its own addresses.
void deny_fixed_addresses() {
  constexpr unsigned long kAskOnly = 0xffffffff;
  const auto now = static_cast<unsigned long>(personality(kAskOnly));
  personality(now & ~static_cast<unsigned long>(ADDR_NO_RANDOMIZE));
  deny({SYS_personality});
  if (personality(now | ADDR_NO_RANDOMIZE) >= 0) _exit(kCannot);
}

// Takes out what is of one process, or of one moment.
void keep_lasting(nlohmann::json& value) {
  if (value.is_object()) {
    for (const char* const name : {"address", "key", "seconds", "runs_per_second"}) {
      value.erase(name);
    }
  }
  if (!value.is_structured()) return;
  for (auto& part : value) keep_lasting(part);
}

class Surroundings : public testing::Test {
 protected:
  // The engines of the only case, without what differs between two runs of the same command.
  nlohmann::json run(const std::string& program, const std::string& engines, unsigned runs,
                     const std::function<void()>& restrict_itself = nullptr) {
    const std::string json = folder_ / "out.json";
    ended_ = run_process({HEDDLE_TEST_COMMAND, "run", program, "--engine", engines, "--runs",
                          std::to_string(runs), "--expect", "any", "--report", "json:" + json},
                         {}, nullptr, restrict_itself);
    if (ended_.status == kCannot) return {};
    EXPECT_EQ(ended_.status, 0) << ended_.out << ended_.err;
    std::ifstream file(json);
    auto rows = nlohmann::json::parse(file).at("cases").at(0).at("engines");
    keep_lasting(rows);
    return rows;
  }

  TemporaryFolder folder_;
  Ended ended_;
};

TEST_F(Surroundings, without_fixed_addresses_change_nothing_of_what_is_found) {
  for (const char* const name : {"unlocked_counter", "queue_handoff", "flag_outside_mutex",
                                 "lock_order", "aba_stack", "mutex_counter"}) {
    for (const char* const engine : {"fuzz", "relacy"}) {
      const auto usual = run(case_path(name), engine, 200);
      const auto denied = run(case_path(name), engine, 200, deny_fixed_addresses);
      if (ended_.status == kCannot) GTEST_SKIP() << "no system call can be denied here";
      EXPECT_EQ(denied, usual) << name << ' ' << engine;
    }
  }
}

TEST_F(Surroundings, without_fixed_addresses_leave_findings_of_real_threads_their_places) {
  for (const char* const engine : {"stress", "tsan"}) {
    const auto rows = run(case_path("unlocked_counter"), engine, 400, deny_fixed_addresses);
    if (ended_.status == kCannot) GTEST_SKIP() << "no system call can be denied here";
    for (const auto& finding : rows.at(0).at("findings")) {
      for (const auto& place : finding.at("places")) {
        EXPECT_FALSE(place.at("source").is_null()) << ended_.out;
      }
      // What real threads have shown is looked for under fuzz, by its places.
      EXPECT_TRUE(finding.at("hunt").at("reproduced").get<bool>()) << ended_.out;
    }
  }
}

// The system kills a child of a thread that has ended, if it was asked to, and not only of a
// process.
TEST_F(Surroundings, without_fixed_addresses_are_the_same_whichever_thread_came_first) {
  const pid_t pid = fork();
  if (pid == 0) {
    deny_fixed_addresses();
    const SearchOptions options = search_options(case_path("mutex_counter"), EngineKind::fuzz, 1);
    Address bases[2] = {};
    for (Address& base : bases) {
      std::thread([&] {
        const auto started = WorkerProcess::start(options.worker);
        const auto* worker = std::get_if<std::unique_ptr<WorkerProcess>>(&started);
        if (worker != nullptr) base = (*worker)->modules().front().base;
      }).join();
    }
    _exit(bases[0] != 0 && bases[0] == bases[1] ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kCannot) GTEST_SKIP() << "no system call can be denied here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Surroundings, without_looks_at_processes_change_nothing) {
  const auto restrict_itself = [] { deny({SYS_process_vm_readv, SYS_pidfd_open}); };
  for (const char* const name : {"polite_diners", "unmapped_rounds", "ordered_spin"}) {
    const auto usual = run(program_path(name), "fuzz", 20);
    const auto denied = run(program_path(name), "fuzz", 20, restrict_itself);
    if (ended_.status == kCannot) GTEST_SKIP() << "no system call can be denied here";
    EXPECT_EQ(denied, usual) << name;
  }
}

TEST_F(Surroundings, of_few_descriptors_change_nothing) {
  const auto usual = run(case_path("unlocked_counter"), "fuzz,relacy", 200);
  const auto few = run(case_path("unlocked_counter"), "fuzz,relacy", 200, [] {
    constexpr rlim_t kFew = 20;
    const rlimit limit{.rlim_cur = kFew, .rlim_max = kFew};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(kCannot);
  });
  EXPECT_EQ(few, usual);
}

TEST_F(Surroundings, with_little_address_space_are_named_where_an_engine_fails) {
  const Ended ended = run_process({HEDDLE_TEST_COMMAND, "run", case_path("unlocked_counter"),
                                   "--engine", "tsan", "--runs", "5"},
                                  {}, nullptr, [] {
                                    constexpr rlim_t kLittle = rlim_t{1} << 30;
                                    const rlimit limit{.rlim_cur = kLittle, .rlim_max = kLittle};
                                    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(kCannot);
                                  });
  EXPECT_EQ(ended.status, 3) << ended.out << ended.err;
  EXPECT_NE(ended.err.find("processes have 1 GB of addresses here (ulimit -v)"), std::string::npos)
      << ended.out << ended.err;
}

TEST_F(Surroundings, without_proc_are_refused_in_one_line) {
  const Ended ended =
      run_process({HEDDLE_TEST_COMMAND, "run", "unlocked_counter", "--runs", "5"}, {}, nullptr, [] {
        const int spaces = getuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
        if (unshare(spaces) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, "") != 0 ||
            mount("none", "/proc", "tmpfs", 0, "") != 0) {
          _exit(kCannot);
        }
      });
  if (ended.status == kCannot) GTEST_SKIP() << "/proc cannot be taken away here";
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, "heddle: needs /proc, which is not mounted: mount -t proc proc /proc\n");
}

}  // namespace
}  // namespace heddle::verdicts
