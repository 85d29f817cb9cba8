/** A Web Worker, as far as it is used: the types of browsers are not among ours. */
export interface WebWorker {
  /** To its inside. */
  postMessage(message: unknown): void;
  /** From its inside, or of its end. */
  addEventListener(type: "message" | "messageerror" | "error" | "close", listener: (event: object) => void): void;
  /** At once, whatever it does. */
  terminate(): unknown;
}

/** The inside of one. */
export interface WorkerScope {
  /** To whoever made it. */
  postMessage(message: unknown, transfer: ArrayBufferLike[]): void;
  /** From whoever made it. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** What is said in either direction; everything else is somebody else's. */
export const TALK = "reparam/parallel 1";
