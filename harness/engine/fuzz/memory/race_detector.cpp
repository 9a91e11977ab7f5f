#include "harness/engine/fuzz/memory/race_detector.h"

#include <algorithm>

namespace heddle {

void RaceDetector::split(ShadowCell* cell) {
  if (splits_used_ == splits_.size()) splits_.emplace_back();
  ByteHistories& split = splits_[splits_used_++];
  split.owner = cell;
  for (int i = 0; i < 8; ++i) {
    const auto bit = static_cast<std::uint8_t>(1 << i);
    History& byte = split.bytes[i];
    byte = History();
    split.reads[i] = 0;
    if (alive(cell->history.write) && (cell->history.write_access.mask() & bit) != 0) {
      byte.write = cell->history.write;
      byte.write_access = CodeAndBytes(cell->history.write_access.pc(), bit);
    }
    if ((cell->history.read_access.mask() & bit) == 0) continue;
    if (has_read_set(cell->history, cell->reads)) {
      // By value: begin_read_set below may move the sets.
      const auto reads = read_sets_[cell->reads - 1].reads;
      for (const auto& [epoch, pc] : reads) {
        if (split.reads[i] == 0) {
          begin_read_set(byte, split.reads[i], epoch, pc);
        } else {
          add_read(split.reads[i], epoch, pc);
        }
      }
      byte.read_access = CodeAndBytes(cell->history.read_access.pc(), bit);
    } else if (alive(cell->history.read)) {
      byte.read = cell->history.read;
      byte.read_access = CodeAndBytes(cell->history.read_access.pc(), bit);
    }
  }
  cell->split = splits_used_;
}

void RaceDetector::access_bytes(ShadowCell* cell, std::uint8_t mask, Address pc, Epoch now,
                                const VectorClock& clock, bool write, RaceList& races) {
  ByteHistories& split = splits_[cell->split - 1];
  for (int i = 0; i < 8; ++i) {
    const auto bit = static_cast<std::uint8_t>(1 << i);
    if ((mask & bit) == 0) continue;
    if (write) {
      record<true>(split.bytes[i], split.reads[i], bit, pc, now, clock, races);
    } else {
      record<false>(split.bytes[i], split.reads[i], bit, pc, now, clock, races);
    }
  }
}

void RaceDetector::add_unordered_reads(std::uint32_t reads, const VectorClock& clock,
                                       RaceList& races) const {
  for (const auto& [epoch, pc] : read_sets_[reads - 1].reads) {
    if (!ordered(epoch, clock)) races.add({epoch.thread(), pc, OpKind::read});
  }
}

void RaceDetector::add_read(std::uint32_t reads, Epoch now, Address pc) {
  for (auto& [epoch, old_pc] : read_sets_[reads - 1].reads) {
    if (epoch.thread() == now.thread()) {
      epoch = now;
      old_pc = pc;
      return;
    }
  }
  read_sets_[reads - 1].reads.emplace_back(now, pc);
}

void RaceDetector::begin_read_set(History& history, std::uint32_t& reads, Epoch now, Address pc) {
  if (read_sets_used_ == read_sets_.size()) read_sets_.emplace_back();
  ReadSet& set = read_sets_[read_sets_used_++];
  set.owner = &history;
  set.reads.clear();
  if (alive(history.read)) set.reads.emplace_back(history.read, history.read_access.pc());
  set.reads.emplace_back(now, pc);
  reads = read_sets_used_;
}

void RaceDetector::check_history(const History& history, std::uint32_t reads, bool writes,
                                 const VectorClock& clock, RaceList& races) const {
  if (!ordered(history.write, clock)) {
    races.add({history.write.thread(), history.write_access.pc(), OpKind::write});
  }
  if (!writes) return;
  if (has_read_set(history, reads)) {
    add_unordered_reads(reads, clock, races);
  } else if (!ordered(history.read, clock)) {
    races.add({history.read.thread(), history.read_access.pc(), OpKind::read});
  }
}

void RaceDetector::check_atomic(ShadowCell* cell, std::uint8_t mask, bool writes,
                                const VectorClock& clock, RaceList& races) const {
  if (is_split(cell)) {
    const ByteHistories& split = splits_[cell->split - 1];
    for (int i = 0; i < 8; ++i) {
      if ((mask >> i & 1) != 0) {
        check_history(split.bytes[i], split.reads[i], writes, clock, races);
      }
    }
    return;
  }
  History relevant = cell->history;
  if ((relevant.write_access.mask() & mask) == 0) relevant.write = Epoch();
  const bool reads_meet = (relevant.read_access.mask() & mask) != 0;
  if (!reads_meet) relevant.read = Epoch();
  if (reads_meet && has_read_set(cell->history, cell->reads)) {
    check_history(cell->history, cell->reads, writes, clock, races);
  } else {
    check_history(relevant, 0, writes, clock, races);
  }
}

void RaceDetector::check_against_atomics(const AtomicHistory& atomics, bool writes, ThreadId self,
                                         const VectorClock& clock, RaceList& races) const {
  for (ThreadId t = 0; t < atomics.writes.size(); ++t) {
    if (t != self && atomics.writes.get(t) > clock.get(t)) {
      races.add({t, atomics.write_pc, atomics.write_kind});
      return;
    }
  }
  if (!writes) return;
  for (ThreadId t = 0; t < atomics.reads.size(); ++t) {
    if (t != self && atomics.reads.get(t) > clock.get(t)) {
      races.add({t, atomics.read_pc, atomics.read_kind});
      return;
    }
  }
}

bool RaceDetector::touched_by_another(const History& history, std::uint32_t reads,
                                      ThreadId self) const {
  const auto is_anothers = [&](Epoch epoch) { return alive(epoch) && epoch.thread() != self; };
  if (is_anothers(history.write)) return true;
  if (!has_read_set(history, reads)) return is_anothers(history.read);
  const auto& set = read_sets_[reads - 1].reads;
  return std::any_of(set.begin(), set.end(),
                     [&](const auto& read) { return is_anothers(read.first); });
}

bool RaceDetector::touched_by_another(const ShadowCell* cell, std::uint8_t mask,
                                      ThreadId self) const {
  if (!is_split(cell)) {
    const History& history = cell->history;
    const int bytes = history.write_access.mask() | history.read_access.mask();
    return (bytes & mask) != 0 && touched_by_another(history, cell->reads, self);
  }
  const ByteHistories& split = splits_[cell->split - 1];
  for (int i = 0; i < 8; ++i) {
    if ((mask >> i & 1) != 0 && touched_by_another(split.bytes[i], split.reads[i], self)) {
      return true;
    }
  }
  return false;
}

void RaceDetector::check_birth(History& history, const VectorClock& clock, RaceList& races) const {
  if (!ordered(history.write, clock)) {
    races.add({history.write.thread(), history.write_access.pc(), OpKind::heap_allocate});
  }
  history.write = Epoch();
}

void RaceDetector::be_born(Shadow& shadow, Address begin, std::size_t size, Address pc, Epoch now) {
  for (Address at = begin; at < begin + size; at += 8) {
    ShadowCell* cell = shadow.cell(at);
    *cell = {};
    cell->history.write = now;
    cell->history.write_access = CodeAndBytes(pc, kBirth);
  }
}

void RaceDetector::forget(Shadow& shadow, Address begin, std::size_t size) {
  for (Address at = begin & ~Address{7}; at < begin + size; at += 8) *shadow.cell(at) = {};
}

}  // namespace heddle
