import { expect, test } from 'vitest';
import { BufferSizes } from './buffer-sizes.ts';

test('buffer sizes in the engine’s log are added up, the GPU’s apart', () => {
  const sizes = new BufferSizes();
  for (const text of [
    'load_tensors:   CPU_Mapped model buffer size =    92.00 MiB\n',
    'llama_kv_cache:        CPU KV buffer size =   180.00 MiB\n',
    'sched_reserve:      CUDA0 compute buffer size =   100.50 MiB\n',
    'sched_reserve:  CUDA_Host compute buffer size =     8.00 MiB\n',
    'print_info: n_ctx_train      = 8192\n',
  ]) {
    sizes.read(text);
  }
  expect(sizes.totalBytes(false)).toBe(380.5 * 1024 * 1024);
  expect(sizes.deviceBytes).toBe(100.5 * 1024 * 1024);
});

test.each(['CPU_REPACK', '       AMX'])('weights repacked as %s are not counted a second time', (name) => {
  const sizes = new BufferSizes();
  sizes.read('load_tensors:   CPU_Mapped model buffer size =   2000.00 MiB\n');
  sizes.read(`load_tensors:   ${name} model buffer size =   1900.00 MiB\n`);
  expect(sizes.totalBytes(false)).toBe(2000 * 1024 * 1024);
  expect(sizes.deviceBytes).toBe(0);
});

test('split weights are mapped, repacked and beside them in an adapter', () => {
  const sizes = new BufferSizes();
  sizes.read('load_tensors:   CPU_Mapped model buffer size =    33.00 MiB\n');
  sizes.read('load_tensors:   CPU_REPACK model buffer size =    54.00 MiB\n');
  sizes.read('llama_adapter_lora_init_impl:        CPU LoRA buffer size =    14.50 MiB\n');
  expect(sizes.totalBytes(true)).toBe(101.5 * 1024 * 1024);
});
