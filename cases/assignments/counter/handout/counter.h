// What the test calls. Do not change this file.
#pragma once

// One visitor comes in: is welcomed, and counted.
void let_in(int visitor);

// How many have come in.
int visitors();

// Takes its time; several visitors can be welcomed at once.
void welcome(int visitor);
