// Does:   A reader counts and looks up entries; a writer adds one. Writers come first.
// Class:  deadlock, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the reader takes the read lock again while it holds it. A lock that lets waiting writers
//         go first makes it wait for the writer, which waits for the reader.
// Fails:  if the writer begins to wait between the reader's two locks.
// From:   pthread_rwlockattr_setkind_np(3): PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP asks for
//         read locks that are not taken recursively.
// Found:  stress and tsan the deadlock, seldom; fuzz the deadlock; relacy has no read-write locks.
#include <pthread.h>

#include <thread>

pthread_rwlock_t table_lock;
int entries = 1;

int count() {
  pthread_rwlock_rdlock(&table_lock);
  int result = entries;
  pthread_rwlock_unlock(&table_lock);
  return result;
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
