/** What /api/tags, /api/ps and /api/show tell about models, in the order Ollama writes it. */
import { localTimestamp } from '../../api/wire-time.ts';
import { modelInfo, projectorInfo } from '../../formats/gguf/model-info.ts';
import type { ModelConfig } from '../../formats/model-manifest.ts';
import { displayName } from '../../formats/model-name.ts';
import type { ResidentModel } from '../../scheduler/model-pool.ts';
import type { ListedModel } from '../../usecases/list-models.ts';
import type { ShownModel } from '../../usecases/show-model.ts';

/** What Ollama gives for a model that stays for ever: the farthest its clock can tell. */
const foreverMs = 292 * 365.25 * 24 * 3_600_000;

export function tagsReply(models: readonly ListedModel[]): object {
  return { models: models.map(tagsEntry) };
}

function tagsEntry({ entry, capabilities, contextLength, embeddingLength }: ListedModel): object {
  const name = displayName(entry.name);
  const { config } = entry;
  return {
    name,
    model: name,
    ...(config.remoteModel !== undefined && { remote_model: config.remoteModel }),
    ...(config.remoteHost !== undefined && { remote_host: config.remoteHost }),
    modified_at: localTimestamp(entry.modifiedAt),
    size: entry.sizeBytes,
    digest: entry.manifestDigest,
    details: {
      ...details(config, entry.parentModel),
      ...(contextLength !== undefined && { context_length: contextLength }),
      ...(embeddingLength !== undefined && { embedding_length: embeddingLength }),
    },
    ...(capabilities.length > 0 && { capabilities }),
  };
}

export function psReply(models: readonly ResidentModel[], now: Date): object {
  return { models: models.map((resident) => psEntry(resident, now)) };
}

function psEntry({ model, sizeBytes, vramBytes, contextTokens, expiresAt }: ResidentModel, now: Date): object {
  const name = displayName(model.name);
  return {
    name,
    model: name,
    size: sizeBytes,
    digest: model.manifestDigest,
    details: details(model.config),
    expires_at: localTimestamp(expiresAt ?? new Date(now.getTime() + foreverMs)),
    size_vram: vramBytes,
    context_length: contextTokens,
  };
}

export interface ShowReplyOptions {
  readonly verbose: boolean;
  /** Goes into `general.basename`, for the one client that looks for the requested name there. */
  readonly baseName: string | undefined;
}

export function showReply(shown: ShownModel, { verbose, baseName }: ShowReplyOptions): object {
  const { model, capabilities, parameters } = shown;
  const license = model.licenses.join('\n');
  const { modelInfo: info, tensors } = modelInfo(shown.gguf, { verbose });
  return {
    ...(license !== '' && { license }),
    modelfile: shown.modelfile,
    ...(parameters !== '' && { parameters }),
    template: shown.template,
    ...(shown.system !== '' && { system: shown.system }),
    ...(model.config.renderer !== undefined && { renderer: model.config.renderer }),
    ...(model.config.parser !== undefined && { parser: model.config.parser }),
    details: details(model.config, model.parentModel),
    ...(model.messages.length > 0 && { messages: model.messages }),
    model_info: baseName === undefined ? info : { ...info, 'general.basename': baseName },
    ...(shown.projector !== undefined && { projector_info: projectorInfo(shown.projector, { verbose }) }),
    ...(tensors.length > 0 && { tensors }),
    capabilities,
    modified_at: localTimestamp(model.modifiedAt),
    ...(model.config.requires !== undefined && { requires: model.config.requires }),
  };
}

function details(config: ModelConfig, parentModel = ''): object {
  return {
    parent_model: parentModel,
    format: config.modelFormat,
    family: config.modelFamily,
    families: config.modelFamilies.length > 0 ? config.modelFamilies : null,
    parameter_size: config.modelType,
    quantization_level: config.fileType,
  };
}
