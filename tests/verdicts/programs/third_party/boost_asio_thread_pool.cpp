// boost::asio::thread_pool with two threads: handlers of a strand never run at the same time and
// run in order, and join() returns when all handlers have run.
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cassert>

int main() {
  int in_order = 0;
  bool done = false;
  boost::asio::thread_pool pool(2);
  auto strand = boost::asio::make_strand(pool);
  for (int i = 0; i < 3; ++i) {
    boost::asio::post(strand, [&in_order, i] { assert(in_order++ == i); });
  }
  boost::asio::post(pool, [&done] { done = true; });
  pool.join();
  assert(in_order == 3);
  assert(done);
  return 0;
}
