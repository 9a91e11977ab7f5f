// The strings of libstdc++, once more: programs do not instantiate them themselves, and in
// libstdc++.so no access is instrumented.
#include <string>

template class std::basic_string<char>;
template class std::basic_string<wchar_t>;
