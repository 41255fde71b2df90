// What fast-check draws is the same in each run, so that what is red is red again. `FUZZ_SEED=7 npm test` draws something else.
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env["FUZZ_SEED"] ?? 20_261_123) });
