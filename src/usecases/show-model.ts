/** Everything there is to know about one model. */
import type { ShowRequest } from '../api/ollama/show-request.ts';
import { CorralError } from '../core/corral-error.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';
import type { Capability } from '../prompt/prompt-format.ts';
import { readHeader } from '../store/read-header.ts';
import type { StoredModel } from '../store/stored-model.ts';
import { describeModel, type ModelDescription } from './describe-model.ts';
import { findModel, notFoundNormalised } from './find-model.ts';
import { parametersText } from './model-parameters.ts';
import { modelfileText } from './modelfile-text.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface ShownModel {
  readonly model: StoredModel;
  /** With all its arrays when that was asked for. */
  readonly gguf: Gguf;
  /** Of the first projector, read in the same way. */
  readonly projector: Gguf | undefined;
  readonly capabilities: readonly Capability[];
  readonly modelfile: string;
  /** Of the model itself, whatever the request overlays. */
  readonly parameters: string;
  /** The template that makes the prompts: the store's, or the weights' own. */
  readonly template: string;
  readonly system: string;
}

/** What Ollama shows where a model brings no template. */
const noTemplate = '{{ .Prompt }}';

export async function showModel(request: ShowRequest, parts: UseCaseParts): Promise<ShownModel> {
  const sent = request.model || request.name;
  const stored = await findModel(parts.store, sent, { whenEmpty: 'required', notFound: notFoundNormalised });
  const description = await describeModel(parts, stored);
  const system = request.system || stored.system || '';
  const template = effectiveTemplate(stored, description);
  const params = { ...stored.params, ...request.options };
  const [projectorPath] = stored.projectorPaths;
  return {
    model: stored,
    projector:
      projectorPath === undefined ? undefined : await readHeader(projectorPath, request.verbose ? 'read' : 'skip'),
    gguf: request.verbose ? await parts.store.fullHeader(stored) : await parts.store.header(stored),
    capabilities: description.capabilities,
    modelfile: modelfileText({ ...stored, params, system }, template),
    parameters: parametersText(stored.params),
    template,
    system,
  };
}

function effectiveTemplate(model: StoredModel, { format, facts }: ModelDescription): string {
  const isJinja = !(format instanceof CorralError) && format.kind === 'jinja';
  return (isJinja ? facts.chatTemplate : model.template) ?? noTemplate;
}
