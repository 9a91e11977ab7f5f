// The objects of one kind that a run has used, by their addresses: made at first use, gone when
// they are destroyed or when their memory changes hands. To be included by relacy_runner.cpp alone.
#pragma once

#include <cstddef>

#include "harness/engine/relacy/run/address_table.h"
#include "harness/engine/relacy/run/pool.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/run_part.h"
#include "harness/model/op.h"

namespace heddle::relacy {

inline constexpr std::size_t kMaxObjects = std::size_t{1} << 16U;

template <typename Model, typename Object>
class ObjectTable final : public RunPart {
 public:
  explicit ObjectTable(Run<Model>& run) : run_(run) { run.add(*this); }

  // Made of `arguments` if it is not there yet.
  template <typename... Arguments>
  Object& at(Address address, Arguments... arguments) {
    bool is_new = false;
    Entry* entry = table_.find_or_add(address, &is_new);
    if (entry == nullptr) give_up();
    if (is_new || entry->object == nullptr) entry->object = pool_.make(arguments...);
    if (entry->object == nullptr) give_up();
    return *entry->object;
  }
  // Null: there is none.
  Object* find(Address address) {
    Entry* entry = table_.find(address);
    return entry == nullptr ? nullptr : entry->object;
  }
  // To be called with what find() gives.
  void destroy(Address address) { table_.find(address)->object = nullptr; }

  void begin_run() override {
    table_.clear();
    pool_.clear();
  }
  void forget(Address begin, std::size_t size) override {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (table_.entry(i).key - begin < size) table_.entry(i).object = nullptr;
    }
  }

 private:
  struct Entry {
    Address key;
    Object* object;  // null: destroyed
  };

  [[noreturn]] void give_up() { run_.give_up("the run made more locks than Relacy can follow"); }

  Run<Model>& run_;
  AddressTable<Entry> table_{kMaxObjects};
  Pool<Object> pool_{kMaxObjects};
};

inline Address address_of(const void* object) {
  return reinterpret_cast<Address>(object);
}

}  // namespace heddle::relacy
