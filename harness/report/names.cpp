#include "harness/report/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "harness/hooks/hidden_memory.h"
#include "harness/hooks/program_heap.h"
#include "harness/report/source_line.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

std::string_view noun_for(OpKind kind) {
  switch (kind) {
    case OpKind::mutex_lock:
    case OpKind::mutex_trylock_fail:
    case OpKind::mutex_unlock:
      return "mutex";
    case OpKind::cond_wait:
    case OpKind::cond_signal:
    case OpKind::cond_broadcast:
      return "condition variable";
    case OpKind::rwlock_read_lock:
    case OpKind::rwlock_write_lock:
    case OpKind::rwlock_unlock:
    case OpKind::rwlock_shared_unlock:
      return "read-write lock";
    case OpKind::sem_wait:
    case OpKind::sem_trywait_fail:
    case OpKind::sem_post:
    case OpKind::sem_read:
      return "semaphore";
    case OpKind::barrier_wait:
      return "barrier";
    case OpKind::atomic_load:
    case OpKind::atomic_store:
    case OpKind::atomic_rmw:
    case OpKind::atomic_cas_fail:
    case OpKind::futex_wait:
    case OpKind::futex_wake:
      return "atomic";
    default:
      return "object";
  }
}

// What the heap makes of a size.
std::uint64_t rounded_up(std::uint64_t size) {
  constexpr std::uint64_t kUnit = 16;
  return (size + kUnit - 1) / kUnit * kUnit;
}

// Whether a block of `size` bytes may hold that and nothing else.
bool fits(const PlacedType& placed, std::uint64_t size) {
  const std::uint64_t one = rounded_up(placed.offset + placed.type.size);
  return one == size || (placed.type.exact && one < size);
}

}  // namespace

std::string object_name(const Symbols& symbols, Address address) {
  const auto hidden = hidden_state::find(address);
  return hidden.has_value() ? hidden->text : symbols.data(address);
}

std::string thread_name(ThreadId thread) {
  return thread == kNoThread ? "a thread" : fmt::format("T{}", thread);
}

void Names::know(const Trace& trace) {
  if (known_ == &trace) return;
  known_ = &trace;
  locals_.clear();
  frames_ = trace.frames;
  thread_locals_ = trace.thread_locals;
  blocks_.clear();
  for (const AllocatedBlock& block : trace.blocks) {
    const auto [at, is_new] = blocks_.try_emplace(block.begin, Block{.end = block.end});
    at->second.end = std::max(at->second.end, block.end);
    at->second.reused = !is_new;
    if (!is_new || block.stack.empty()) continue;
    const SourceLine source =
        source_of(symbols_, block.stack.front(), std::span(block.stack).subspan(1));
    if (!source.known() || source.in_library) continue;
    at->second.origin =
        fmt::format("allocated by {} at {}", thread_name(block.thread), short_place(source));
  }
  know_types(trace);
  // Without its allocation a block is known by its end at least.
  for (const Event& event : trace.events) {
    if (event.op.kind == OpKind::heap_free && event.op.address2 > event.op.address) {
      blocks_.try_emplace(event.op.address, Block{.end = event.op.address2});
    }
  }
}

void Names::know_types(const Trace& trace) {
  for (const AllocatedBlock& allocated : trace.blocks) {
    Block& block = blocks_[allocated.begin];
    if (block.reused) continue;
    for (const Address caller : allocated.stack) {
      const auto type = symbols_.allocated_by(caller);
      if (type.has_value() && fits(*type, block.end - allocated.begin)) block.type = type;
      const std::vector<Frame> frames = symbols_.code(caller);
      if (block.type.has_value() || !std::all_of(frames.begin(), frames.end(), is_library)) break;
    }
  }
  // Pointers lead from one block to the next.
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) know_pointers(trace);
  know_by_members(trace);
}

