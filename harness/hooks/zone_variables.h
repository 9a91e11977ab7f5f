// Variables of the C library, by names that no program may have for something else.
#pragma once

// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern char* __tzname[2];
extern long __timezone;
extern int __daylight;
}
// NOLINTEND(readability-identifier-naming)
