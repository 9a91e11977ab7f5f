// The exception that a promise keeps is thrown, and read, by who asks for the value; whoever lets
// go of it last frees it.
#include <cassert>
#include <cstring>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

int main() {
  std::promise<int> promise;
  std::future<int> answer = promise.get_future();
  std::thread worker([own = std::move(promise)]() mutable {
    try {
      throw std::runtime_error("no answer");
    } catch (...) {
      own.set_exception(std::current_exception());
    }
  });
  try {
    answer.get();
    assert(false);
  } catch (const std::runtime_error& error) {
    assert(std::strcmp(error.what(), "no answer") == 0);
  }
  worker.join();
}
