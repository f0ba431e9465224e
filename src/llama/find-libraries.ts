/**
 * Where the native libraries of this machine lie. They come in one npm package per platform; file names carry a version
 * that changes with every release, so they are looked up by shape, never spelled out.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CorralError } from '../core/corral-error.ts';

/** The release whose structs `structs.ts` describes. The self-check refuses any other that differs. */
const nativePackageVersion = '3.22.1';

export interface LibraryFiles {
  readonly directory: string;
  /** In load order: each needs the ones before it. */
  readonly base: string;
  readonly ggml: string;
  readonly llama: string;
}

const platformPackages: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'linux-riscv64': 'linux-riscv64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** Builds with GPU kernels, tried first: they are there only when a user installed them. */
const gpuPackages: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['linux-x64-cuda', 'linux-x64-vulkan'],
  'win32-x64': ['win-x64-cuda', 'win-x64-vulkan'],
};

/**
 * The libraries in `overrideDirectory`, or those of the installed platform package.
 * Throws `native_library` with a hint that names the package to install.
 */
export function findLibraries(overrideDirectory: string | undefined): LibraryFiles {
  if (overrideDirectory !== undefined) {
    const found = librariesIn(overrideDirectory);
    if (found !== undefined) return found;
    throw new CorralError('native_library', 'the configured library folder holds no libllama', {
      hint: 'CORRAL_LIBRARY_DIR must name a folder with libggml-base, libggml and libllama of one release; unset it to use the npm package.',
    });
  }
  const platform = `${process.platform}-${process.arch}`;
  const name = platformPackages[platform];
  if (name === undefined) {
    throw new CorralError('native_library', `there is no build of the engine for ${platform}`, {
      hint: 'Point CORRAL_LIBRARY_DIR at a libllama built for this machine.',
    });
  }
  for (const candidate of [...(gpuPackages[platform] ?? []), name]) {
    const directory = packageDirectory(candidate);
    const found = directory === undefined ? undefined : librariesIn(directory);
    if (found !== undefined) return found;
  }
  throw new CorralError('native_library', `the native package for ${platform} is not installed`, {
    hint: installHint(),
  });
}

/** What to install on this platform. */
export function installHint(): string {
  const name = platformPackages[`${process.platform}-${process.arch}`] ?? 'linux-x64';
  return `Run: npm install @node-llama-cpp/${name}@${nativePackageVersion}`;
}

function packageDirectory(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const root of require.resolve.paths('@node-llama-cpp/x') ?? []) {
    const bins = path.join(root, '@node-llama-cpp', name, 'bins', name);
    if (existsSync(bins)) return bins;
  }
  return undefined;
}

function librariesIn(directory: string): LibraryFiles | undefined {
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory).sort();
  const find = (stem: string) =>
    names.find((name) => new RegExp(`^(lib)?${stem}(\\.v[0-9.]+)?\\.(so|dylib|dll)$`).test(name));
  const [base, ggml, llama] = [find('ggml-base'), find('ggml'), find('llama')];
  if (base === undefined || ggml === undefined || llama === undefined) return undefined;
  const at = (name: string) => path.join(directory, name);
  return { directory, base: at(base), ggml: at(ggml), llama: at(llama) };
}
