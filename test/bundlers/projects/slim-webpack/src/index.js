import { gumbelSoftmax, init } from "reparam/slim";

await init(fetch(new URL("reparam/core.wasm", import.meta.url)));
console.log(JSON.stringify({ sample: gumbelSoftmax({ hi: 0, lo: 42 }, [3, 1, 4, 2]).join() }));
