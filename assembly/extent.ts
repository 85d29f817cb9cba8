/** First byte above the data of this module: scripts/build.mjs checks that it lies in the module's region of memory. */
export function dataEnd(): usize {
  return __heap_base;
}
