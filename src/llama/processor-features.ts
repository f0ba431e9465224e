/** What the engine's build for this processor can do, by the engine's own names (AVX2, AMX_INT8, REPACK, ...). */
import koffi from 'koffi';
import type { Bindings } from './bindings.ts';

const featureType = koffi.struct('corral_backend_feature', { name: 'const char *', value: 'const char *' });
const featuresProto = koffi.proto('void *corral_backend_features(void *reg)');

/** The list ends with a name of NULL; this is only there so that a damaged one ends too. */
const mostFeatures = 256;

/** After the backends are loaded. Empty where the engine does not tell. */
export function processorFeatures(bindings: Bindings): ReadonlySet<string> {
  const features = new Set<string>();
  const registry = bindings.registryByName('CPU');
  const address = registry === null ? null : bindings.procAddress(registry, 'ggml_backend_get_features');
  if (address === null) return features;
  const list: unknown = koffi.call(address, featuresProto, registry);
  if (typeof list !== 'bigint') return features;
  for (let index = 0; index < mostFeatures; index++) {
    const { name, value } = koffi.decode(list, index * koffi.sizeof(featureType), featureType) as Feature;
    if (name === null) break;
    if (value !== '0') features.add(name);
  }
  return features;
}

interface Feature {
  readonly name: string | null;
  readonly value: string | null;
}
