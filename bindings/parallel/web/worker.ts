/** A Web Worker, as far as it is used: the types of browsers are not among ours. */
export interface WebWorker {
  postMessage(message: unknown): void;
  addEventListener(type: "message" | "messageerror" | "error" | "close", listener: (event: object) => void): void;
  terminate(): unknown;
}

/** The inside of one. */
export interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBufferLike[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** What is said in either direction; everything else is somebody else's. */
export const TALK = "reparam/parallel 1";
