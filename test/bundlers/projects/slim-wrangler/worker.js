import core from "reparam/core.wasm";
import { gumbelSoftmax, initSync } from "reparam/slim";

initSync(core);

export default {
  fetch: () => new Response(JSON.stringify({ sample: gumbelSoftmax({ hi: 0, lo: 42 }, [3, 1, 4, 2]).join() })),
};
