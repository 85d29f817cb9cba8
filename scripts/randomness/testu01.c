/* A battery of TestU01 (L'Ecuyer and Simard 2007) on 32-bit words from standard input.
 * Usage: testu01 smallcrush | rabbit BITS | alphabit BITS | crush TEST...    Prints a line for each p-value: p, tab, name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <TestU01.h>

static unsigned int words[1 << 16];
static size_t at = 0, have = 0;

static unsigned int next(void) {
  if (at == have) {
    have = fread(words, sizeof words[0], sizeof words / sizeof words[0], stdin);
    at = 0;
    if (have == 0) {
      fprintf(stderr, "testu01: standard input ended before the battery did\n");
      exit(2);
    }
  }
  return words[at++];
}

int main(int count, char **given) {
  const char *battery = count > 1 ? given[1] : "";
  swrite_Basic = FALSE;
  unif01_Gen *stream = unif01_CreateExternGenBits("standard input", next);
  if (!strcmp(battery, "smallcrush")) bbattery_SmallCrush(stream);
  else if (!strcmp(battery, "rabbit") && count == 3) bbattery_Rabbit(stream, atof(given[2]));
  else if (!strcmp(battery, "alphabit") && count == 3) bbattery_Alphabit(stream, atof(given[2]), 0, 32);
  else if (!strcmp(battery, "crush") && count > 2) {
    int times[1 + 96] = {0}; /* Crush numbers its tests from 1 to 96 */
    for (int i = 2; i < count; i++) {
      const int test = atoi(given[i]);
      if (test < 1 || test > 96) return 1;
      times[test] = 1;
    }
    bbattery_RepeatCrush(stream, times);
  } else {
    fprintf(stderr, "testu01: unknown battery\n");
    return 1;
  }
  for (int i = 0; i < bbattery_NTests; i++)
    if (bbattery_pVal[i] >= 0) printf("%.6g\t%s\n", bbattery_pVal[i], bbattery_TestNames[i]);
  unif01_DeleteExternGenBits(stream);
  return 0;
}
