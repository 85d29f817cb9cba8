import { gradient4, map4, partials } from "../elementwise";
import { deviance } from "../special/deviance";
import { digammaRatio, trigamma } from "../special/gamma";
import { gammaDivergenceRest } from "../special/gamma-divergence";

/** KL = log B(c, e) - log B(a, b) + (a - c) psi(a) + (b - e) psi(b) + (c + e - a - b) psi(a + b), q = Beta(c, e) */
function kl(a: f64, b: f64, c: f64, e: f64): f64 {
  const n = a + b;
  const m = c + e;
  const cross = a * e - b * c; // a m - c n and, negated, b m - e n
  return (
    c * deviance((a * m) / (c * n), cross / (c * n)) + e * deviance((b * m) / (e * n), -cross / (e * n)) +
    (gammaDivergenceRest(a, c) + gammaDivergenceRest(b, e) - gammaDivergenceRest(n, m))
  );
}

function klGradient(a: f64, b: f64, c: f64, e: f64): void {
  const n = a + b;
  const da = a - c;
  const db = b - e;
  const shared = (da + db) * trigamma(n);
  const ratio = digammaRatio(n, -da - db);
  partials(
    da * trigamma(a) - shared,
    db * trigamma(b) - shared,
    digammaRatio(a, -da) - ratio,
    digammaRatio(b, -db) - ratio,
  );
}

export function betaKlForward(
  y: usize, concentration1: usize, concentration0: usize, otherConcentration1: usize, otherConcentration0: usize,
  n: usize,
): void {
  map4(y, concentration1, concentration0, otherConcentration1, otherConcentration0, n, kl);
}

export function betaKlBackward(
  dconcentration1: usize, dconcentration0: usize, dotherConcentration1: usize, dotherConcentration0: usize, dy: usize,
  concentration1: usize, concentration0: usize, otherConcentration1: usize, otherConcentration0: usize, n: usize,
): void {
  gradient4(
    dconcentration1, dconcentration0, dotherConcentration1, dotherConcentration0, dy,
    concentration1, concentration0, otherConcentration1, otherConcentration0, n, klGradient,
  );
}
