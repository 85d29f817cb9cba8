import url from "reparam/core.wasm?url";
import { gumbelSoftmax, init } from "reparam/slim";

await init(fetch(url));
console.log(JSON.stringify({ sample: gumbelSoftmax({ hi: 0, lo: 42 }, [3, 1, 4, 2]).join() }));
