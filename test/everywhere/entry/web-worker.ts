/** In the Web Workers of the runtimes that have such: made from its own text, of which all of them can make one. */
import { serve } from "reparam/parallel";
import "../web-work.ts";

serve();
