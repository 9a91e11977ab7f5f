// Does:   A function asks two servers and returns the answer that comes first.
// Class:  lifetime, difficulty 4 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the promise lives in the function that waits. The second server comes to look whether
//         there is an answer when that function may have returned.
// Fails:  if the first answer is taken before the second server has looked.
// From:   a kin of bug 12674 of the GNU C library, where sem_post() touched a semaphore that its
//         waiter had already freed.
// Found:  stress the crash and the deadlock, seldom; tsan as stress; fuzz the use after return;
//         relacy cannot run it: futexes.
#include <atomic>
#include <cassert>
#include <future>
#include <thread>

struct Question {
  std::atomic<bool> answered{false};
  std::promise<int> promise;
};

void answer(Question* question, int number) {
  if (!question->answered.exchange(true)) {
    question->promise.set_value(number);
  }
}

int ask(std::thread (&servers)[2]) {
  Question question;
  std::future<int> first = question.promise.get_future();
  servers[0] = std::thread(answer, &question, 1);
  servers[1] = std::thread(answer, &question, 2);
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
