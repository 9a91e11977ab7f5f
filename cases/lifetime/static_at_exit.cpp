// Does:   A background thread writes to the log; the program ends when it has done its work.
// Class:  lifetime, difficulty 3 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    main() does not wait for the thread, and when main() returns the log is destroyed.
// Fails:  if the thread writes after main() has returned.
// From:   C++ Core Guidelines CP.26, and [basic.start.term] in the C++ standard: static objects are
//         destroyed while other threads may still run.
// Found:  stress the double free, seldom; tsan the data race; fuzz the double free and the use
//         after free and the data race; relacy nothing.
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
  worker.detach();
  log_of_program.write(3);
  return 0;
}
