/** The largest vocabularies in use have about 262 000 tokens; twice that. */
export const MAX_LOGITS = 2 ** 19;

export const MAX_BINARY_BYTES = 4 * MAX_LOGITS;

/** 262 144 logits at 20 characters are 5 MB; an isolate has 128 MB for all the requests it works on. */
export const MAX_JSON_BYTES = 8 * 2 ** 20;

/** Of one request without replacement. */
export const MAX_DRAWS = 1024;

/**
 * A body that is too long is received up to here and thrown away: a client that is still sending when the connection closes
 * does not get to read why. One that declares more is refused at once.
 */
export const PATIENCE_BYTES = 32 * 2 ** 20;
