/** The files and the base model that a Modelfile's references lead to on this machine. */
import { realpath, stat } from 'node:fs/promises';
import { CorralError } from '../../core/corral-error.ts';
import { tryParseModelName } from '../../formats/model-name.ts';
import type { CreatePlan, Reference } from './create-plan.ts';
import { locatePath } from './locate-path.ts';
import { modelFilesOf } from './model-files.ts';

export interface Components {
  /** The last FROM that names no file: the server knows it, or not. */
  readonly from: Reference | undefined;
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly adapters: readonly string[];
  readonly drafts: readonly string[];
  /** The last DRAFT that names no file but could name a model. */
  readonly draftFrom: Reference | undefined;
}

/** Paths are taken from `folder` on. Throws `bad_modelfile` for what is not there or holds no model. */
export async function findComponents(plan: CreatePlan, folder: string): Promise<Components> {
  const bases = await Promise.all(
    plan.from.map(async (reference) => [reference, await filesAt(reference, folder)] as const),
  );
  const files = bases.flatMap(([, found]) => found ?? []);
  const found = await Promise.all(
    plan.drafts.map(async (reference) => ({ reference, isFile: (await filesAt(reference, folder)) !== undefined })),
  );
  const isName = ({ reference, isFile }: (typeof found)[number]) => !isFile && tryParseModelName(reference.text);
  const drafts = await required(
    'draft',
    found.filter((one) => !isName(one)).map(({ reference }) => reference),
    folder,
  );
  await refuseSharedFiles(files, drafts, plan.drafts);
  return {
    from: bases.findLast(([, found]) => found === undefined)?.[0],
    files: [...new Set(files)],
    adapters: await required('adapter', plan.adapter === undefined ? [] : [plan.adapter], folder),
    drafts: [...new Set(drafts)],
    draftFrom: found.findLast(isName)?.reference,
  };
}

/** Undefined where nothing lies at the path. */
async function filesAt(reference: Reference, folder: string): Promise<readonly string[] | undefined> {
  const location = locatePath(reference, folder);
  try {
    return (await stat(location)).isDirectory() ? await modelFilesOf(location) : [location];
  } catch (thrown) {
    if (thrown instanceof CorralError) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    // A text that cannot be a path at all (too long, with a zero byte) is no file either.
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code)) return undefined;
    throw new CorralError('bad_modelfile', `could not read '${reference.text}' (${code})`, {
      cause: thrown,
      hint: `Line ${reference.line} names it; check who may read it.`,
    });
  }
}

async function required(kind: string, references: readonly Reference[], folder: string): Promise<readonly string[]> {
  const found = references.map(async (reference) => {
    const files = await filesAt(reference, folder);
    if (files !== undefined) return files;
    throw new CorralError('bad_modelfile', `the ${kind} '${reference.text}' does not exist`, {
      hint: `Line ${reference.line}: its path begins at the Modelfile's folder.`,
    });
  });
  return (await Promise.all(found)).flat();
}

async function refuseSharedFiles(files: readonly string[], drafts: readonly string[], [first]: readonly Reference[]) {
  const real = await Promise.all([...files, ...drafts].map((file) => realpath(file)));
  const bases = new Set(real.slice(0, files.length));
  if (!real.slice(files.length).some((file) => bases.has(file))) return;
  throw new CorralError('bad_modelfile', 'DRAFT must not reference the same local path as FROM', {
    hint: `Line ${first?.line}: a draft model is another, smaller one.`,
  });
}
