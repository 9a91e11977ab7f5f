// Bug: a structure is copied as a whole while another thread reads its first and last member.
// Fails: if the copy comes between the two reads, which then differ.
#include <assert.h>
#include <pthread.h>

struct table {
  long entries[40];
};

struct table shown, next;

static void* show_next(void* unused) {
  shown = next;
  return unused;
}

int main(void) {
  pthread_t shower;
  for (int i = 0; i < 40; ++i) next.entries[i] = 1;
  pthread_create(&shower, NULL, show_next, NULL);
  const long first = shown.entries[0];
  const long last = shown.entries[39];
  pthread_join(shower, NULL);
  assert(first == last);
  return 0;
}
