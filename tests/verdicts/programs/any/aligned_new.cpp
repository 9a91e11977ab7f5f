// Publishes what has an alignment of its own without any order, beside a race that makes places
// scheduling points.
#include <atomic>
#include <memory>
#include <thread>

struct alignas(64) Job {
  int left = 3;
};

std::atomic<Job*> published = nullptr;
int plain = 0;

int main() {
  auto several = std::make_unique<Job[]>(2);
  auto one = std::make_unique<Job>();
  std::thread other([&] {
    published.store(one.get(), std::memory_order_relaxed);
    plain = 1;
  });
  plain = 2;
  Job* const seen = published.load(std::memory_order_relaxed);
  const int left = seen == nullptr ? 0 : seen->left;
  other.join();
  return left == 3 || left == 0 ? 0 : 1;
}
