/** A create request, checked as far as it can be without looking at the store. */
import type { CreateRequest } from '../../api/ollama/create-request.ts';
import { CorralError } from '../../core/corral-error.ts';
import { parseDigest, type Digest } from '../../formats/digest.ts';
import { parseGoTemplate } from '../../formats/go-template/go-template.ts';
import { parseModelName, type ModelName } from '../../formats/model-name.ts';
import { parseModelReference } from '../../formats/model-reference.ts';

export interface SourceFile {
  /** As the client names it, with `/` between folders. */
  readonly name: string;
  readonly digest: Digest;
}

export interface NamedBase {
  readonly name: ModelName;
  /** As it was sent, for the registry. */
  readonly sent: string;
}

/** An installed model, or files to import. */
export type DraftOrder = ({ readonly from: ModelName } | { readonly files: readonly SourceFile[] }) & {
  /** As that of the weights. */
  readonly quantisation: string;
};

export interface CreateOrder {
  readonly name: ModelName;
  /** The model to begin with, or the files to import. */
  readonly base: { readonly from: NamedBase } | { readonly files: readonly SourceFile[] };
  readonly adapters: readonly SourceFile[];
  /** The draft model to put beside the weights; undefined = what the base has. */
  readonly draft: DraftOrder | undefined;
  /** In capitals, still unchecked; empty = as it is. */
  readonly quantisation: string;
  /** Whether weights that are quantised already may be quantised again, which loses twice. */
  readonly mayRequantise: boolean;
  /** Everything else as it was sent. */
  readonly changes: CreateRequest;
}

/** In Ollama's order and words. Throws `bad_request`, `invalid_digest`, `invalid_model_name`, `bad_template`, `not_supported` or `forbidden`. */
export function createOrder(request: CreateRequest): CreateOrder {
  const files = sourceFiles(request.files ?? {});
  const adapters = sourceFiles(request.adapters ?? {});
  const draft = draftOrder(request);
  const name = parseModelName(request.model || request.name);
  const base = baseOf(request, files);
  const quantisation = (request.quantize || request.quantization).toUpperCase();
  if (request.requantize && quantisation === '') {
    throw new CorralError('bad_request', '"requantize" needs "quantize": the type to quantise to');
  }
  // Before anything is fetched or computed that would be in vain.
  if (request.template !== '') checkTemplate(request.template);
  return {
    name,
    base,
    adapters,
    draft,
    quantisation,
    mayRequantise: request.requantize,
    changes: request,
  };
}

/** Ordered by name, which is the order of their layers. */
function sourceFiles(files: Readonly<Record<string, string>>): SourceFile[] {
  const checked = Object.entries(files).map(([name, text]) => {
    if (!isRelativePath(name)) throw new CorralError('bad_request', 'file path must be relative');
    const digest = parseDigest(text);
    if (digest === undefined) throw new CorralError('invalid_digest', 'invalid digest format');
    return { name, digest };
  });
  return checked.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Go's fs.ValidPath: no root, no way upwards, nothing empty. */
function isRelativePath(path: string): boolean {
  return path === '.' || path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function draftOrder(request: CreateRequest): DraftOrder | undefined {
  const files = sourceFiles(request.draft_files ?? {});
  const quantisation = request.draft_quantize.toUpperCase();
  if (files.length > 0) return { files, quantisation };
  if (request.draft_from !== '') return { from: localModel(request.draft_from), quantisation };
  if (quantisation === '') return undefined;
  throw new CorralError('bad_request', '--draft-quantize requires a DRAFT model');
}

function baseOf(request: CreateRequest, files: readonly SourceFile[]): CreateOrder['base'] {
  if (request.from !== '') return { from: { name: localModel(request.from, request.remote_host), sent: request.from } };
  if (request.files !== undefined) return { files };
  throw new CorralError('bad_request', "neither 'from' or 'files' was specified", {
    hint: 'A Modelfile needs a FROM line, a request the field "from" or "files".',
  });
}

function localModel(from: string, remoteHost = ''): ModelName {
  const { base, source } = parseModelReference(from);
  if (source === 'cloud' || remoteHost !== '') {
    throw new CorralError('forbidden', 'ollama cloud is disabled: remote model is unavailable', {
      hint: 'Corral runs models on this machine only.',
    });
  }
  return parseModelName(base);
}

function checkTemplate(template: string): void {
  try {
    parseGoTemplate(template);
  } catch (thrown) {
    if (!(thrown instanceof CorralError)) throw thrown;
    throw new CorralError('bad_template', `template error: ${thrown.message}`, {
      hint: 'The template is a Go template; the message names its line.',
      cause: thrown,
    });
  }
}
