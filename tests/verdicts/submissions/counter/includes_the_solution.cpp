#include "../hidden/counter.cpp"
