#include "harness/engine/fuzz/verdict/leaks.h"

#include <algorithm>
#include <cstring>

namespace heddle {
namespace {

class Search {
 public:
  explicit Search(std::span<const HeapBlock> blocks) : blocks_(blocks), marks_(blocks.size(), 0) {}

  bool marked(std::size_t block) const { return marks_[block] != 0; }
  void mark(std::size_t block) { marks_[block] = 1; }

  // Marks what the words of the range lead to, over any number of blocks. Returns the blocks that
  // were not marked before.
  std::vector<std::size_t> follow(MemoryRange range) {
    std::vector<std::size_t> found;
    look(range, found);
    for (std::size_t next = 0; next < found.size(); ++next) {
      const HeapBlock& block = blocks_[found[next]];
      look({block.begin, block.begin + block.size}, found);
    }
    return found;
  }

  // Whether some word of block `from` points into block `to`.
  std::vector<std::size_t> targets(std::size_t from) const {
    std::vector<std::size_t> found;
    const HeapBlock& block = blocks_[from];
    for_each_target({block.begin, block.begin + block.size},
                    [&found](std::size_t target) { found.push_back(target); });
    return found;
  }

 private:
  void look(MemoryRange range, std::vector<std::size_t>& found) {
    for_each_target(range, [&](std::size_t target) {
      if (marked(target)) return;
      mark(target);
      found.push_back(target);
    });
  }

  template <typename Visit>
  void for_each_target(MemoryRange range, Visit visit) const {
    if (blocks_.empty()) return;
    const Address lowest = blocks_.front().begin;
    const Address highest = blocks_.back().begin + blocks_.back().size;
    const Address begin = (range.begin + sizeof(Address) - 1) & ~(sizeof(Address) - 1);
    for (Address at = begin; at + sizeof(Address) <= range.end; at += sizeof(Address)) {
      Address word;
      std::memcpy(&word, reinterpret_cast<const void*>(at), sizeof word);
      if (word < lowest || word >= highest) continue;
      const auto after = std::upper_bound(
          blocks_.begin(), blocks_.end(), word,
          [](Address value, const HeapBlock& block) { return value < block.begin; });
      const auto block = static_cast<std::size_t>(after - blocks_.begin()) - 1;
      if (word < blocks_[block].begin + blocks_[block].size) visit(block);
    }
  }

  std::span<const HeapBlock> blocks_;
  std::vector<unsigned char> marks_;
};

}  // namespace

std::vector<Leak> find_leaks(std::span<const MemoryRange> roots,
                             std::span<const HeapBlock> blocks) {
  Search search(blocks);
  for (const MemoryRange& root : roots) search.follow(root);
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!search.marked(i)) lost.push_back(i);
  }
  // Those that another lost block leads to are its business.
  std::vector<unsigned char> held(blocks.size(), 0);
  for (const std::size_t from : lost) {
    for (const std::size_t target : search.targets(from)) {
      if (target != from) held[target] = 1;
    }
  }
  std::vector<Leak> leaks;
  const auto report = [&](std::size_t block) {
    search.mark(block);
    Leak leak{.block = blocks[block]};
    for (const std::size_t other :
         search.follow({leak.block.begin, leak.block.begin + leak.block.size})) {
      ++leak.held_blocks;
      leak.held_bytes += blocks[other].size;
    }
    leaks.push_back(leak);
  };
  for (const std::size_t block : lost) {
    if (held[block] == 0) report(block);
  }
  // What is left goes round in circles.
  for (const std::size_t block : lost) {
    if (!search.marked(block)) report(block);
  }
  std::sort(leaks.begin(), leaks.end(),
            [](const Leak& a, const Leak& b) { return a.block.begin < b.block.begin; });
  return leaks;
}

}  // namespace heddle
