#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

import { loadChunk } from '../program/load-chunk.js';

const { main } = loadChunk(fileURLToPath(new URL('../program/main.js', import.meta.url)));
process.exitCode = await main(process.argv.slice(2));