// What a pointer of a known type holds is an object of that type.
void Names::know_pointers(const Trace& trace) {
  std::map<Address, std::optional<ObjectType>> pointees;
  for (const Event& event : trace.events) {
    if (!is_memory_access(event.op.kind) || event.op.size != sizeof(Address)) continue;
    const auto found = block_of(event.value.value_or(0));
    if (found == blocks_.end() || found->second.type.has_value() || found->second.reused) continue;
    const auto [known, is_new] = pointees.try_emplace(event.op.address);
    if (is_new) known->second = pointee(event.op.address);
    const std::optional<ObjectType>& type = known->second;
    if (!type.has_value()) continue;
    const PlacedType placed{*type, *event.value - found->first};
    if (fits(placed, found->second.end - found->first)) blocks_[found->first].type = placed;
  }
}

std::optional<ObjectType> Names::pointee(Address address) const {
  if (const auto type = symbols_.pointee(address)) return type;
  const auto block = block_of(address);
  if (block != blocks_.end()) {
    const auto& type = block->second.type;
    if (!type.has_value() || address < block->first + type->offset) return std::nullopt;
    return symbols_.pointee(type->type, (address - block->first - type->offset) % type->type.size);
  }
  for (const StackFrame& frame : frames_) {
    if (address < frame.begin || address >= frame.end) continue;
    if (const auto type = symbols_.pointee(frame, address)) return type;
  }
  return std::nullopt;
}

// A block just as large as the class is whose member functions use it, and no other's.
void Names::know_by_members(const Trace& trace) {
  std::map<Address, std::vector<ObjectType>> classes;
  for (const Event& event : trace.events) {
    if (!is_memory_access(event.op.kind)) continue;
    const auto block = block_of(event.op.address);
    if (block == blocks_.end() || block->second.type.has_value() || block->second.reused) continue;
    for (const ObjectType& type : symbols_.classes_at(event.op.pc)) {
      std::vector<ObjectType>& known = classes[block->first];
      const bool fitting = rounded_up(type.size) == block->second.end - block->first;
      const bool told = std::any_of(known.begin(), known.end(), [&type](const ObjectType& other) {
        return other.name == type.name;
      });
      if (fitting && !told) known.push_back(type);
    }
  }
  for (const auto& [begin, types] : classes) {
    if (types.size() == 1) blocks_[begin].type = PlacedType{types.front(), 0};
  }
}

Names::Blocks::const_iterator Names::block_of(Address address) const {
  const auto next = blocks_.upper_bound(address);
  if (next == blocks_.begin()) return blocks_.end();
  const auto block = std::prev(next);
  return address < block->second.end ? block : blocks_.end();
}

std::string Names::object(Address address) {
  if (std::string name = object_name(symbols_, address); !name.empty()) return printable(name);
  for (const ThreadLocals& variables : thread_locals_) {
    if (address < variables.begin || address >= variables.end) continue;
    const std::string name = symbols_.thread_local_data(variables.image, address - variables.begin);
    if (!name.empty()) return printable(name) + " of " + thread_name(variables.thread);
  }
  if (std::string name = local(address); !name.empty()) return printable(name);
  const auto block = block_of(address);
  if (block == blocks_.end() || !block->second.type.has_value()) return "";
  return in_block(address, false);
}

std::string Names::local(Address address) {
  const auto [known, is_new] = locals_.try_emplace(address);
  if (is_new) known->second = find_local(address);
  return known->second;
}

// Where calls one after the other had different variables there, none of them is meant for certain.
std::string Names::find_local(Address address) const {
  std::string name;
  for (const StackFrame& frame : frames_) {
    if (address < frame.begin || address >= frame.end) continue;
    std::string found = symbols_.local(frame, address);
    if (found.empty() || found == name) continue;
    if (!name.empty()) return "";
    name = std::move(found);
  }
  return name;
}

