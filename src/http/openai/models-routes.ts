/** GET /v1/models and GET /v1/models/{model}, whatever slashes the name has. */
import { displayName } from '../../formats/model-name.ts';
import type { StoredModelEntry } from '../../store/stored-model.ts';
import { findModel, notFoundNormalised } from '../../usecases/find-model.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Exchange, Route } from '../exchange.ts';
import { writeJson } from '../write-reply.ts';
import { openaiErrors } from './openai-errors.ts';

export function modelsRoutes({ store }: UseCaseParts): readonly Route[] {
  const list = async ({ response }: Exchange): Promise<void> => {
    const entries = await store.list();
    writeJson(response, 200, {
      object: 'list',
      data: entries.map((entry) => modelFields(displayName(entry.name), entry)),
    });
  };
  return [
    { path: '/v1/models', methods: ['GET'], api: { summary: 'The models' }, errors: openaiErrors, handle: list },
    {
      path: '/v1/models/*',
      methods: ['GET'],
      api: { summary: 'Tell about a model', rest: 'model' },
      errors: openaiErrors,
      async handle(exchange) {
        const { '*': sent = '' } = exchange.params;
        if (sent === '') {
          await list(exchange);
          return;
        }
        const model = await findModel(store, sent, { whenEmpty: 'required', notFound: notFoundNormalised });
        writeJson(exchange.response, 200, modelFields(sent, model));
      },
    },
  ];
}

function modelFields(id: string, { name, modifiedAt }: StoredModelEntry): object {
  return { id, object: 'model', created: Math.floor(modifiedAt.getTime() / 1000), owned_by: name.namespace };
}
