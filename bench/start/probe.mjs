// Executed in fresh processes by start/startup.ts: what a program waits for before its first sample, in milliseconds.
const start = performance.now();
const { gumbelSoftmax, key } = await import("reparam");
const imported = performance.now();
gumbelSoftmax(key(1), Float32Array.of(0.5, -1, 2));
const called = performance.now();
console.log(JSON.stringify({ import: imported - start, firstCall: called - imported }));
