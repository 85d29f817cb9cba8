import { ArgumentError, checkInteger } from "../core/index.ts";

/** Where a run of noise starts: element `offset` is word `shift` of block (high, low), and `blocks` blocks hold the run. */
export interface Address {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly blocks: number;
}

/** @param length elements, from `offset` on; all of them have to be safe integers */
export function addressOf(offset: number, length: number): Address {
  checkInteger("offset", offset, 0);
  if (!Number.isSafeInteger(offset + length))
    throw new ArgumentError(
      "offset",
      `an integer of at most ${Number.MAX_SAFE_INTEGER - length}, so that every element has a number`,
      String(offset),
    );
  const shift = offset % 4;
  const block = (offset - shift) / 4;
  return { shift, low: block % 2 ** 32, high: Math.floor(block / 2 ** 32), blocks: Math.ceil((shift + length) / 4) };
}
