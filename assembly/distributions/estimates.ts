/**
 * Estimates from samples, x: f32[samples, cols]: of each column the mean, or the variance, and its standard error, f32[cols]
 * each. Two samples or more. Two passes in f64.
 */
export function estimateMean(value: usize, error: usize, x: usize, samples: usize, cols: usize): void {
  for (let c: usize = 0, end = cols << 2; c < end; c += 4) {
    const m = meanOf(x + c, samples, cols);
    const error2 = powerOf(x + c, samples, cols, m, false) / (f64(samples) - 1);
    f32.store(value + c, f32(m));
    f32.store(error + c, f32(Math.sqrt(error2)));
  }
}

export function estimateMeanGradient(dx: usize, d: usize, samples: usize, cols: usize): void {
  for (let s: usize = 0; s < samples; s++)
    for (let c: usize = 0; c < cols; c++) {
      const at = dx + ((s * cols + c) << 2);
      f32.store(at, f32(f64(f32.load(at)) + f64(f32.load(d + (c << 2))) / f64(samples)));
    }
}

/**
 * s^2 = sum (x - m)^2 / (n - 1). Its variance is (m4 - s^4 (n - 3) / (n - 1)) / n, m4 the fourth central moment, which is
 * taken from the samples.
 */
export function estimateVariance(value: usize, error: usize, x: usize, samples: usize, cols: usize): void {
  const n = f64(samples);
  for (let c: usize = 0, end = cols << 2; c < end; c += 4) {
    const m = meanOf(x + c, samples, cols);
    const v = (powerOf(x + c, samples, cols, m, false) * n) / (n - 1);
    const fourth = powerOf(x + c, samples, cols, m, true);
    f32.store(value + c, f32(v));
    f32.store(error + c, f32(Math.sqrt(Math.max(fourth - (v * v * (n - 3)) / (n - 1), 0) / n)));
  }
}

export function estimateVarianceGradient(dx: usize, d: usize, x: usize, samples: usize, cols: usize): void {
  for (let c: usize = 0, end = cols << 2; c < end; c += 4) {
    const m = meanOf(x + c, samples, cols);
    const factor = (2 * f64(f32.load(d + c))) / (f64(samples) - 1);
    for (let i: usize = c, last = (samples * cols) << 2; i < last; i += end)
      f32.store(dx + i, f32(f64(f32.load(dx + i)) + factor * off(f64(f32.load(x + i)), m)));
  }
}

function meanOf(x: usize, samples: usize, cols: usize): f64 {
  let sum: f64 = 0;
  for (let s: usize = 0; s < samples; s++) sum += f64(f32.load(x + ((s * cols) << 2)));
  return sum / f64(samples);
}

/** The mean of (x - m)^2, or of (x - m)^4. */
function powerOf(x: usize, samples: usize, cols: usize, m: f64, fourth: bool): f64 {
  let sum: f64 = 0;
  for (let s: usize = 0; s < samples; s++) {
    const d = off(f64(f32.load(x + ((s * cols) << 2))), m);
    sum += fourth ? d * d * d * d : d * d;
  }
  return sum / f64(samples);
}

/** x - m; nothing of what is infinite in all samples, as log x of an absent category is. */
@inline
function off(x: f64, m: f64): f64 {
  return x == m ? 0 : x - m;
}