std::string Names::spelled(Address address, std::uint64_t value, unsigned size) const {
  if (is_filling(address, value, size)) return "never written";
  if (std::string text = symbols_.spelled(address, value, size); !text.empty()) {
    return printable(text);
  }
  const auto block = block_of(address);
  if (block != blocks_.end()) {
    const auto& placed = block->second.type;
    if (!placed.has_value() || address < block->first + placed->offset) return "";
    const std::uint64_t inside = address - block->first - placed->offset;
    return printable(symbols_.spelled(placed->type, inside % placed->type.size, value, size));
  }
  // As for its name: where calls disagree, nothing is said.
  std::string found;
  for (const StackFrame& frame : frames_) {
    if (address < frame.begin || address >= frame.end) continue;
    const std::string text = symbols_.spelled(frame, address, value, size);
    if (text.empty() || text == found) continue;
    if (!found.empty()) return "";
    found = text;
  }
  return printable(found);
}

// A byte alone may well be the program's, and so may what the run has written.
bool Names::is_filling(Address address, std::uint64_t value, unsigned size) const {
  if (size < 2 || size > sizeof value || block_of(address) == blocks_.end()) return false;
  std::uint64_t filling = 0;
  std::memset(&filling, program_heap::kFilling, size);
  if (value != filling) return false;
  return known_ == nullptr ||
         std::none_of(known_->events.begin(), known_->events.end(), [&](const Event& event) {
           return is_memory_access(event.op.kind) && writes(event.op.kind) &&
                  event.op.address < address + size && address < event.op.address + event.op.size;
         });
}

std::string Names::in_block(Address address, bool whole) {
  const auto found = block_of(address);
  const Address begin = found->first;
  Block& block = blocks_[begin];
  const auto& placed = block.type;
  if (block.label.empty()) {
    block.label = numbered(placed.has_value() ? printable(placed->type.name) : "object");
  }
  if (whole && address == begin) return block.label;
  const std::uint64_t offset = address - begin;
  if (!placed.has_value()) {
    return offset == 0 ? block.label : fmt::format("{}+{}", block.label, offset);
  }
  const ObjectType& type = placed->type;
  const bool one = rounded_up(placed->offset + type.size) == block.end - begin;
  // What the library keeps beside it, to count its owners and the like.
  if (offset < placed->offset || (one && offset >= placed->offset + type.size)) {
    return "block of " + block.label;
  }
  const std::uint64_t inside = offset - placed->offset;
  const std::string index = one ? "" : fmt::format("[{}]", inside / type.size);
  return block.label + index + printable(symbols_.member(type, inside % type.size));
}

std::string Names::numbered(std::string_view noun) {
  auto at = used_.find(noun);
  if (at == used_.end()) at = used_.emplace(noun, 0).first;
  return fmt::format("{} {}", noun, ++at->second);
}

std::string Names::of(Address address, OpKind kind) {
  const std::string_view noun = noun_for(kind);
  if (address == 0) return fmt::format("a {}", noun);
  const auto block = block_of(address);
  const bool in_heap = block != blocks_.end();
  if (in_heap && (kind == OpKind::heap_free || kind == OpKind::heap_allocate) &&
      object_name(symbols_, address).empty()) {
    return in_block(address, true);
  }
  if (std::string name = object(address); !name.empty()) return name;
  // Parts of one block are told from each other by where they are in it.
  const auto known = numbers_.find(address);
  if (known != numbers_.end()) return known->second;
  if (in_heap && noun == "object") return in_block(address, false);
  return numbers_[address] = numbered(noun);
}

std::string Names::origin(Address address) const {
  const auto block = block_of(address);
  return block == blocks_.end() || block->second.reused ? "" : block->second.origin;
}

std::vector<std::pair<std::string, std::string>> Names::origins() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [begin, block] : blocks_) {
    if (!block.label.empty() && !block.origin.empty() && !block.reused) {
      all.emplace_back(block.label, block.origin);
    }
  }
  for (const auto& [address, name] : numbers_) {
    if (std::string from = origin(address); !from.empty()) {
      all.emplace_back(name, "in a block " + from);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace heddle
