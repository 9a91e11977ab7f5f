// Bug: a flag is deleted by a thread that has much else to do before, while another one may still
//      have to read it.
// Fails: if the reader comes last: nothing orders it and the deletion.
#include <atomic>
#include <thread>

std::atomic<int> work = 0;

int main() {
  auto* const flag = new std::atomic<bool>(false);
  std::thread reader([flag] { static_cast<void>(flag->load()); });
  std::thread deleter([flag] {
    for (int i = 0; i < 25; ++i) work.fetch_add(1);
    delete flag;
  });
  reader.join();
  deleter.join();
  return 0;
}
