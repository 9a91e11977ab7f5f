#pragma once

namespace heddle::bench {

// dpor: how many interleavings it says there will be after one in a hundred of them, beside how
// many there are.
void show_forecasts(bool small);

}  // namespace heddle::bench
