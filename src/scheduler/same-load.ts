/**
 * Whether a runner as it was loaded serves the load options of another request.
 *
 * Only an explicit value can ask for something else. It matches when it equals what the runner really has, or what an earlier
 * request asked for when it got this runner: a num_ctx above the training length is cut, and asking for it again changes nothing.
 */
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { LoadOptions } from './model-pool.ts';

type Compared = Pick<LoadRequest, keyof LoadOptions>;

const fields = [
  'contextTokens',
  'batchTokens',
  'gpuLayers',
  'mainGpu',
  'useMmap',
  'threads',
] as const satisfies readonly (keyof LoadOptions)[];

/** Whether `options` asks for nothing but what `runner` has. */
export function isServedBy(
  options: LoadOptions,
  runner: { readonly load: Compared; readonly acceptedOptions: readonly LoadOptions[] },
): boolean {
  return [runner.load, ...runner.acceptedOptions].some((known) =>
    fields.every((field) => {
      const asked = options[field];
      return asked === undefined || asked === known[field];
    }),
  );
}

/** Whether a new load, planned for `options`, would come out as `existing` in everything that `options` asks for. */
export function givesSameLoad(options: LoadOptions, planned: Compared, existing: Compared): boolean {
  return fields.every((field) => options[field] === undefined || planned[field] === existing[field]);
}

export function sameOptions(one: LoadOptions, other: LoadOptions): boolean {
  return fields.every((field) => one[field] === other[field]);
}
