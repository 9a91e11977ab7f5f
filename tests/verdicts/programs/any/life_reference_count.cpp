// Bug: the last of two owners deletes the object, and the count that tells who is the last is
//      relaxed.
// Fails: whenever one owner's write comes before the other one's deletion: nothing orders the two.
#include <atomic>
#include <thread>

struct Document {
  std::atomic<int> owners = 2;
  int lines[2] = {};
};

static void release(Document* document) {
  if (document->owners.fetch_sub(1, std::memory_order_relaxed) == 1) delete document;
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
