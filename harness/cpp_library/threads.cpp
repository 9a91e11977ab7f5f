// What libstdc++.so does with a std::thread: the program may use the object in several threads.
#include <pthread.h>

#include <system_error>
#include <thread>

namespace std {

// glibc's functions return the error; EINVAL for a thread object that has no thread.
void thread::join() {
  int error = EINVAL;
  if (_M_id != id()) error = pthread_join(_M_id._M_thread, nullptr);
  if (error != 0) __throw_system_error(error);
  _M_id = id();
}

void thread::detach() {
  int error = EINVAL;
  if (_M_id != id()) error = pthread_detach(_M_id._M_thread);
  if (error != 0) __throw_system_error(error);
  _M_id = id();
}

}  // namespace std
