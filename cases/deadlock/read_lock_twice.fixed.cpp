// Does:   A reader counts and looks up entries; a writer adds one. Writers come first.
// Class:  deadlock, difficulty 4 of 5
//
// Correct: read_lock_twice.cpp with one read lock around both.
// Fails:   never.
// From:    see read_lock_twice.cpp.
#include <pthread.h>

#include <thread>

pthread_rwlock_t table_lock;
int entries = 1;

// With the lock held.
int count() {
  return entries;
}

void look_up() {
  pthread_rwlock_rdlock(&table_lock);
  if (count() > 0) {
    // Found.
  }
  pthread_rwlock_unlock(&table_lock);
}

void add() {
  pthread_rwlock_wrlock(&table_lock);
  ++entries;
  pthread_rwlock_unlock(&table_lock);
}

int main() {
  pthread_rwlockattr_t kind;
  pthread_rwlockattr_init(&kind);
  pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&table_lock, &kind);
  std::thread reader(look_up);
  std::thread writer(add);
  reader.join();
  writer.join();
  pthread_rwlock_destroy(&table_lock);
  return 0;
}
