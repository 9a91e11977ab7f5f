// As aligned_new.cpp, in order.
#include <atomic>
#include <memory>
#include <thread>

struct alignas(64) Job {
  int left = 3;
};

std::atomic<Job*> published = nullptr;

int main() {
  auto several = std::make_unique<Job[]>(2);
  std::thread other([&] { published.store(new Job, std::memory_order_release); });
  Job* const seen = published.load(std::memory_order_acquire);
  const int left = seen == nullptr ? 0 : seen->left;
  other.join();
  delete published.load(std::memory_order_relaxed);
  return left == 3 || left == 0 ? 0 : 1;
}
