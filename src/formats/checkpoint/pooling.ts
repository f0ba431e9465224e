/** How an embedding model makes one vector of its tokens': modules.json of the sentence-transformers library. */
import { CorralError } from '../../core/corral-error.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import type { Checkpoint } from './checkpoint.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import { asObject } from '../untrusted-json.ts';
import { readJsonFile, readJsonObject } from './read-json-file.ts';

interface Modules {
  /** enum llama_pooling_type; undefined where no module pools. */
  readonly pooling: number | undefined;
  readonly normalizes: boolean;
}

const poolingTypes = [
  ['pooling_mode_mean_tokens', 1],
  ['pooling_mode_cls_token', 2],
  ['pooling_mode_lasttoken', 3],
] as const;

const knownModules: ReadonlySet<string> = new Set(['Transformer', 'Pooling', 'Normalize']);

/** undefined for what is no embedding model. Throws `bad_checkpoint`, or `not_supported` for a module of another kind. */
export async function readModules({ files }: Checkpoint): Promise<Modules | undefined> {
  const list = await readJsonFile(files, 'modules.json');
  if (!Array.isArray(list)) return undefined;
  const modules = list.map((module) => asObject(module) ?? {});
  const kinds = modules.map(({ type }) => (typeof type === 'string' ? (type.split('.').at(-1) ?? '') : ''));
  const other = kinds.find((kind) => !knownModules.has(kind));
  if (other !== undefined) {
    throw new CorralError('not_supported', `modules.json: a module ${quoted(other)} can't be imported`, {
      hint: moduleHint,
    });
  }
  const normalizes = kinds.includes('Normalize');
  const folder = modules[kinds.indexOf('Pooling')]?.['path'];
  if (typeof folder !== 'string') return { pooling: undefined, normalizes };
  const file = `${folder.replace(/\/$/, '')}/config.json`;
  const config = await readJsonObject(files, file);
  if (config === undefined) throw badCheckpoint(`modules.json names ${quoted(file)}, which is missing`);
  const pooling = poolingTypes.find(([name]) => config[name] === true)?.[1];
  if (pooling === undefined)
    throw new CorralError('not_supported', `${quoted(file)} pools in an unknown way`, { hint: moduleHint });
  return { pooling, normalizes };
}

export async function poolingType(checkpoint: Checkpoint): Promise<number | undefined> {
  return (await readModules(checkpoint))?.pooling;
}

const moduleHint =
  'Without it the vectors would be others. Convert the model to GGUF with convert_hf_to_gguf.py of llama.cpp.';
