/**
 * exp and log in f64 by + - * / alone, whose bits are the same in every engine: within 1 ulp. A weight's tail is fitted in numbers that
 * f32 tensors would round away.
 *
 * FreeBSD msun (fdlibm), e_exp.c and e_log.c: the ranges of ln 2 and the coefficients of both polynomials.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const bits = new DataView(new ArrayBuffer(8));

/** 2^k, of a normal number. */
function powerOfTwo(k: number): number {
  bits.setInt32(0, (k + 1023) * 2 ** 20);
  bits.setInt32(4, 0);
  return bits.getFloat64(0);
}

export function exp(x: number): number {
  if (Number.isNaN(x) || x > 709.782712893384) return x > 0 ? Infinity : x;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x / (LN2_HIGH + LN2_LOW));
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const p =
    0.16666666666666602 +
    t *
      (-0.0027777777777015593 + t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8)));
  const c = r - t * p;
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // In two factors where 2^k, or the result, is not a normal number.
  const half = Math.floor(k / 2);
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  const normal = x < 2 ** -1022 ? x * 2 ** 54 : x;
  bits.setFloat64(0, normal);
  const word = bits.getInt32(0);
  let k = (word >> 20) - 1023 - (normal === x ? 0 : 54);
  bits.setInt32(0, (word & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const p =
    0.6666666666666735 +
    z *
      (0.3999999999940942 +
        z *
          (0.2857142874366239 +
            z *
              (0.22222198432149784 + z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586)))));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + z * p) + k * LN2_LOW) - f);
}

/** log(1 + x), as exact where x is small: what 1 + x rounds away is made up for. Kahan; Goldberg 1991, theorem 4. */
export function log1p(x: number): number {
  const sum = 1 + x;
  return sum === 1 ? x : (log(sum) * x) / (sum - 1);
}

/** exp(x) - 1, likewise (Kahan; Higham 2002, section 1.14.1). */
export function expm1(x: number): number {
  const e = exp(x);
  if (e === 1) return x;
  return e - 1 === -1 || e === Infinity ? e - 1 : ((e - 1) * x) / log(e);
}
