/** A runtime is not on this machine; the message says what is missing and how to get it. */
export class Absent extends Error {}
