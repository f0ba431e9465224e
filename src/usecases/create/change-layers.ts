/** What a create request changes in the layers that it begins with. The order of layers counts: it decides the model's id. */
import { goListLine, goMapLine, type JsonValue } from '../../formats/go-json.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import type { CreateRequest } from '../../api/ollama/create-request.ts';
import type { ModelLayer } from './model-layer.ts';

export type Parameters = Readonly<Record<string, unknown>>;

/** `parameters` of the layers so far; those of the request win. */
export interface LayerChanges extends Pick<CreateRequest, 'template' | 'system' | 'license' | 'messages'> {
  readonly parameters: Parameters;
}

/**
 * Template and system take the place of the old ones, licences are added, messages replace only if there are some. Parameters are written
 * anew even if nothing changed, as Ollama does: the layer goes to the end.
 */
export function changeLayers(base: readonly ModelLayer[], inherited: Parameters, changes: LayerChanges): ModelLayer[] {
  const layers = [...base];
  const replace = (mediaType: string, text: string) => {
    const kept = layers.filter((layer) => layer.mediaType !== mediaType);
    layers.splice(0, layers.length, ...kept, { mediaType, text });
  };
  if (changes.template !== '') replace(layerMediaType.template, changes.template);
  if (changes.system !== '') replace(layerMediaType.system, changes.system);
  for (const license of changes.license) layers.push({ mediaType: layerMediaType.license, text: license });

  const parameters = { ...inherited, ...changes.parameters };
  if (Object.keys(parameters).length > 0) {
    replace(layerMediaType.params, goMapLine(parameters as Record<string, JsonValue>));
  }
  if (changes.messages.length > 0) {
    replace(layerMediaType.messages, goListLine(changes.messages.map(storedMessage)));
  }
  return layers;
}

type RequestMessage = CreateRequest['messages'][number];

/** With the fields and in the order in which Ollama stores a message. */
function storedMessage(message: RequestMessage): JsonValue {
  return {
    role: message.role,
    content: message.content,
    ...(message.thinking !== undefined && { thinking: message.thinking }),
    ...(message.images !== undefined && { images: message.images }),
    ...(message.toolCalls !== undefined && { tool_calls: message.toolCalls.map(storedCall) }),
    ...(message.toolName !== undefined && { tool_name: message.toolName }),
    ...(message.toolCallId !== undefined && { tool_call_id: message.toolCallId }),
  };
}

function storedCall(call: NonNullable<RequestMessage['toolCalls']>[number]): JsonValue {
  return {
    ...(call.id !== '' && { id: call.id }),
    function: { index: call.index ?? 0, name: call.name, arguments: call.arguments as Record<string, JsonValue> },
  };
}
