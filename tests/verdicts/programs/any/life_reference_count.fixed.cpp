// Correct: the last of two owners deletes the object; each releases what it has done and the last
//          one acquires it.
// Fails: never.
#include <atomic>
#include <thread>

struct Document {
  std::atomic<int> owners = 2;
  int lines[2] = {};
};

static void release(Document* document) {
  if (document->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete document;
}

int main() {
  auto* const document = new Document;
  std::thread other([document] {
    document->lines[0] = 1;
    release(document);
  });
  document->lines[1] = 1;
  release(document);
  other.join();
  return 0;
}
