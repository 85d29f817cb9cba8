import { gumbelSoftmax } from "reparam";

console.log(JSON.stringify({ sample: gumbelSoftmax({ hi: 0, lo: 42 }, [3, 1, 4, 2]).join() }));
