/** A tool is not on this machine; the message says what is missing. */
export class Absent extends Error {}
