// Bug: the counts of a std::shared_ptr are atomic, the pointer object itself is not: one thread
//      replaces it while the other one copies it.
// Fails: in every interleaving as a race; the copy may also get hold of an object that was just
//        deleted.
#include <cassert>
#include <memory>
#include <thread>

std::shared_ptr<int> current = std::make_shared<int>(1);

int main() {
  std::thread writer([] { current = std::make_shared<int>(2); });
  std::thread reader([] {
    const std::shared_ptr<int> mine = current;
    assert(*mine == 1 || *mine == 2);
  });
  writer.join();
  reader.join();
  return 0;
}
