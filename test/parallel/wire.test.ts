// Messages: what goes in comes out, and what is damaged, cut short, too much or made up is refused.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../bindings/inference/shards/wire.ts";

const round = (data: unknown): unknown => decode(encode(data as never));

describe("a message", () => {
  test("brings back what was put into it", () => {
    const data = {
      empty: {},
      list: [1, "two", null, true, [[-1.5]]],
      numbers: [Number.NaN, Infinity, -Infinity, -0, 5e-324, 2 ** 53],
      u8: Uint8Array.of(1, 2, 255),
      i32: Int32Array.of(-(2 ** 31), 7),
      u32: Uint32Array.of(2 ** 32 - 1),
      f32: Float32Array.of(Number.NaN, -0, 1e-45),
      f64: Float64Array.of(Math.PI, -Infinity),
      none: new Float32Array(),
      text: 'α\u0000\u2028 "quoted"',
      __proto__x: 1,
    };
    const back = round(data);
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(data)));
    expect({ ...(back as object) }).toEqual(data);
    expect(Object.is((back as typeof data).numbers[3], -0)).toBe(true);
  });

  test("of any JSON is that JSON, from anywhere in a buffer", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.float32Array(), fc.nat(16), (json, floats, offset) => {
        fc.pre(!JSON.stringify(json).includes('"$"') && !JSON.stringify(json).includes('"__proto__"'));
        const bytes = encode({ json, floats } as never);
        const moved = new Uint8Array(offset + bytes.length + 5).subarray(offset, offset + bytes.length);
        moved.set(bytes);
        const back = decode(moved) as { json: unknown; floats: Float32Array };
        expect(JSON.stringify(back.json)).toBe(JSON.stringify(json));
        expect(back.floats).toEqual(floats);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test("with a name such as __proto__ makes an object with that name, and changes no other", () => {
    const back = round(JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("takes data only", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const [data, message] of [
      [{ f: () => 1 }, /^data\.f: expected data: .*, got a function/],
      [[new Map()], /^data\[0\]: /],
      [{ when: new Date(0) }, /^data\.when: /],
      [1n, /^data: .*got 1n/],
      [cycle, /cycle/],
      [{ $: 1 }, /names other than \$/],
      [new Float16(), /^data: /],
    ] as const)
      expect(() => encode(data as never)).toThrow(message);
    expect(round({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });
});

class Float16 {}

describe("refused are", () => {
  const bytes = encode({ of: 7, values: Float32Array.of(1, 2, 3), deep: [{ a: 1 }] });
  const refusal = (damaged: Uint8Array): unknown => {
    try {
      return decode(damaged);
    } catch (error) {
      return (error as Error).name;
    }
  };

  test("all cuts, and any byte that is another one", () => {
    for (let length = 0; length < bytes.length; length++) expect(refusal(bytes.slice(0, length))).toBe("MessageError");
    for (let i = 0; i < bytes.length; i++)
      for (const change of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        (damaged[i] as number) ^= change;
        expect(refusal(damaged), `byte ${i}`).toBe("MessageError");
      }
    expect(refusal(new Uint8Array([...bytes, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("MessageError");
  });

  test("another version, by its number", () => {
    const later = bytes.slice();
    new DataView(later.buffer).setUint32(4, 2, true);
    expect(() => decode(later)).toThrow("message: expected version 1 of messages, got version 2");
  });

  /** A message with any header and any bytes after it, and the right checksum: what someone may write on purpose. */
  const forged = (header: string, rest = new Uint8Array()): Uint8Array => {
    const text = new TextEncoder().encode(header);
    const honest = encode(header as never);
    const size = Math.ceil(text.length / 8) * 8;
    const made = new Uint8Array(16 + size + rest.length);
    made.set(honest.subarray(0, 8));
    made.fill(32, 16, 16 + size);
    made.set(text, 16);
    made.set(rest, 16 + size);
    new DataView(made.buffer).setUint32(12, size, true);
    return resealed(made);
  };

  /** Finds the checksum the way an honest sender would, by its own encoder: a message whose content is these bytes. */
  const resealed = (made: Uint8Array): Uint8Array => {
    new DataView(made.buffer).setUint32(8, checksum(made.subarray(12)), true);
    return made;
  };

  test.each([
    ["an array longer than the message", '{"$":["f32",1e9]}'],
    ["an array of negative length", '{"$":["f32",-1]}'],
    ["an array of part of an element", '{"$":["f32",0.5]}'],
    ["an array of no known type", '{"$":["Function",8]}'],
    ["an array named like what all objects have", '{"$":["constructor",8]}'],
    ["a number that is none", '{"$":"toString"}'],
    ["what is no JSON", "{"],
    ["too many levels", "[".repeat(40) + "]".repeat(40)],
    ["levels that overflow a stack", "[".repeat(200_000) + "]".repeat(200_000)],
  ])("%s", (_, header) => {
    expect(refusal(forged(header))).toBe("MessageError");
    expect(refusal(forged(header, new Uint8Array(16)))).toBe("MessageError");
  });

  test("bytes that no array is of", () => {
    expect(decode(forged("[1]"))).toEqual([1]);
    expect(refusal(forged("[1]", new Uint8Array(8)))).toBe("MessageError");
  });
});

/** As wire.ts says it, in slow arithmetic: four sums of words side by side, then all that is left, one after another. */
function checksum(bytes: Uint8Array): number {
  const multiply = (a: number, b: number): number => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) & 0xffffffffn);
  const mixed = (sum: number, word: number): number => {
    const product = multiply(sum ^ word, 0x9e3779b1);
    return (product ^ (product >>> 15)) >>> 0;
  };
  const view = new DataView(bytes.slice().buffer);
  const words = Array.from({ length: bytes.length >>> 2 }, (_, i) => view.getUint32(4 * i, true));
  const last = words.length - (words.length % 4);
  const sums = [1, 2, 3, 4];
  for (let i = 0; i < last; i++) sums[i % 4] = mixed(sums[i % 4] as number, words[i] as number);
  const rest = [...sums, ...words.slice(last), ...bytes.subarray(words.length * 4)];
  return rest.reduce(mixed, bytes.length);
}
