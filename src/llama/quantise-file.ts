/** libllama's quantiser. It reads the source through a mapping and writes tensor by tensor, so memory is that of the largest tensor. */
import { CorralError } from '../core/corral-error.ts';
import { loadBindings } from './bindings.ts';
import { findLibraries } from './find-libraries.ts';
import { checkQuantiseLayout } from './self-check.ts';

export interface QuantiseFileRequest {
  readonly sourcePath: string;
  readonly targetPath: string;
  readonly fileType: number;
  readonly threads: number;
  readonly keptTensors: readonly { readonly pattern: string; readonly ggmlType: number }[];
}

/** Resolves when the file is written; the engine tells its progress on stderr. Throws `native_library` or `runner_failed`. */
export async function quantiseFile(request: QuantiseFileRequest, libraryDir: string | undefined): Promise<void> {
  const bindings = loadBindings(findLibraries(libraryDir));
  checkQuantiseLayout(bindings);
  bindings.loadBackends(bindings.files.directory);
  bindings.backendInit();
  const params = bindings.defaultQuantiseParams();
  params.nthread = request.threads;
  params.ftype = request.fileType;
  // A source in full precision may still hold a few quantised tensors.
  params.allow_requantize = true;
  if (request.keptTensors.length > 0) {
    const kept = request.keptTensors.map(({ pattern, ggmlType }) => ({ pattern, type: ggmlType }));
    params.tt_overrides = [...kept, { pattern: null, type: 0 }];
  }
  const code = await new Promise<number>((resolve, reject) => {
    bindings.quantise.async(request.sourcePath, request.targetPath, params, (error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
  if (code !== 0) throw new CorralError('runner_failed', 'the engine could not quantise the model');
}
