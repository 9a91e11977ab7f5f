// The C library's time zone. It keeps the text of TZ that it has read last, and does nothing where
// that comes again: runs after the first would not find their variables set, nor the zone that they
// begin with.
#pragma once

#include <time.h>

namespace heddle::time_zone {

// Called by the program, right before the C library's function, of those that always look at TZ:
// tzset(), localtime(), mktime(). What they would allocate for it is no memory of the program's,
// which ends with the run.
void look();
// Of those that look at it only if no function has before: localtime_r(), and even gmtime_r().
void look_once();
// strftime() looks at it for the name of a zone that `parts` do not have, and for seconds.
void look_for(const char* format, const tm& parts);

// The program finds the zone as it was at its start. Call between runs, once its memory is put
// back.
void restore(bool environment_was_touched);

}  // namespace heddle::time_zone
