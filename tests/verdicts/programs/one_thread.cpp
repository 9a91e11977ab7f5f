// Nothing to control: there never are two threads.
int counter = 0;

int main() {
  ++counter;
  return counter - 1;
}
