/**
 * The seed of all property tests. Fixed, so that the suite says the same of the same code every time; `CORRAL_TEST_SEED=random`
 * looks at other cases, and a number looks at those of a reported seed again.
 */
import { randomInt } from 'node:crypto';

import * as fc from 'fast-check';

const usual = 20_261_129;
const asked = process.env['CORRAL_TEST_SEED'];

fc.configureGlobal({ seed: asked === undefined ? usual : asked === 'random' ? randomInt(2 ** 31) : Number(asked) });
