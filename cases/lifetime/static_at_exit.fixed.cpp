// Does:   A background thread writes to the log; the program ends when it has done its work.
// Class:  lifetime, difficulty 3 of 5
//
// Correct: static_at_exit.cpp with a join before main() returns.
// Fails:   never.
// From:    see static_at_exit.cpp.
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class Log {
 public:
  void write(int number) {
    std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(number);
  }

 private:
  std::mutex mutex_;
  std::vector<int> lines_;
};

Log log_of_program;

void work() {
  log_of_program.write(1);
  log_of_program.write(2);
}

int main() {
  std::thread worker(work);
  log_of_program.write(3);
  worker.join();
  return 0;
}
