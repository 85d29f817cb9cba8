/** What the types have to refuse: a line that they let through is an error here. */
import { categorical, createCore, gumbelSoftmax, type Key, key, softmax, topK } from "reparam";
import { adam, backward, normal, parameter, step, tensor } from "reparam/graph";
import * as slim from "reparam/slim";
import { initSync } from "reparam/slim/graph";

const seed = key(1);

// @ts-expect-error: a seed is a number or a bigint
key("1");
// @ts-expect-error: a key is not its seed
gumbelSoftmax(1, [0, 1]);
// @ts-expect-error: numbers, not texts
gumbelSoftmax(seed, ["0", "1"]);
// @ts-expect-error: no such option
gumbelSoftmax(seed, [0, 1], { temperature: 1 });
// @ts-expect-error: hard is yes or no
gumbelSoftmax(seed, [0, 1], { hard: 1 });
// @ts-expect-error: k has no usual value
topK(seed, [0, 1]);
// @ts-expect-error: draws are integers
export const draws: Float32Array = categorical(seed, [0, 1]);
// @ts-expect-error: the result goes where its type fits
softmax([0, 1], { out: new Float64Array(2) });
// @ts-expect-error: keys do not change
(seed as Key).hi = 1;
// @ts-expect-error: what the core says is not to be set
createCore().build = "scalar";
// @ts-expect-error: a core is made by createCore
new createCore();
// @ts-expect-error: a shape comes first
parameter(3);
// @ts-expect-error: only parameters learn
adam({ x: tensor([1], [1]) });
// @ts-expect-error: the gradient of what?
step(() => backward());
// @ts-expect-error: of the graph's functions, those of the package have the same names and other arguments
normal(seed, 4);
// @ts-expect-error: an address is not a module
initSync("core.wasm");
// @ts-expect-error: what has to be waited for is for init
slim.initSync(Promise.resolve(new Uint8Array(8)));
// @ts-expect-error: no such function
slim.adam({});
