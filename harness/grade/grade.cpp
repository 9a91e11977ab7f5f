#include "harness/grade/grade.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/grade/build.h"
#include "harness/grade/files.h"
#include "harness/grade/judge.h"
#include "harness/grade/sandbox.h"

namespace heddle::grade {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PartMark, part, score, most, remark)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Graded, student, parts, notes, for_person, report)

namespace {

Graded grade_one(const Assignment& assignment, const Given& given, const Submission& submission,
                 const Sandbox& sandbox, const Room& around, const GradeOptions& options) {
  const HandedIn handed_in = read_submission(assignment, submission);
  if (!handed_in.missing.empty()) {
    return mark(assignment.rubric, handed_in, {}, {}, options.hints);
  }
  const TemporaryFolder folder;
  sandbox.hand_over(folder.path());
  Room room = around;
  room.folder = folder.path();
  room.writable = true;
  const Built built = build(assignment, given, handed_in, sandbox, room, options.compiler);
  Evidence evidence;
  // What can earn no marks by its runs need not be let loose.
  if (built.built && built.inspected.escapes.empty() && !handed_in.tests_replaced &&
      !handed_in.as_handed_out) {
    room.writable = false;
    evidence = judge(built, assignment.rubric, sandbox, room, options.library_dir,
                     "./" + assignment.name, options.hints >= kMostHints);
  }
  return mark(assignment.rubric, handed_in, built, evidence, options.hints);
}

// A clerk grades one submission, and takes nobody along if it breaks.
struct Clerk {
  pid_t pid = 0;
  int pipe = -1;
  std::size_t submission = 0;
  std::string said;
};

std::optional<Clerk> start_clerk(std::size_t index, const std::function<Graded()>& work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::string text;
    try {
      text = nlohmann::json(work()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    } catch (const std::exception& error) {
      text = nlohmann::json{{"error", error.what()}}.dump(-1, ' ', false,
                                                          nlohmann::json::error_handler_t::replace);
    }
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t written = write(ends[1], rest.data(), rest.size());
      if (written <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    _exit(0);
  }
  close(ends[1]);
  if (pid > 0) return Clerk{.pid = pid, .pipe = ends[0], .submission = index, .said = {}};
  close(ends[0]);
  return std::nullopt;
}

Graded what_it_said(const Assignment& assignment, const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("parts")) return json.get<Graded>();
  const bool named = json.is_object() && json.contains("error");
  return not_graded(assignment.rubric,
                    named ? json["error"].get<std::string>() : "the grading broke off");
}

}  // namespace

std::vector<Graded> grade(const Assignment& assignment, std::span<const Submission> submissions,
                          const GradeOptions& options,
                          const std::function<void(std::size_t)>& done) {
  const Sandbox sandbox = Sandbox::probe(options.library_dir + "/libheddle.so");
  Room around;
  around.hidden = options.hidden;
  around.hidden.push_back(assignment.folder);
  for (const Submission& submission : submissions) {
    // What a link leads to need not be anyone's submission: it may be the compiler.
    std::error_code error;
    const auto status = std::filesystem::symlink_status(submission.path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_symlink(status)) {
      around.hidden.push_back(submission.path);
    }
  }

  const Given given(assignment, sandbox, around, options.compiler);

  std::vector<Graded> results(submissions.size());
  std::vector<Clerk> clerks;
  std::size_t next = 0;
  std::size_t finished = 0;
  const auto finish = [&](std::size_t index, Graded graded) {
    graded.student = submissions[index].student;
    results[index] = std::move(graded);
    done(++finished);
  };
  while (finished < submissions.size()) {
    while (next < submissions.size() && clerks.size() < std::max(1U, options.jobs)) {
      const std::size_t index = next++;
      auto clerk = start_clerk(index, [&] {
        return grade_one(assignment, given, submissions[index], sandbox, around, options);
      });
      if (clerk.has_value()) {
        clerks.push_back(std::move(*clerk));
      } else {
        finish(index, not_graded(assignment.rubric, "no process could be started"));
      }
    }
    std::vector<pollfd> ready;
    for (const Clerk& clerk : clerks)
      ready.push_back({.fd = clerk.pipe, .events = POLLIN, .revents = 0});
    if (ready.empty() || poll(ready.data(), ready.size(), -1) <= 0) continue;
    for (std::size_t i = clerks.size(); i-- > 0;) {
      if (ready[i].revents == 0) continue;
      Clerk& clerk = clerks[i];
      char buffer[1 << 16];
      const ssize_t got = read(clerk.pipe, buffer, sizeof buffer);
      if (got > 0) {
        clerk.said.append(buffer, static_cast<std::size_t>(got));
        continue;
      }
      close(clerk.pipe);
      waitpid(clerk.pid, nullptr, 0);
      finish(clerk.submission, what_it_said(assignment, clerk.said));
      clerks.erase(clerks.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return results;
}

std::vector<std::string> not_contained(const GradeOptions& options) {
  return Sandbox::probe(options.library_dir + "/libheddle.so").not_contained();
}

}  // namespace heddle::grade
