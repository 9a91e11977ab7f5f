// What the test calls. Do not change this file.
#pragma once

// So large that it is returned in memory, and not in a register.
struct Settings {
  int width = 0;
  int height = 0;
  char title[16] = {};
};

// The settings, which are read in when they are needed for the first time, and once only.
const Settings& settings();

// Reads them in; takes long.
Settings read_in();
