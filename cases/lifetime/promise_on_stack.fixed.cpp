// Does:   A function asks two servers and returns the answer that comes first.
// Class:  lifetime, difficulty 4 of 5
//
// Correct: promise_on_stack.cpp with a question that all three own.
// Fails:   never.
// From:    see promise_on_stack.cpp.
#include <atomic>
#include <cassert>
#include <future>
#include <memory>
#include <thread>

struct Question {
  std::atomic<bool> answered{false};
  std::promise<int> promise;
};

void answer(std::shared_ptr<Question> question, int number) {
  if (!question->answered.exchange(true)) {
    question->promise.set_value(number);
  }
}

int ask(std::thread (&servers)[2]) {
  auto question = std::make_shared<Question>();
  std::future<int> first = question->promise.get_future();
  servers[0] = std::thread(answer, question, 1);
  servers[1] = std::thread(answer, question, 2);
  return first.get();
}

int main() {
  std::thread servers[2];
  int number = ask(servers);
  servers[0].join();
  servers[1].join();
  assert(number == 1 || number == 2);
  return 0;
}
