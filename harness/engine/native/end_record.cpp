#include "harness/engine/native/end_record.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <typeinfo>

namespace heddle::native {
namespace {

const char* signal_name(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    case SIGTRAP:
      return "SIGTRAP";
    case SIGABRT:
      return "SIGABRT";
    default:
      return nullptr;
  }
}

bool is_in_cxx_runtime(Address pc) {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(pc), &info) == 0 || info.dli_fname == nullptr) {
    return false;
  }
  return std::strstr(info.dli_fname, "libstdc++") != nullptr ||
         std::strstr(info.dli_fname, "libc++") != nullptr;
}

void add_what(MessageBuffer& message) {
  try {
    throw;
  } catch (const std::exception& error) {
    message.add(": ").add(error.what());
  } catch (...) {
    // No words to be had of it; its type says what there is to say.
  }
}

}  // namespace

bool EndRecord::write(FailureKind what, ThreadId who, Address where, const ThreadSlot* slot,
                      const char* words) {
  if (!claim()) return false;
  kind = what;
  thread = who;
  pc = where;
  depth = slot == nullptr
              ? 0
              : static_cast<std::uint32_t>(slot->copy_stack(stack.data(), stack.size()));
  std::size_t at = 0;
  for (; words[at] != '\0' && at + 1 < message.size(); ++at) message[at] = words[at];
  message[at] = '\0';
  give();
  return true;
}

Failed to_failed(const EndRecord& record) {
  return {.kind = record.kind,
          .message = record.message.data(),
          .places = {{.thread = record.thread,
                      .op = {.kind = OpKind::failure, .pc = record.pc},
                      .stack = {record.stack.begin(),
                                record.stack.begin() + static_cast<std::ptrdiff_t>(record.depth)},
                      .note = {}}}};
}

MessageBuffer& MessageBuffer::add(const char* text) {
  while (*text != '\0' && length_ + 1 < text_.size()) text_[length_++] = *text++;
  return *this;
}

MessageBuffer& MessageBuffer::add(std::int64_t number) {
  std::array<char, 24> digits{};
  std::to_chars(digits.data(), digits.data() + digits.size() - 1, number);
  return add(digits.data());
}

MessageBuffer assertion_message(const char* expression, const char* file, unsigned line,
                                const char* function) {
  MessageBuffer message;
  message.add(file).add(":").add(std::int64_t{line}).add(": ");
  if (function != nullptr) message.add(function).add(": ");
  message.add("Assertion `").add(expression).add("' failed.");
  return message;
}

MessageBuffer signal_message(int signal, Address fault, bool has_fault) {
  MessageBuffer message;
  const char* name = signal_name(signal);
  if (name != nullptr) {
    message.add(name);
  } else {
    message.add("signal ").add(std::int64_t{signal});
  }
  if (has_fault) {
    std::array<char, 20> digits{};
    std::to_chars(digits.data(), digits.data() + digits.size() - 1, fault, 16);
    message.add(" at address 0x").add(digits.data());
  }
  return message;
}

AbortReason explain_terminate() {
  AbortReason reason;
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) {
    reason.message.add("terminate called without an active exception");
    return reason;
  }
  reason.kind = FailureKind::uncaught_exception;
  int status = 0;
  char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  reason.message.add(status == 0 ? readable : type->name());
  std::free(readable);
  add_what(reason.message);
  return reason;
}

AbortReason explain_abort(Address pc) {
  if (is_in_cxx_runtime(pc)) return explain_terminate();
  AbortReason reason;
  reason.message.add("abort() was called");
  return reason;
}

}  // namespace heddle::native
