import { gumbelSoftmax } from "reparam/slim";

globalThis.gumbelSoftmax = gumbelSoftmax;
