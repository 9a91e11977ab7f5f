// Fails in two ways: a thread may use what another has freed, and if it was in time a third may see
// what it does next.
#include <atomic>
#include <cassert>
#include <thread>

namespace {

std::atomic<int> reached{0};

}  // namespace

int main() {
  auto* shared = new std::atomic<int>(1);
  std::thread frees([shared] { delete shared; });
  std::thread uses([shared] {
    shared->load();
    reached.store(1);
  });
  std::thread looks([] { assert(reached.load() == 0); });
  frees.join();
  uses.join();
  looks.join();
}
