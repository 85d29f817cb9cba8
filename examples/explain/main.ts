import { writeFileSync } from "node:fs";
import { key } from "reparam";
import { Bernoulli, Normal } from "reparam/distributions";
import { add, linear, parameter, softplus, sum } from "reparam/graph";
import { elbo, explain, pathwise, rloo } from "reparam/inference";

// Two switches and a level behind four pixels. The guide's switches are independent of its level.
const switches = parameter([2], [0.5, -0.5]);
const level = parameter([1], [0.1]);
const spread = parameter([1], [0]);
const loadings = parameter([2, 4], [2, -2, 0, 1, 0, 1, -1, 2]);
const slope = parameter([1, 4], [1, 1, -1, -1]);

const bound = () =>
  elbo(
    { on: new Bernoulli({ logits: switches }), height: new Normal({ loc: level, scale: softplus(spread) }) },
    ({ on, height }) => {
      const logits = add(linear(on, loadings), linear(height, slope)); // of points [n, 2] and [n, 1]: [n, 4]
      return sum(new Bernoulli({ logits }).logProb([1, 0, 0, 1]), { axis: -1 });
    },
    {
      key: key(1),
      estimator: { on: rloo(), height: pathwise() },
      prior: { on: new Bernoulli({ probs: 0.5 }), height: new Normal() },
    },
  );

const parameters = { switches, level, spread, loadings, slope };
const explanation = explain(bound, { parameters });
console.log(String(explanation));
console.log(explanation.edges.find(({ gradient }) => gradient === "none"));

const [, , file] = process.argv;
if (file)
  writeFileSync(file, explanation.svg({ title: "An evidence lower bound, and how its gradient gets to the guide" }));
