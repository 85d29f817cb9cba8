import { PackageError } from "../../core/index.ts";

/** What is used of tinypool: its own types need those of Node, which not all programs have. */
export interface Tinypool {
  readonly threads: readonly { on(event: "exit", listener: (code: number) => void): unknown }[];
  run(task: object): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  destroy(): Promise<void>;
}

export interface TinypoolClass {
  new (options: Readonly<Record<string, unknown>>): Tinypool;
  /** What a thread returns through this is transferred, not cloned. */
  move<T>(value: T): T;
}

/** @throws PackageError when it is not installed */
export async function importTinypool(): Promise<TinypoolClass> {
  try {
    const { Tinypool } = (await import("tinypool")) as unknown as { Tinypool: TinypoolClass };
    return Tinypool;
  } catch (cause) {
    throw Object.assign(new PackageError("tinypool", "an installed package: npm install tinypool", "none"), { cause });
  }
}
