#include "settings.h"

const Settings& settings() {
  static const Settings instance = read_in();
  return instance;
}
