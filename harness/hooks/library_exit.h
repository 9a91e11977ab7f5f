// Functions of the C library that end the process, argp_parse() at "--help" among them: they call
// its own exit(), where no hook stands.
#pragma once

namespace heddle::library_exit {

// From now on the engine in force is told when one of them ends the process amid a run: what is
// registered last with the C library runs first, before anything is undone.
void watch();
// Something else was registered.
void watch_again();

}  // namespace heddle::library_exit
