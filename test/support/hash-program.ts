/** The built program of hash threads, for stores in tests that run from source. */
import { fileURLToPath } from 'node:url';

export const hashProgram = fileURLToPath(new URL('../../dist/store/hash-thread-main.js', import.meta.url));
