import type { Quantise } from '../engine/quantiser.ts';

/** For tests in which nothing is quantised. */
export const noQuantiser: Quantise = () => Promise.reject(new Error('this test has no quantiser'));
