#include "settings.h"

const Settings& settings() {
  thread_local const Settings instance = read_in();
  return instance;
}
