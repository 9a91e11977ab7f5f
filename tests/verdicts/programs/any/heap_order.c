// Bug: the pointer to the new object is published before the object is filled.
// Fails: if the reader finds the pointer: nothing orders its read and the write of the value, and
//        the assertion fails if the read comes first.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct message {
  int value;
};

struct message* _Atomic inbox = NULL;

static void* send(void* unused) {
  struct message* message = calloc(1, sizeof(struct message));
  atomic_store(&inbox, message);
  message->value = 42;
  return unused;
}

static void* receive(void* unused) {
  struct message* message = atomic_load(&inbox);
  if (message != NULL) assert(message->value == 42);
  return unused;
}

int main(void) {
  pthread_t sender, receiver;
  pthread_create(&sender, NULL, send, NULL);
  pthread_create(&receiver, NULL, receive, NULL);
  pthread_join(sender, NULL);
  pthread_join(receiver, NULL);
  free(atomic_load(&inbox));
  return 0;
}
