// Appends one locked buffer to another, which is cut meanwhile.
// Fails: the length is asked for under the other buffer's lock, and used after that was given up.
// From:  Flanagan, Qadeer, "A Type and Effect System for Atomicity", PLDI 2003, the StringBuffer of
//        Java's library.
#include <cassert>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

class Buffer {
 public:
  explicit Buffer(const std::string& text) : text_(text) {}

  std::size_t length() {
    std::lock_guard<std::mutex> lock(mutex_);
    return text_.size();
  }

  std::string first(std::size_t count) {
    std::lock_guard<std::mutex> lock(mutex_);
    assert(count <= text_.size());
    return text_.substr(0, count);
  }

  void erase(std::size_t begin, std::size_t end) {
    std::lock_guard<std::mutex> lock(mutex_);
    text_.erase(begin, end - begin);
  }

  void append(Buffer& other) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::size_t count = other.length();
    text_ += other.first(count);
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

int main() {
  Buffer buffer("abc");
  Buffer appended("xyz");
  std::thread eraser([&] { appended.erase(0, 3); });
  buffer.append(appended);
  eraser.join();
  return 0;
}
