// Thread-specific data by key: keys of this run; those that the C library made before main are its.
#include "harness/engine/fuzz/objects/kinds.h"

namespace heddle {

void answer_key(EngineTable& table, ObjectCalls& /*calls*/) {
  table.key_create = [](pthread_key_t* key, void (*destructor)(void*)) {
    return g_objects->keys().create(key, destructor);
  };
  table.key_delete = [](pthread_key_t key) {
    return ThreadKeys::owns(key) ? g_objects->keys().remove(key)
                                 : passthrough_table().key_delete(key);
  };
  table.key_set = [](pthread_key_t key, void* value) {
    return ThreadKeys::owns(key) ? g_objects->keys().set(g_run->self().key_values, key, value)
                                 : passthrough_table().key_set(key, value);
  };
  table.key_get = [](pthread_key_t key) {
    return ThreadKeys::owns(key) ? g_objects->keys().get(g_run->self().key_values, key)
                                 : passthrough_table().key_get(key);
  };
}

}  // namespace heddle
